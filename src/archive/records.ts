import type { ArchiveStore, FoundFile } from "./archive-store.ts";
import type { ArchiveLine } from "./line.ts";
import { dayOfName } from "./names.ts";
import { mostBytes, packingOf } from "./packing.ts";

/** Which days of an archive are meant, days since 1970-01-01. */
export interface ArchiveDays {
  readonly first: number;
  /** Not this one any more. */
  readonly end: number;
}

/** A file of records. */
export interface RecordFile extends FoundFile {
  readonly day: number;
}

/** Files of records of these days, by their names. Rejects with what the store does. */
export async function recordFiles(
  store: Pick<ArchiveStore, "list">,
  { first, end }: ArchiveDays,
  stop: AbortSignal,
): Promise<RecordFile[]> {
  const found: RecordFile[] = [];
  for await (const file of store.list("year=", stop)) {
    const day = dayOfName(file.name);
    if (day === undefined || packingOf(file.name) === undefined) continue;
    if (day >= first && day < end && file.size <= mostBytes) found.push({ ...file, day });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The records of a file. Rejects with an Error that names it, or with what the store does. */
export async function recordsIn(
  store: Pick<ArchiveStore, "read">,
  { name }: Pick<FoundFile, "name">,
  stop: AbortSignal,
): Promise<readonly ArchiveLine[]> {
  const bytes = await store.read(name, stop);
  const packing = packingOf(name);
  if (bytes === undefined || packing === undefined) throw new Error(`${name} is not there`);
  try {
    return await packing.unpack(bytes);
  } catch (error) {
    throw new Error(`${name} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
