import { type Batch, type Cause, GrowingBatch, type Shape } from "../../src/deliver/batch.ts";
import type { SpooledRecord } from "../../src/record/record.ts";
import type { Limit } from "../../src/spool/spool.ts";
import { eventWith } from "../format/arbitrary-event.ts";

/** Records 1 to `count` as the spool gives them, each with `bytes` of text. */
export function spooled(count: number, bytes = 10): SpooledRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    seq: at + 1,
    source: "prod",
    uid: String(at + 1).padStart(32, "0"),
    day: 20_666,
    bytes: Buffer.alloc(bytes, "x"),
    late: false,
    observed: { seconds: 0, nanos: 0 },
  }));
}

/** A payload of each record's own bytes; `change` may filter, or throw. */
export function shape(change: Partial<Shape> = {}): Shape {
  return {
    decode: ({ uid, bytes }) =>
      ({ ...eventWith({}), uid, origin: { source: uid }, original: bytes.toString() }) as never,
    wanted: () => true,
    encode: (event, into) => into.text((event as unknown as { original: string }).original),
    replayed: () => shape(change),
    ...change,
  };
}

/** A batch of these records. */
export function batchOf(
  records: readonly SpooledRecord[],
  limit: Limit = { events: 100, bytes: 1e6 },
  known: ReadonlyMap<number, Cause> = new Map(),
  how: Shape = shape(),
): Batch {
  const batch = new GrowingBatch((records[0]?.seq ?? 1) - 1, how, limit, known);
  batch.add(records);
  return batch;
}
