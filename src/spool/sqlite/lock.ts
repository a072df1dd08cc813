import { DatabaseSync } from "node:sqlite";
import { builtin } from "../../builtin.ts";
import { hasNoRoom } from "../../system-code.ts";
import { SpoolError } from "../spool-error.ts";
import { createPrivate, type StateFiles } from "../state-directory.ts";
import { failure } from "./failure.ts";

const { readFileSync, rmSync, writeFileSync } = builtin("node:fs");

/**
 * One process per state directory. The lock is the kernel's, on an empty file, so kill -9 releases it and
 * nothing stale stays behind; it covers what the database's own lock cannot: making, replacing and setting
 * aside the database.
 */
export function takeLock(files: StateFiles, pid: number | undefined): () => void {
  createPrivate(files.lock);
  const lock = new DatabaseSync(files.lock, { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    const found = failure(error);
    if (!(found instanceof SpoolError && found.failure === "locked")) throw found;
    const holder = holderOf(files);
    throw new SpoolError(
      "locked",
      `state_dir ${files.directory} is in use by another process${holder === undefined ? "" : ` (pid ${holder})`}`,
      `stop the other process${holder === undefined ? "" : ` (kill ${holder})`}, or set another state_dir`,
      error,
    );
  }
  if (pid !== undefined) tellHolder(files, pid);
  return () => {
    if (pid !== undefined) forgetHolder(files);
    lock.close();
  };
}

/** On a full disk nobody can be told, and all else may still work there. */
function tellHolder(files: StateFiles, pid: number): void {
  try {
    writeFileSync(files.pid, `${pid}\n`, { mode: 0o600 });
  } catch (error) {
    if (!hasNoRoom(error)) throw error;
  }
}

/**
 * Removes the process file. It only helps people: when that fails, the lock itself still says who holds the
 * directory.
 */
function forgetHolder({ pid }: StateFiles): void {
  try {
    rmSync(pid, { force: true });
  } catch {
    // The work is done and on disk, whatever becomes of this file.
  }
}

function holderOf({ pid }: StateFiles): string | undefined {
  try {
    return /^\d+/.exec(readFileSync(pid, "latin1"))?.[0];
  } catch {
    return undefined;
  }
}
