const sane = 48 * 3_600_000;
/** W&B had no audit log before 2023: a clock that says so is not set. */
const earliest = Date.UTC(2023, 0);
const noticed = 300_000;

/** What a Date header says against our clock, in milliseconds, believed or not; 0 without one. */
export function clockGap(date: string | undefined, localMs: number): number {
  const server = Date.parse(date ?? "");
  return Number.isNaN(server) ? 0 : server - localMs;
}

/**
 * The server's clock minus ours, from its Date header; 0 within a minute. A header that is two days off is
 * not believed, unless our own clock is plainly not set.
 */
export function serverSkew(date: string | undefined, localMs: number): number {
  const skew = clockGap(date, localMs);
  if (Math.abs(skew) <= 60_000) return 0;
  const ours = unset(localMs) && !unset(localMs + skew);
  return Math.abs(skew) <= sane || ours ? skew : 0;
}

/** Whether a clock that says so was plainly never set. */
export function unset(now: number): boolean {
  return now < earliest;
}

/** Tells when the clocks are more than five minutes apart, and only when that changed. */
export function skewNotice(before: number, now: number): readonly string[] {
  if (Math.abs(now) <= noticed || Math.abs(now - before) <= noticed) return [];
  const minutes = Math.round(Math.abs(now) / 60_000);
  return [
    `the server's clock is ${minutes} min ${now > 0 ? "ahead of" : "behind"} this machine's: set both by NTP; until then the server's is used`,
  ];
}
