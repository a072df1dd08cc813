import { knownBytes } from "../store.ts";

/** An identity and an ordinal: what a record of the ledger is known by. */
const digestAt = 16;
const ordinalAt = 20;

/** Names that known records show now, by the first byte of their identity. */
export function namesByPart(renamed: Buffer): Map<number, Buffer[]> {
  const parts = new Map<number, Buffer[]>();
  for (let from = 0; from + knownBytes <= renamed.length; from += knownBytes) {
    const part = renamed[from] as number;
    const records = parts.get(part) ?? [];
    records.push(renamed.subarray(from, from + knownBytes));
    parts.set(part, records);
  }
  return parts;
}

/** Each record once, with the name that came last. */
export function mergeNames(before: Buffer, after: readonly Buffer[]): Buffer {
  const records = new Map<string, Buffer>();
  for (let from = 0; from + knownBytes <= before.length; from += knownBytes)
    put(records, before.subarray(from, from + knownBytes));
  for (const record of after) put(records, record);
  return Buffer.concat([...records.values()]);
}

function put(records: Map<string, Buffer>, record: Buffer): void {
  records.set(record.toString("latin1", 0, digestAt) + record.toString("latin1", ordinalAt), record);
}
