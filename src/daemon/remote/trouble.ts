import { ConfigError, type Problem } from "../../config/problem.ts";
import { SpoolError, type SpoolFailure } from "../../spool/spool-error.ts";

/** An expected end of a daemon on its way to another thread: as an error it would lose what it is. */
export type DaemonTrouble =
  | {
      readonly type: "spool";
      readonly failure: SpoolFailure;
      readonly message: string;
      readonly fix: string;
    }
  | { readonly type: "config"; readonly file: string; readonly problems: readonly Problem[] };

/** What a SpoolError or a ConfigError says; undefined of anything else, which is a bug. */
export function troubleOf(error: unknown): DaemonTrouble | undefined {
  if (error instanceof SpoolError)
    return { type: "spool", failure: error.failure, message: error.message, fix: error.fix };
  if (error instanceof ConfigError) return { type: "config", file: error.file, problems: error.problems };
  return undefined;
}

/** The error again, in this thread. */
export function errorOfTrouble(trouble: DaemonTrouble): SpoolError | ConfigError {
  return trouble.type === "spool"
    ? new SpoolError(trouble.failure, trouble.message, trouble.fix)
    : new ConfigError(trouble.file, trouble.problems);
}
