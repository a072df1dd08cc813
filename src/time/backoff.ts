/** The first and the longest wait between tries, milliseconds. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Exponential backoff with full jitter: anything from 0 to min * 2^(failures-1), capped. `random` gives 0 to
 * 1. At least a tenth of `minMs`, so that a loop never spins.
 */
export function backoffMs(failures: number, { minMs, maxMs }: Backoff, random: () => number): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(Math.max(failures, 1) - 1, 30));
  return Math.max(minMs / 10, ceiling * random());
}

/** `ms` give or take a tenth, so that many daemons do not ask at the same second. */
export function jittered(ms: number, random: () => number): number {
  return ms * (0.9 + 0.2 * random());
}
