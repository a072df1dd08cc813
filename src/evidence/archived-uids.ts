import type { ArchiveStore } from "../archive/archive-store.ts";
import { eventOfLine } from "../archive/line-event.ts";
import { recordFiles, recordsIn } from "../archive/records.ts";
import type { Identity } from "../ingest/identity.ts";
import { compareExported, type ExportedUids } from "./exported-uids.ts";

/** An archive that a day is compared with. */
export interface ArchivedDay {
  /** The output that stores there. */
  readonly output: string;
  readonly store: Pick<ArchiveStore, "list" | "read">;
  readonly instance: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly stop: AbortSignal;
  /** Told how many records of it were looked at so far. */
  readonly progress: (records: number) => void;
}

/** How what is archived of a day compares with what it has. `lines`: records of it in these files. */
export interface ArchivedUids extends ExportedUids {
  readonly output: string;
  readonly files: number;
}

/**
 * Compares by uid alone, so that what an output takes out of records is no difference. `expected` is as for
 * `compareExported`. Records without a time are of no day, and not counted. Rejects with what the store does.
 */
export async function compareArchived(
  { output, store, instance, day, stop, progress }: ArchivedDay,
  expected: Set<Identity>,
): Promise<ArchivedUids> {
  const files = await recordFiles(store, { first: day, end: day + 1 }, stop);
  async function* uids(): AsyncGenerator<string> {
    let records = 0;
    for (const file of files) {
      for (const line of await recordsIn(store, file, stop)) {
        if (line.instance !== instance || line.fault !== undefined) continue;
        if (!expected.has(keyOf(line.uid)) && !isOf(day, line)) continue;
        records++;
        yield line.uid;
      }
      progress(records);
    }
  }
  return { output, files: files.length, ...(await compareExported(uids(), expected)) };
}

function keyOf(uid: string): Identity {
  return Buffer.from(uid, "hex").toString("latin1");
}

/** One without a usable time is filed under the day on which it was first seen. */
function isOf(day: number, line: Parameters<typeof eventOfLine>[0]): boolean {
  const { time } = eventOfLine(line);
  return time !== undefined && Math.floor(time.seconds / 86_400) === day;
}
