import type { SpooledRecord } from "../../src/record/record.ts";

/** A record with this text, seen at that second: the first of a source. */
export function plainRecord(text: string, second = 1): SpooledRecord {
  return {
    seq: 1,
    source: "prod",
    uid: "0123456789abcdef0123456789abcdef",
    day: 0,
    bytes: Buffer.from(text),
    late: false,
    observed: { seconds: second, nanos: 0 },
  };
}
