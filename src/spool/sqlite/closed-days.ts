import { utcDayOfMs } from "../../time/clock.ts";
import { type ClosedDay, isReopened } from "../closed-day.ts";
import type { KnownClosedDays } from "../spool-state.ts";
import type { Database } from "./database.ts";
import type { SealedTable } from "./sealed-table.ts";

/** A closed UTC day of a source. */
export interface ClosedDayRow extends ClosedDay {
  readonly source: string;
}

/** In the order of its seal. */
export const closedDayColumns: readonly (keyof ClosedDayRow)[] = [
  ...(["source", "day", "closing", "at", "records", "identities", "kept", "digest"] as const),
];

/** The closed days of each source. Kept in memory as they are on disk; writes join the transaction. */
export interface ClosedDays {
  load(): void;
  /** By UTC day, in no order. */
  of(source: string): ReadonlyMap<number, ClosedDay>;
  /** Those of all sources, in no order. */
  all(): readonly ClosedDayRow[];
  /** `keptOf`: how many records of a day are kept now. A clock that was ahead has closed days to come. */
  shown(source: string, keptOf: (day: number) => number, now: number): KnownClosedDays;
  keep(source: string, day: ClosedDay): void;
  /** As if it had never been read. */
  forget(source: string): void;
}

/** Those before `today`: how many, and the newest. */
interface NewestDays {
  readonly today: number;
  readonly days: number;
  readonly newest: readonly ClosedDay[];
}

/** So many are shown of a source. */
const mostShown = 31;
const none: ReadonlyMap<number, ClosedDay> = new Map();

/** Those kept in the table `closed_day`; empty until `load`. */
export function closedDays(db: Database, table: SealedTable<ClosedDayRow>): ClosedDays {
  const all = new Map<string, Map<number, ClosedDay>>();
  const newest = new Map<string, NewestDays>();
  const put = (source: string, day: ClosedDay) => {
    const days = all.get(source) ?? new Map<number, ClosedDay>();
    all.set(source, days.set(day.day, day));
    newest.delete(source);
  };
  const newestOf = (source: string, today: number) => {
    const known = newest.get(source);
    if (known?.today === today) return known;
    const past = [...(all.get(source)?.values() ?? [])].filter(({ day }) => day < today);
    const shown = past.sort((a, b) => b.day - a.day).slice(0, mostShown);
    const made = { today, days: past.length, newest: shown };
    newest.set(source, made);
    return made;
  };
  return {
    load() {
      all.clear();
      newest.clear();
      for (const { source, ...day } of table.rows()) put(source, day);
    },
    of: (source) => all.get(source) ?? none,
    all: () => [...all].flatMap(([source, days]) => [...days.values()].map((day) => ({ source, ...day }))),
    shown(source, keptOf, now) {
      const { days, newest } = newestOf(source, utcDayOfMs(now));
      const shown = newest.map((day) => ({ ...day, reopened: isReopened(day, keptOf(day.day), now) }));
      return { days, newest: shown };
    },
    keep(source, day) {
      table.put({ source, ...day });
      put(source, day);
    },
    forget(source) {
      db.run("DELETE FROM closed_day WHERE source = ?", source);
      all.delete(source);
      newest.delete(source);
    },
  };
}
