/** Something that happened and has arrived in a SIEM; `value` reads a field by its name in the rules. */
export interface Arrived {
  readonly at: number;
  readonly arrived: number;
  value(field: string): string | undefined;
}

/** Whom an alert is about: the values of the fields that it is suppressed by. */
export type Alert = readonly (string | undefined)[];

/** What a search finds: given all that has arrived within its look-back, and at which moment it runs. */
export type Search = (arrived: readonly Arrived[], now: number) => readonly Alert[];

const everyMs = 5 * 60_000;
/** Where it runs without arrivals: so long before the last of them. */
const watchedMs = 8 * 3_600_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `15m`, `26h` and `7d` in milliseconds. */
export function durationMs(text: string): number {
  const [, number, unit = ""] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const each = units[unit];
  if (each === undefined) throw new Error(`no duration: ${text}`);
  return Number(number) * each;
}

/** How a detection is run. */
export interface Schedule {
  readonly search: Search;
  /** How far back it sees, by the time of the events. */
  readonly lookBackMs: number;
  readonly suppressMs: number;
  /** It looks at what is missing, so it runs also where nothing arrives, and for so long after the last arrival. */
  readonly goesOnMs?: number;
}

/** The alerts of a SIEM that runs the search every five minutes, as `content/README.md` says it has to. */
export function alertsOf(
  events: readonly Arrived[],
  { search, lookBackMs, suppressMs, goesOnMs }: Schedule,
): readonly Alert[] {
  const byArrival = [...events].sort((one, other) => one.arrived - other.arrived);
  const runs = new Set(byArrival.map(({ arrived }) => Math.ceil(arrived / everyMs) * everyMs));
  if (goesOnMs !== undefined) {
    const last = Math.max(...runs) + goesOnMs;
    runs.clear();
    for (let run = last - goesOnMs - watchedMs; run <= last; run += everyMs) runs.add(run);
  }
  const alerts: Alert[] = [];
  const quietUntil = new Map<string, number>();
  for (const now of [...runs].sort((one, other) => one - other)) {
    const seen = byArrival.filter(({ at, arrived }) => arrived <= now && at >= now - lookBackMs);
    for (const alert of search(seen, now)) {
      const key = JSON.stringify(alert);
      if ((quietUntil.get(key) ?? 0) > now) continue;
      quietUntil.set(key, now + suppressMs);
      alerts.push(alert);
    }
  }
  return alerts;
}
