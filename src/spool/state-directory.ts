import { join } from "node:path";
import { builtin } from "../builtin.ts";

const {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = builtin("node:fs");

/** The files of a state directory. */
export function stateFiles(directory: string) {
  const database = join(directory, "spool.db");
  return {
    directory,
    database,
    wal: `${database}-wal`,
    /** A new database while it is filled from a damaged one. */
    unfinished: `${database}.new`,
    /** Says that state exists, so that an emptied database is noticed. */
    marker: join(directory, "STATE"),
    /** The marker while it is written. */
    unfinishedMarker: join(directory, "STATE.new"),
    /** Asks for a rebuild at the next start. */
    rebuild: join(directory, "REBUILD"),
    lock: join(directory, "LOCK"),
    /** What outgrows memory, for the moment between its making and its removal: see `scratch.ts`. */
    scratch: join(directory, "SCRATCH"),
    /** Whom to blame when the lock is taken; never decides anything. */
    pid: join(directory, "PID"),
  };
}
/** The paths in a state directory. */
export type StateFiles = ReturnType<typeof stateFiles>;

/** Makes new names and renames survive a power cut. */
export function syncDirectory({ directory }: StateFiles): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** SQLite gives the files it makes beside the database the same mode. */
export function createPrivate(path: string): void {
  closeSync(openSync(path, "a", 0o600));
}

/** Bytes of a file; 0 when there is none. */
export function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

const foundDamaged = "the database was found damaged\n";

/** Asks for a rebuild at the next start; best effort, because the disk may be what is broken. */
export function askForRebuild({ rebuild }: StateFiles): void {
  try {
    writeFileSync(rebuild, foundDamaged, { mode: 0o600 });
  } catch {
    // The damage will be met again.
  }
}

/** Whether that was done, and has not been seen to. */
export function rebuildIsAsked({ rebuild }: StateFiles): boolean {
  return existsSync(rebuild);
}

/** Whether a person did so, with whatever is in the file. Nothing was found damaged then. */
export function rebuildIsAskedByHand({ rebuild }: StateFiles): boolean {
  return existsSync(rebuild) && readFileSync(rebuild, "latin1") !== foundDamaged;
}

/** There is nothing to rebuild from. */
export function forgetRebuild({ rebuild }: StateFiles): void {
  rmSync(rebuild, { force: true });
}

/** Moves the database away under a name that tells what and when; SQLite finds a log beside it again. */
export function setAsideDatabase(files: StateFiles, suffix: string): void {
  const target = `${files.database}.${suffix}`;
  // The log first: left behind, it would be replayed into the next database.
  if (existsSync(files.wal)) renameSync(files.wal, `${target}-wal`);
  if (existsSync(files.database)) renameSync(files.database, target);
  rmSync(`${files.database}-shm`, { force: true });
  syncDirectory(files);
}

/** `20260801T101112345Z`, for file names. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:.]/g, "");
}
