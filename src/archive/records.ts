import { type ArchiveStore, type FoundFile, StoreError } from "./archive-store.ts";
import type { ArchiveLine } from "./line.ts";
import { dayOfName } from "./names.ts";
import { mostBytes, packingOf } from "./packing.ts";
import { sha256 } from "./sha256.ts";

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

/** Whether that is the name of a file of records of these days. */
export function isRecordFile(name: string, { first, end }: ArchiveDays): boolean {
  const day = dayOfName(name);
  return day !== undefined && packingOf(name) !== undefined && day >= first && day < end;
}

/** Files of records of these days, by their names. Rejects with what the store does. */
export async function recordFiles(
  store: Pick<ArchiveStore, "list">,
  days: ArchiveDays,
  stop: AbortSignal,
): Promise<RecordFile[]> {
  const found: RecordFile[] = [];
  for await (const file of store.list("year=", stop)) {
    const day = dayOfName(file.name);
    if (day === undefined || !isRecordFile(file.name, days)) continue;
    if (file.size <= mostBytes) found.push({ ...file, day });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The records of a file, where one is given with these bytes. Rejects with what the store does; `bad_answer`:
 * it is no file of records, or another one.
 */
export async function recordsIn(
  store: Pick<ArchiveStore, "read">,
  { name, sha256: wanted }: Pick<FoundFile, "name"> & { readonly sha256?: string | undefined },
  stop: AbortSignal,
): Promise<readonly ArchiveLine[]> {
  const bytes = await store.read(name, stop);
  const packing = packingOf(name);
  if (bytes === undefined || packing === undefined) throw noRecords(name, "there is no such file");
  if (wanted !== undefined && sha256(bytes) !== wanted)
    throw noRecords(name, "it is not the file that a manifest names");
  await packing.ready();
  try {
    return await packing.unpack(bytes);
  } catch (error) {
    throw noRecords(name, error instanceof Error ? error.message : String(error));
  }
}

function noRecords(name: string, why: string): StoreError {
  const fix = "it was changed, or is no file of an archive: archive verify says which";
  return new StoreError("bad_answer", `${name} cannot be read: ${why}`, fix, { hold: true });
}
