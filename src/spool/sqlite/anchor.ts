import { builtin } from "../../builtin.ts";
import { throwUnlessTooMany } from "../disk-error.ts";
import { writeMarker } from "../marker.ts";
import { missingSegments } from "../segment/segment-files.ts";
import type { Segments } from "../segment/segments.ts";
import { SpoolError } from "../spool-error.ts";
import { createPrivate, type StateFiles, stamp, syncDirectory } from "../state-directory.ts";
import type { Database } from "./database.ts";
import type { Tenure } from "./tenure.ts";

const { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, renameSync, rmSync } = builtin("node:fs");

/** Sees that the state in use still lies where the next start will look for it. */
export interface Anchor {
  /**
   * Throws SpoolError `displaced` when it does not: then what is in use has been put back where that can be
   * done, and this process must end.
   */
  check(): void;
  /**
   * The same of the directory alone, also in the midst of a transaction: a segment that is not found by its
   * name is whole where the directory is now.
   */
  checkDirectory(): void;
}

interface Inode {
  readonly device: number;
  readonly inode: number;
}

/** Which state is held, and by which run; `now` is epoch milliseconds. */
export interface AnchorOptions {
  readonly id: string;
  readonly now: () => number;
  /** Absent where only a command looks at the state. */
  readonly tenure: Tenure | undefined;
}

/** For an open database in `files`. */
export function anchor(
  db: Database,
  segments: Segments,
  files: StateFiles,
  { id, now, tenure }: AnchorOptions,
): Anchor {
  const directory = inodeOf(files.directory);
  const database = inodeOf(files.database);
  const log = inodeOf(files.wal);
  const lock = inodeOf(files.lock);
  function checkDirectory() {
    if (!isSame(directory, inodeOf(files.directory))) throw movedAway(files, id);
  }
  function checkFiles() {
    checkDirectory();
    if (!isSame(database, inodeOf(files.database))) {
      const error = putBack(db, files, now());
      tenure?.moved();
      throw error;
    }
    if (log !== undefined && !isSame(log, inodeOf(files.wal))) saveLog(db, files, now());
    const lost = segments.displaced();
    if (lost !== undefined)
      throw displaced(
        `${lost} was removed or replaced while it was in use`,
        "leave the files of state_dir alone while the daemon runs; the next start reads what was in it from its source again",
      );
    if (!isSame(lock, inodeOf(files.lock)))
      throw displaced(
        `${files.lock} was removed or replaced while it was in use, so that another daemon could use the same state`,
        "leave the files of state_dir alone while the daemon runs; it goes on at the next start",
      );
    tenure?.look();
  }
  return {
    checkDirectory,
    check() {
      try {
        checkFiles();
      } catch (error) {
        throwUnlessTooMany(error);
      }
    },
  };
}

/** The directory has another name now, or none: what is in it is safe, and nobody will look for it. */
function movedAway(files: StateFiles, id: string): SpoolError {
  // A start at the old place must not take this for a first start.
  try {
    mkdirSync(files.directory, { recursive: true, mode: 0o700 });
    writeMarker(files, id);
  } catch {
    // Something else stands there, which the next start will say.
  }
  return displaced(
    `state_dir ${files.directory} was moved away while it was in use; the state is whole where it is now`,
    `move it back to ${files.directory} (over what is there now), or set state_dir to its new place`,
  );
}

/** The database is no file any more, or another one has its name: what is in use goes where it belongs. */
function putBack(db: Database, files: StateFiles, now: number): SpoolError {
  const found = inodeOf(files.database);
  const aside = `${files.database}.replaced-${stamp(now)}`;
  rmSync(files.unfinished, { force: true });
  // An empty file, so that what is written into it is nobody else's to read.
  createPrivate(files.unfinished);
  db.run("VACUUM INTO ?", files.unfinished);
  syncFile(files.unfinished);
  if (found !== undefined) renameSync(files.database, aside);
  for (const left of [files.wal, `${files.database}-shm`]) rmSync(left, { force: true });
  renameSync(files.unfinished, files.database);
  syncDirectory(files);
  const what =
    found === undefined
      ? `${files.database} was removed while it was in use; it was written again from what was still open`
      : `another file was put in the place of ${files.database} while it was in use; what was in use was put back, and the other is kept as ${aside}`;
  return displaced(
    `${what}, ${whatOfRecords(db, files)}`,
    "leave the files of state_dir alone while the daemon runs, and stop it before a backup is restored; it goes on at the next start",
  );
}

/**
 * The write-ahead log is no file any more, or another one has its name: what it holds goes into the database.
 * Another one would be replayed into that by the next start.
 */
function saveLog(db: Database, files: StateFiles, now: number): void {
  try {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (error) {
    // Without room it would be lost with this process: the next look tries again.
    if (error instanceof SpoolError && error.failure === "full") return;
    throw error;
  }
  if (inodeOf(files.wal) !== undefined) {
    renameSync(files.wal, `${files.wal}.replaced-${stamp(now)}`);
    syncDirectory(files);
  }
  throw displaced(
    `${files.wal} was removed or replaced while it was in use; what was in use was written into the database, and nothing is lost`,
    "leave the files of state_dir alone while the daemon runs; it goes on at the next start",
  );
}

/** Who removes the database mostly removes what lies beside it. */
function whatOfRecords(db: Database, { directory }: StateFiles): string {
  const named = db.all<{ segment: number }>("SELECT DISTINCT segment FROM chunk WHERE segment IS NOT NULL");
  const gone = missingSegments(
    directory,
    named.map(({ segment }) => segment),
  );
  return gone.length === 0
    ? "and nothing is lost"
    : `but of ${named.length} files of records ${gone.length} are gone: the next start reads what was in them from its source again`;
}

function syncFile(path: string): void {
  const handle = openSync(path, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function displaced(message: string, fix: string): SpoolError {
  return new SpoolError("displaced", message, fix);
}

function inodeOf(path: string): Inode | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : { device: found.dev, inode: found.ino };
}

function isSame(one: Inode | undefined, other: Inode | undefined): boolean {
  return one?.device === other?.device && one?.inode === other?.inode;
}
