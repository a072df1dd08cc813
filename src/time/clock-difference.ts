/** Clocks that are set by NTP are never this far apart, seconds. */
const agreeingSeconds = 60;

/** Whether two clocks differ by so much that somebody should set one of them. `seconds` may be negative. */
export function clocksDiffer(seconds: number): boolean {
  return Math.abs(seconds) > agreeingSeconds;
}
