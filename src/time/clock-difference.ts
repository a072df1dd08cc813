/** Clocks that are set by NTP are never further apart, milliseconds. */
export const agreeingMs = 60_000;

/** Whether two clocks differ by so much that somebody should set one of them. `seconds` may be negative. */
export function clocksDiffer(seconds: number): boolean {
  return Math.abs(seconds) * 1000 > agreeingMs;
}
