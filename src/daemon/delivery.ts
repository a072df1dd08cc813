import type { DeliverSignals } from "../deliver/deliver-options.ts";
import type { Clock } from "../time/clock.ts";
import { orWhenFailed, untilAllEnd } from "./ending.ts";

/** The outputs and the loops that deliver, wherever they run. */
export interface Delivery {
  /** Delivers until the signals end it. Rejects with SpoolError when the state cannot be trusted. */
  run(signals: DeliverSignals): Promise<void>;
  /** Something may go now that waited. */
  tryNow(): void;
  /** What waits for more to go with it goes now. */
  flush(): void;
  /** A person says that something was repaired. */
  retryNow(): void;
  /**
   * Takes over what the outputs' secret and TLS files hold now, and tries at once where that changed.
   * `asked`: by a person, who is told again what cannot be used. Resolves when it has been told what came of
   * it, or that this is not known; never rejects.
   */
  lookAtFiles(asked: boolean): Promise<void>;
  /** The same, unasked, where nobody waits for what comes of it. */
  glanceAtFiles(): void;
  /** Names what does not answer any more, as `glanceAtFiles` has shown. */
  hanging(): readonly string[];
  /** After `run` has ended. */
  close(): Promise<void>;
}

/** Several as one. */
export function together(parts: readonly Delivery[], clock: Pick<Clock, "sleep">): Delivery {
  const all = async (work: (part: Delivery) => Promise<void>) => void (await Promise.all(parts.map(work)));
  return {
    run: (signals) => untilAllEnd(clock, parts, (failed) => orWhenFailed(signals, failed)),
    tryNow() {
      for (const part of parts) part.tryNow();
    },
    flush() {
      for (const part of parts) part.flush();
    },
    retryNow() {
      for (const part of parts) part.retryNow();
    },
    lookAtFiles: (asked) => all((part) => part.lookAtFiles(asked)),
    glanceAtFiles() {
      for (const part of parts) part.glanceAtFiles();
    },
    hanging: () => parts.flatMap((part) => part.hanging()),
    close: () => all((part) => part.close()),
  };
}
