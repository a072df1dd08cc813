import type { WandbBehaviour } from "./wandb-behaviour.ts";
import { type Asked, cursorFor } from "./wandb-dialect.ts";
import { spoiled } from "./wandb-fault.ts";

/** One page of the envelope. `serial` is the number of the request. */
export function envelopeOf(
  lines: readonly string[],
  asked: Asked,
  { fault, pretty, errorText }: WandbBehaviour,
  serial: number,
): string {
  const nothing = fault === "null_logs" || (fault === "empty_pages" && serial % 2 === 0);
  const page = nothing
    ? []
    : spoiled(fault, lines.slice(asked.offset, asked.offset + asked.limit), errorText);
  const next = asked.offset + page.length;
  const again = fault === "page_loop" || fault === "page_circle";
  const more = again || (fault !== "null_logs" && next < lines.length);
  const { from, to } = asked.said ?? asked;
  const [newline, indent] = pretty ? ["\n", "  "] : ["", ""];
  const members = {
    audit_logs: fault === "null_logs" ? "null" : `[${newline}${page.join(`,${newline}`)}${newline}]`,
    range_start_time: JSON.stringify(new Date(from).toISOString()),
    range_end_time: JSON.stringify(new Date(to).toISOString()),
    count: String(page.length + (fault === "wrong_count" ? 1 : 0)),
    next_cursor: more
      ? JSON.stringify(cursorFor(asked, again ? 0 : next, fault === "page_loop" ? 0 : serial))
      : "null",
  };
  const texts = Object.entries(members).map(([key, json]) => `${indent}"${key}":${json}`);
  return `{${newline}${texts.join(`,${newline}`)}${newline}}`;
}

/** NDJSON, or a bare array. */
export function plainOf(lines: readonly string[], { fault, array, errorText }: WandbBehaviour): string {
  const shown = spoiled(fault, lines, errorText);
  if (array) return `[${shown.join(",\n")}]\n`;
  if (fault === "crlf_bom") return `\uFEFF${shown.map((line) => `${line}\r\n\r\n`).join("")}`;
  return shown.join("\n") + (fault === "no_final_newline" || shown.length === 0 ? "" : "\n");
}

/** The whole body in pieces of a thousand entries. */
export function* bodyOfGenerated(
  { count, entry }: NonNullable<WandbBehaviour["generated"]>,
  envelope: boolean,
): Generator<string> {
  const between = envelope ? "," : "\n";
  if (envelope) yield '{"audit_logs":[';
  for (let at = 0; at < count; at += 1000) {
    let piece = "";
    for (let one = at; one < Math.min(at + 1000, count); one++)
      piece += entry(one) + (envelope && one === count - 1 ? "" : between);
    yield piece;
  }
  if (envelope) yield `],"count":${count},"next_cursor":null}`;
}
