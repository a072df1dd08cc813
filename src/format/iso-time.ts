import type { Instant } from "../time/clock.ts";

const daySeconds = 86_400;

/**
 * Makes a printer of `2026-08-01T13:12:14.000Z` (RFC 3339, UTC) with this many digits, cut and never rounded.
 * Neighbours share a day, so its text is kept.
 */
export function isoTime(digits: 3 | 6 | 9): (instant: Instant) => string {
  let day = Number.NaN;
  let date = "";
  const divisor = 10 ** (9 - digits);
  const none = `.${"0".repeat(digits)}Z`;
  return ({ seconds, nanos }) => {
    const of = Math.floor(seconds / daySeconds);
    if (of !== day) {
      date = new Date(of * daySeconds * 1000).toISOString().slice(0, -13);
      day = of;
    }
    const second = seconds - of * daySeconds;
    const minute = Math.floor(second / 60);
    const hour = Math.floor(minute / 60);
    const time = `${date}${two[hour]}:${two[minute - hour * 60]}:${two[second - minute * 60]}`;
    return nanos === 0
      ? time + none
      : `${time}.${String(Math.floor(nanos / divisor)).padStart(digits, "0")}Z`;
  };
}

/** `00` to `59`. */
const two = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, "0"));
