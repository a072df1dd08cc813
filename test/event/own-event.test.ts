import { expect, it } from "vitest";
import { decode } from "../../src/event/decode.ts";
import { ownMessage, ownWanted } from "../../src/event/own-event.ts";
import { origin } from "../format/arbitrary-event.ts";
import { facts } from "../own/facts.ts";
import { ownEvent, spooledFact } from "../own/own-event.ts";

it("goes to every output but the one that it is about, and a heartbeat to that one", () => {
  expect(ownWanted(ownEvent(facts.output_held), "splunk")).toBe(false);
  expect(ownWanted(ownEvent(facts.output_held), "lake")).toBe(true);
  expect(ownWanted(ownEvent(facts.gap_found), "prod")).toBe(true);
  expect(ownWanted(ownEvent(facts.heartbeat), "splunk")).toBe(true);
});

it("has its own sentence, which the same text from W&B has not", () => {
  expect(ownMessage(ownEvent(facts.output_held))).toMatch(/^Output splunk is held/);
  expect(ownMessage(decode(spooledFact(facts.output_held), origin))).toBeUndefined();
});
