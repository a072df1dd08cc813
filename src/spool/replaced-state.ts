import { utcDayOfMs } from "../time/clock.ts";
import type { ReplacedState } from "./spool-state.ts";

/** For so long after it a day commonly still changes. */
const settlingDays = 7;

/** As `ReplacedState`; times are ISO 8601 UTC. */
export interface ReplacedStatus {
  readonly found: "older" | "copied";
  readonly at: string;
  readonly from: string | null;
  readonly seen_until: string | null;
}

/** As programs read it. */
export function replacedStatus({ found, at, from, seenAt }: ReplacedState): ReplacedStatus {
  const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  return { found, at: new Date(at).toISOString(), from: iso(from), seen_until: iso(seenAt) };
}

/** Whether what it does not know may be of one of the UTC days from `first` to before `end`. */
export function concernsDays({ at, from }: ReplacedState, first: number, end: number): boolean {
  return utcDayOfMs(at) >= first && (from === null || utcDayOfMs(from) < end + settlingDays);
}

/** As people read it. Claims no more than is known: who moves a state to another disk makes a copy. */
export function replacedText({ found, at, from, seen_until: seen }: ReplacedStatus): string {
  const between = from === null ? "before that" : `between ${from} and that`;
  const unknown = `what was delivered, given up or dropped ${between} is not known here`;
  if (found === "older")
    return `the state was found to be older at ${at} than the last run${seen === null ? "" : `, seen until ${seen},`} had left it: a backup or an older copy was put here; ${unknown}`;
  return `the state was found to be another file at ${at}: moved to another disk, copied, or restored from a backup, which nobody can tell here; if restored, ${unknown}`;
}
