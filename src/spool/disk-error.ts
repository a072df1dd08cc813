import { hasNoRoom, openFilesFix, raiseFileSize, raiseOpenFiles, systemCode } from "../system-code.ts";
import { SpoolError } from "./spool-error.ts";

const mayNotGrowFix = `${raiseFileSize}, or use a file system that takes larger ones, then start again`;

/** What a limit of the process or of the machine asks for; undefined where an error is about none. */
function limitFix(error: Error): string | undefined {
  const files = openFilesFix(error);
  if (files !== undefined) return files === raiseOpenFiles ? `${files} to 1024 or more, then restart` : files;
  return systemCode(error) === "EFBIG" ? mayNotGrowFix : undefined;
}

/** The error for a `state_dir` that the system does not let us use. */
export function unusable(stateDir: string, error: Error): SpoolError {
  const fix =
    limitFix(error) ??
    `let this user make and write ${stateDir}, on a disk that works and has room (in Kubernetes: fsGroup)`;
  return new SpoolError("io", `state_dir ${stateDir} cannot be used: ${error.message}`, fix, error);
}

/** What an error of a file of the state means; anything else is given back as it is. */
export function diskError(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error) || error instanceof SpoolError) return error;
  const limit = limitFix(error);
  if (limit !== undefined) return new SpoolError("io", error.message, limit, error);
  if (!hasNoRoom(error)) return diskFailed(error.message, error);
  const fix = "make room on the disk of state_dir";
  return new SpoolError("full", "the disk of state_dir is full", fix, error);
}

/**
 * Throws what an error means that was met in a look at the state, where no file could be opened just now
 * excepted: the next look will see what this one did not.
 */
export function throwUnlessTooMany(error: unknown): void {
  const cause = error instanceof SpoolError ? (error.cause ?? error) : error;
  if (openFilesFix(cause) !== undefined) return;
  throw error instanceof Error && "syscall" in error ? diskError(error) : error;
}

const afterRestart = "after a restart the state is read from disk again";

/** The error for a disk that did not do what it was asked. */
export function diskFailed(text: string, cause: unknown): SpoolError {
  const fix = `see the kernel's log (dmesg) for the disk; ${afterRestart}`;
  return new SpoolError("io", `the disk of state_dir failed: ${text}`, fix, cause);
}

/** The error for a write that failed where nobody says by what: a disk, or a limit on the size of files. */
export function writeFailed(text: string, cause: unknown): SpoolError {
  const fix = `see the kernel's log (dmesg) for the disk; where it says nothing, raise the quota or the limit on the size of files (LimitFSIZE=, ulimit -f); ${afterRestart}`;
  return new SpoolError("io", `a write to the disk of state_dir failed: ${text}`, fix, cause);
}
