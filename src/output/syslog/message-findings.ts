import type { Finding } from "../../finding.ts";
import type { MessageLimit } from "./limit.ts";
import type { MessageOptions } from "./message.ts";
import { documentationPen } from "./structured-data.ts";

/** What rsyslog takes without being told to take more, and what RFC 5425 asks of every receiver. */
const commonLimit = 8192;
/** A usual event of these formats takes that much. */
const usualSizes = { cef: 1000, json: 1600, ocsf: 2400, ecs: 3000 } as const;

/** What `check` says of how messages are written: what no connection shows. */
export function messageFindings({
  format,
  header,
  maxSize,
  oversized,
  enterpriseNumber,
}: MessageOptions & MessageLimit): readonly Finding[] {
  return [
    lengths(maxSize, oversized),
    ...(maxSize < usualSizes[format] && oversized !== "whole" ? [tooShort(format, maxSize, oversized)] : []),
    ...(format === "json" && header === "rfc5424" && enterpriseNumber === documentationPen
      ? [borrowedNumber]
      : []),
  ];
}

const doneTo = {
  cut: "cut, with the event still readable",
  dead_letter: "dead letters",
  whole: "sent whole",
};

function lengths(maxSize: number, oversized: MessageLimit["oversized"]): Finding {
  const text = `messages longer than ${maxSize} octets are ${doneTo[oversized]} (max_size, oversized)`;
  if (oversized !== "whole" && maxSize <= commonLimit) return { level: "ok", text };
  return {
    level: "warning",
    text: `${text}; many receivers take no more than ${commonLimit} unless told to, and cut the rest without a word`,
    fix: "set max_size to what this receiver takes (the table in the README of the syslog output), or raise its limit (rsyslog: maxMessageSize; syslog-ng: log-msg-size)",
  };
}

function tooShort(format: MessageOptions["format"], maxSize: number, oversized: string): Finding {
  return {
    level: "warning",
    text: `an event in ${format} usually takes about ${usualSizes[format]} octets: with max_size ${maxSize} most are ${oversized === "cut" ? "cut" : "given up"}`,
    fix: "raise max_size with the receiver's limit, or use cef, which is the shortest",
  };
}

const borrowedNumber: Finding = {
  level: "warning",
  text: `the structured data is named wandb@${documentationPen}: a number that RFC 5612 keeps for documentation`,
  fix: "set enterprise_number to your organization's, if it has one; receivers that match by name need the new one",
};
