import type { Instant } from "../time/clock.ts";

/**
 * Makes a printer of `2026-08-01T13:12:14.000Z` (RFC 3339, UTC) with this many digits, cut and never rounded.
 * Neighbours often share a second, so its text is kept.
 */
export function isoTime(digits: 3 | 6 | 9): (instant: Instant) => string {
  let second = Number.NaN;
  let text = "";
  const divisor = 10 ** (9 - digits);
  return ({ seconds, nanos }) => {
    if (seconds !== second) {
      text = new Date(seconds * 1000).toISOString().slice(0, -4);
      second = seconds;
    }
    return `${text}${String(Math.floor(nanos / divisor)).padStart(digits, "0")}Z`;
  };
}
