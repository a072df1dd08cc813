import { SpoolError } from "./spool-error.ts";

/** What an error of a file of the state means; anything else is given back as it is. */
export function diskError(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error) || error instanceof SpoolError) return error;
  if (error.code !== "ENOSPC" && error.code !== "EDQUOT") return diskFailed(error.message, error);
  const fix = "make room on the disk of state_dir";
  return new SpoolError("full", "the disk of state_dir is full", fix, error);
}

/** The error for a disk that did not do what it was asked. */
export function diskFailed(text: string, cause: unknown): SpoolError {
  const fix = "see the kernel's log (dmesg) for the disk; after a restart the state is read from disk again";
  return new SpoolError("io", `the disk of state_dir failed: ${text}`, fix, cause);
}
