import { putDigits } from "../text/digits.ts";
import type { Writer } from "../text/writer.ts";
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

/** The same, written. */
export function isoTimeWriter(digits: 3 | 6 | 9): (into: Writer, instant: Instant) => void {
  let day = Number.NaN;
  let date = Buffer.alloc(0);
  const divisor = 10 ** (9 - digits);
  return (into, { seconds, nanos }) => {
    into.notes?.unforeseen();
    const of = Math.floor(seconds / daySeconds);
    if (of !== day) {
      date = Buffer.from(new Date(of * daySeconds * 1000).toISOString().slice(0, -13));
      day = of;
    }
    const second = seconds - of * daySeconds;
    const minute = Math.floor(second / 60);
    const hour = Math.floor(minute / 60);
    into.constant(date);
    into.room(clockBytes + digits);
    const { bytes, size } = into;
    putDigits(bytes, size, hour, 2);
    bytes[size + 2] = colon;
    putDigits(bytes, size + 3, minute - hour * 60, 2);
    bytes[size + 5] = colon;
    putDigits(bytes, size + 6, second - minute * 60, 2);
    bytes[size + 8] = point;
    putDigits(bytes, size + 9, Math.floor(nanos / divisor), digits);
    bytes[size + 9 + digits] = upperZ;
    into.size = size + clockBytes + digits;
  };
}

/** `13:12:14.` and `Z`. */
const clockBytes = 10;
const colon = 0x3a;
const point = 0x2e;
const upperZ = 0x5a;
