/** Why the state cannot be used. */
export type SpoolFailure =
  | "full"
  | "io"
  | "corrupt"
  | "locked"
  | "newer_schema"
  | "state_lost"
  | "displaced"
  | "unsafe_directory";

/**
 * The state cannot be used. `full` is the only one the daemon goes on after; all others end the process (exit
 * code 3, 74 for `io`). `corrupt` repairs itself at the next start.
 */
export class SpoolError extends Error {
  override readonly name = "SpoolError";
  readonly failure: SpoolFailure;
  readonly fix: string;

  constructor(failure: SpoolFailure, message: string, fix: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
    this.fix = fix;
  }
}
