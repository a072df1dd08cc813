/** A point in time since 1970-01-01T00:00:00Z. Two safe integers, so nanoseconds survive without bigint. */
export interface Instant {
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanos: number;
}

/** The only source of time and waiting; tests inject their own. */
export interface Clock {
  /** Wall-clock milliseconds since the epoch. For what is shown or compared with event times. */
  now(): number;
  /** Milliseconds that never jump. For every interval and deadline. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `stop` aborts. Never rejects. */
  sleep(ms: number, stop?: AbortSignal): Promise<void>;
}

/**
 * The reason to end a wait with by `AbortController.abort`: nobody asks for it, and without one an error is
 * made each time, which costs more than the wait.
 */
export const over = "over";

/** Milliseconds of a UTC day. */
export const dayMs = 86_400_000;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, stop) =>
    new Promise((resolve) => {
      if (stop?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        stop?.removeEventListener("abort", done);
        resolve();
      };
      // Node clamps a longer timer to 1 ms.
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), 2 ** 31 - 1));
      stop?.addEventListener("abort", done, { once: true });
    }),
};

/** What the wall clock as it stands now would have shown at a monotonic moment, epoch milliseconds. */
export function wallTime(clock: Clock, monotonicMs: number): number {
  return clock.now() - (clock.monotonic() - monotonicMs);
}

/** The instant of epoch milliseconds. */
export function instantOfMs(ms: number): Instant {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.floor((ms - seconds * 1000) * 1_000_000) };
}

/** Epoch milliseconds of an instant, rounded down. */
export function msOfInstant(instant: Instant): number {
  return instant.seconds * 1000 + Math.floor(instant.nanos / 1_000_000);
}

/** Nanoseconds since the epoch in decimal digits, exact: they do not fit into a JavaScript number. */
export function unixNanos({ seconds, nanos }: Instant): string {
  if (nanos === 0) return seconds === 0 ? "0" : `${seconds}000000000`;
  return seconds === 0 ? String(nanos) : seconds + String(nanos).padStart(9, "0");
}

/** Days since 1970-01-01, UTC. */
export function utcDayOfMs(ms: number): number {
  return Math.floor(ms / dayMs);
}

/** 20666 for `2026-08-01`; NaN for what is no date. */
export function utcDayOfText(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / dayMs;
}

/** `2026-08-01` for 20666. */
export function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
