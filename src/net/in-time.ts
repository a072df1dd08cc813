import type { Clock } from "../time/clock.ts";

/** What limits the making of a connection. */
export interface Patience {
  readonly clock: Clock;
  /** Give up now. */
  readonly deadline: AbortSignal;
}

/** The deadline came before there was a connection. The message says what was waited for, and how long. */
export class NotReached extends Error {
  override readonly name = "TimeoutError";
}

/**
 * The work's result, or NotReached when the deadline comes first: `missing` and the time really waited. What
 * the work still brings then is dropped; ending it is the caller's.
 */
export function inTime<T>(
  { clock, deadline }: Patience,
  missing: () => string,
  work: Promise<T>,
): Promise<T> {
  const began = clock.monotonic();
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      const waited = waitedText(clock.monotonic() - began);
      reject(new NotReached(`${missing()} within ${waited}`, { cause: deadline.reason }));
    };
    if (deadline.aborted) giveUp();
    deadline.addEventListener("abort", giveUp, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener("abort", giveUp));
  });
}

function waitedText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
