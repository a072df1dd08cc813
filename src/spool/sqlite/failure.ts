import { raiseOpenFiles } from "../../system-code.ts";
import { diskFailed, writeFailed } from "../disk-error.ts";
import { SpoolError } from "../spool-error.ts";

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const code = {
  perm: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

/** SQLITE_IOERR_WRITE and SQLITE_IOERR_SHMSIZE: a file that grows. */
const growing: ReadonlySet<number> = new Set([778, 4874]);

/** What an error of SQLite means for the state; anything else is given back as it is. */
export function failure(error: unknown): unknown {
  // Numbers that were written are safe integers: one that is not was changed on disk.
  if (error instanceof RangeError && "code" in error && error.code === "ERR_OUT_OF_RANGE")
    return damaged(error.message, error);
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return error;
  const text = `${"errstr" in error ? error.errstr : error.message} (SQLite ${error.errcode})`;
  // The low byte is the primary code: a full disk shows as 13 or, from some file systems, only in the detail.
  switch (error.errcode & 0xff) {
    case code.full:
      return new SpoolError(
        "full",
        `the disk or the spool is full: ${text}`,
        "make room on the disk of state_dir, or raise spool.max_bytes",
        error,
      );
    case code.busy:
    case code.locked:
      return new SpoolError(
        "locked",
        `the state is in use by another process: ${text}`,
        "stop the other process",
        error,
      );
    case code.corrupt:
    case code.notADatabase:
      return damaged(text, error);
    case code.readOnly:
    case code.perm:
    case code.cannotOpen:
      return new SpoolError(
        "io",
        `the spool's database cannot be opened or written: ${text}`,
        `make state_dir writable for this user; see whether its file system went read-only (dmesg), and ${raiseOpenFiles} where that is below 1024`,
        error,
      );
    case code.io:
      return growing.has(error.errcode) ? writeFailed(text, error) : diskFailed(text, error);
    case code.noMemory:
      return diskFailed(text, error);
    default:
      return error;
  }
}

function damaged(text: string, cause: unknown): SpoolError {
  const fix = "start again: what can be read is saved into a new database, the damaged one is kept beside it";
  return new SpoolError("corrupt", `the spool's database is damaged: ${text}`, fix, cause);
}

/** Whether an error met while opening means that the database is damaged. */
export function isDamage(error: unknown): boolean {
  if (error instanceof SpoolError) return error.failure === "corrupt";
  // A schema whose text changed makes statements that cannot be prepared: SQLITE_ERROR.
  return error instanceof Error && "errcode" in error;
}
