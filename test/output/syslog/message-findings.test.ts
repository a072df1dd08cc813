import { expect, it } from "vitest";
import { messageFindings } from "../../../src/output/syslog/message-findings.ts";
import { agent } from "./subject.ts";

type Options = Parameters<typeof messageFindings>[0];
const usual: Options = {
  format: "cef",
  header: "rfc5424",
  facility: 13,
  hostname: undefined,
  appName: "wandb-audit",
  enterpriseNumber: 32_473,
  bom: false,
  deviceVersion: "1.0",
  agent,
  maxSize: 8192,
  oversized: "cut",
};
const said = (changes: Partial<Options>) =>
  messageFindings({ ...usual, ...changes }).map(({ level, text }) => `${level}: ${text}`);

it("say what becomes of long messages", () => {
  expect(said({})).toEqual([
    "ok: messages longer than 8192 octets are cut, with the event still readable (max_size, oversized)",
  ]);
});

it("warn where receivers may take less than they are sent", () => {
  const more = "; many receivers take no more than 8192 unless told to, and cut the rest without a word";
  expect(said({ maxSize: 65_536 })).toEqual([
    `warning: messages longer than 65536 octets are cut, with the event still readable (max_size, oversized)${more}`,
  ]);
  expect(said({ oversized: "whole" })).toEqual([
    `warning: messages longer than 8192 octets are sent whole (max_size, oversized)${more}`,
  ]);
});

it("warn where a usual event has no room", () => {
  expect(said({ format: "ocsf", maxSize: 2000, oversized: "dead_letter" })[1]).toBe(
    "warning: an event in ocsf usually takes about 2400 octets: with max_size 2000 most are given up",
  );
});

it("warn of the number that is for documentation, where it is sent", () => {
  expect(said({ format: "json" })[1]).toBe(
    "warning: the structured data is named wandb@32473: a number that RFC 5612 keeps for documentation",
  );
  expect(said({ format: "json", enterpriseNumber: 9 })).toHaveLength(1);
  expect(said({ format: "json", header: "rfc3164" })).toHaveLength(1);
});
