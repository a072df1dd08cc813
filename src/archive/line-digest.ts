import { createHash } from "node:crypto";
import { canonicalEntry } from "../record/canonical-entry.ts";
import { entryTime } from "../record/entry.ts";
import { parseEntry } from "../record/parse-entry.ts";
import type { ArchiveLine } from "./line.ts";

/**
 * What the record of a line says, as 16 bytes: the same for two that differ in names which W&B fills in, in
 * when they were seen and by which source. The uid of a line is what somebody wrote beside the record.
 */
export function lineDigest({ date, instance, fault, record }: ArchiveLine): string {
  const entry = fault === undefined ? parseEntry(record) : undefined;
  const place = JSON.stringify([date, instance, fault ?? null, entry !== undefined]);
  const said = entry === undefined ? record : canonicalEntry(entry, entryTime(entry));
  return createHash("sha256").update(place).update(said).digest().toString("latin1", 0, 16);
}
