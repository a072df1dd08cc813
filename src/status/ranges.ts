/** How far back charts go: so many spans of so many seconds. */
export const ranges = {
  "15m": { step: 60, spans: 15, words: "15 minutes" },
  "1h": { step: 60, spans: 60, words: "hour" },
  "3h": { step: 60, spans: 180, words: "3 hours" },
  "24h": { step: 900, spans: 96, words: "24 hours" },
  "7d": { step: 3_600, spans: 168, words: "7 days" },
  "30d": { step: 14_400, spans: 180, words: "30 days" },
} as const;
/** By name. */
export type RangeName = keyof typeof ranges;
/** Shortest first. */
export const rangeNames = Object.keys(ranges) as readonly RangeName[];
/** What programs get that ask for none. */
export const usualRange: RangeName = "3h";

/** Undefined for a text that names none. */
export function rangeOf(text: string | null): RangeName | undefined {
  return rangeNames.find((name) => name === text);
}

/** The shortest that shows all that is known since epoch milliseconds, at most the usual one. */
export function fittingRange(since: number, now: number): RangeName {
  const fits = rangeNames.find((name) => ranges[name].step * ranges[name].spans * 1000 >= now - since);
  const usual = rangeNames.indexOf(usualRange);
  return fits === undefined || rangeNames.indexOf(fits) > usual ? usualRange : fits;
}
