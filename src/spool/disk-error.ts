import { SpoolError } from "./spool-error.ts";

const noMoreFilesFix =
  "raise the limit of open files (LimitNOFILE=, ulimit -n) to 1024 or more, then restart";

function hasNoMoreFiles(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EMFILE" || code === "ENFILE";
}

/** The error for a `state_dir` that the system does not let us use. */
export function unusable(stateDir: string, error: Error): SpoolError {
  const fix = hasNoMoreFiles(error)
    ? noMoreFilesFix
    : `let this user make and write ${stateDir}, on a disk that works and has room (in Kubernetes: fsGroup)`;
  return new SpoolError("io", `state_dir ${stateDir} cannot be used: ${error.message}`, fix, error);
}

/** What an error of a file of the state means; anything else is given back as it is. */
export function diskError(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error) || error instanceof SpoolError) return error;
  if (hasNoMoreFiles(error)) return new SpoolError("io", error.message, noMoreFilesFix, error);
  if (error.code !== "ENOSPC" && error.code !== "EDQUOT") return diskFailed(error.message, error);
  const fix = "make room on the disk of state_dir";
  return new SpoolError("full", "the disk of state_dir is full", fix, error);
}

/** The error for a disk that did not do what it was asked. */
export function diskFailed(text: string, cause: unknown): SpoolError {
  const fix = "see the kernel's log (dmesg) for the disk; after a restart the state is read from disk again";
  return new SpoolError("io", `the disk of state_dir failed: ${text}`, fix, cause);
}
