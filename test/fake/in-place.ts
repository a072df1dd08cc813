import type { SpooledRecord } from "../../src/record/record.ts";
import { RecordInPlace } from "../../src/record/record-in-place.ts";

/** The record as it stands in a chunk: its uid in front of it, and `behind` it others, or the memory's end. */
export function inPlace(record: SpooledRecord, behind = ""): RecordInPlace {
  const place = new RecordInPlace();
  place.become(record);
  const before = Buffer.from(`{"${record.uid}`);
  place.memory = Buffer.concat([before, Buffer.from(record.uid, "hex"), record.bytes, Buffer.from(behind)]);
  place.uidAt = before.length;
  place.from = before.length + 16;
  place.to = place.from + record.bytes.length;
  return place;
}
