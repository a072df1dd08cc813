import type { RetryResult } from "../output.ts";
import { type SetupOptions, setUp } from "./setup.ts";
import { type StreamPlace, streamStanding } from "./stream.ts";

/** Whether documents may be sent to a data stream. */
export interface StreamReadiness {
  /** Why not yet. Looks once, and installs the templates where that is wanted. */
  look(deadline: AbortSignal): Promise<RetryResult | undefined>;
  /** Something may have changed: the next look is a real one. */
  forget(): void;
}

/** What is looked at. */
export interface StreamReadinessOptions extends SetupOptions, StreamPlace {
  /** The templates are installed before the first event. */
  readonly managesTemplate: boolean;
}

/** Nothing was looked at yet. A credential that may not look is let through: the first document will tell. */
export function streamReadiness(options: StreamReadinessOptions): StreamReadiness {
  const { nodes, managesTemplate } = options;
  let known = false;
  return {
    async look(deadline) {
      if (known) return undefined;
      const { trouble } = managesTemplate ? await setUp(nodes, options, deadline) : { trouble: undefined };
      if (trouble !== undefined) return trouble;
      const standing = await streamStanding(options, deadline);
      if (standing.status === "retry") return standing;
      if (standing.status === "wrong") {
        const { detail, fix } = standing;
        return { status: "retry", hold: true, reason: "wrong_destination", detail, fix };
      }
      known = true;
      return undefined;
    },
    forget() {
      known = false;
    },
  };
}
