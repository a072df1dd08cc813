import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "../../src/event/decode.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { origin } from "./arbitrary-event.ts";

/** An input line and what it becomes in every format. */
export interface Vector {
  readonly input: string;
  readonly uid: string;
  readonly cef: string;
  readonly ecs: unknown;
  readonly otlp: unknown;
  readonly hec: string;
  readonly ocsf: unknown;
  readonly syslog5424_json: string;
}

export const vectors: readonly Vector[] = readFileSync(
  join(import.meta.dirname, "../data/vectors.jsonl"),
  "utf8",
)
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line));

/** The event of one line, as the vectors' mapper saw it. */
export function eventOf(line: string, uid: string, from = origin): AuditEvent {
  return decode(
    {
      seq: 1,
      source: origin.source,
      uid,
      day: 0,
      bytes: Buffer.from(line),
      late: false,
      observed: { seconds: 1_785_592_800, nanos: 123_456_789 },
    },
    from,
  );
}
