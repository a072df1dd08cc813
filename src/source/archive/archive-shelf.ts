import { type ArchiveStore, StoreError, type StoreReason } from "../../archive/archive-store.ts";
import { type RecordFile, recordFiles, recordsIn } from "../../archive/records.ts";
import { SourceError, type SourceReason } from "../source.ts";
import { type Shelf, type Volume, VolumeError } from "../stored-log/volume.ts";

/** Which records of an archive are read. */
export interface ArchiveShelfOptions {
  readonly store: ArchiveStore;
  /** Those of others, and our own events, are left out. */
  readonly instance: string;
}

const everyDay = { first: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/**
 * The files of an archive as a log: each shows the records of one instance as they were received, a line
 * each. Records that are no entries stay where they are: as a log they would be none.
 */
export function archiveShelf({ store, instance }: ArchiveShelfOptions): Shelf {
  return {
    noun: "file",
    async *list({ stop }) {
      for (const file of await asked(() => recordFiles(store, everyDay, stop), stop)) yield volumeOf(file);
    },
    async *open({ name }, from, _, stop) {
      if (from > 0) return;
      const lines = await asked(() => recordsIn(store, { name }, stop), stop, name);
      for (const { instance: of, fault, record } of lines)
        if (of === instance && fault === undefined) yield Buffer.concat([record, lineEnd]);
    },
  };
}

const lineEnd = Buffer.from("\n");

/** A file is never changed. */
function volumeOf({ name, size, changedAt }: RecordFile): Volume {
  return { name, id: name, version: `${size}-${changedAt}`, size, changedAt };
}

/** `file`: what is wrong with its content concerns it alone. */
async function asked<Answer>(ask: () => Promise<Answer>, stop: AbortSignal, file?: string): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    stop.throwIfAborted();
    if (!(error instanceof StoreError)) throw error;
    if (file === undefined || error.reason !== "bad_answer") throw sourceError(error);
    const { message, fix } = error;
    throw new VolumeError(file, "change", { reason: "bad_encoding", message, fix });
  }
}

const reasons: Partial<Record<StoreReason, SourceReason>> = {
  configuration: "bad_request",
  connection_lost: "cut_body",
  disk_full: "server_error",
  disk_error: "server_error",
};

function sourceError({ reason, message, fix, hold, cause }: StoreError): SourceError {
  return new SourceError(reasons[reason] ?? (reason as SourceReason), message, fix, { hold, cause });
}
