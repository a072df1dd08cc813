import { utcDayOfMs } from "../../time/clock.ts";
import type { Database } from "./database.ts";
import type { ShownDayRow, Tables } from "./tables.ts";

/**
 * On which UTC day something of a ledger day was last shown by a read. Written once a day at most for each of
 * them. Kept in memory as it is on disk; writes join the caller's transaction.
 */
export interface ShownDays {
  load(): void;
  /** Something of these ledger days is shown; `at` is epoch milliseconds. */
  note(instance: string, days: Iterable<number>, at: number): void;
  /** As if all that is known of the days from `first` through `last` were shown. */
  hold(instance: string, days: readonly [first: number, last: number], at: number): void;
  /** The day itself where no read is known. */
  last(instance: string, day: number): number;
  /** Forgets what is older than a UTC day. */
  prune(before: number): void;
}

/** Those kept in `tables`; empty until `load`. */
export function shownDays(db: Database, tables: Tables): ShownDays {
  return new KeptShownDays(db, tables);
}

class KeptShownDays implements ShownDays {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #last = new Map<string, Map<number, number>>();
  /** Spans that were held on the UTC day `#heldOn`: they are gone through once a day. */
  readonly #held = new Set<string>();
  #heldOn = 0;

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#tables = tables;
  }

  load(): void {
    this.#last.clear();
    this.#held.clear();
    for (const row of this.#tables.shownDay.rows()) this.#remember(row);
  }

  note(instance: string, days: Iterable<number>, at: number): void {
    const lastShown = utcDayOfMs(at);
    for (const day of days) {
      // What has no date, or one that cannot be, is never forgotten; of its own day every day tells itself.
      if (day < 0 || lastShown <= this.last(instance, day)) continue;
      const row = { instance, day, lastShown };
      this.#tables.shownDay.put(row);
      this.#remember(row);
    }
  }

  hold(instance: string, [first, last]: readonly [number, number], at: number): void {
    const today = utcDayOfMs(at);
    if (today !== this.#heldOn) this.#held.clear();
    this.#heldOn = today;
    const span = `${first} ${last} ${instance}`;
    if (this.#held.has(span)) return;
    this.#held.add(span);
    this.note(instance, this.#knownDays(instance, first, last), at);
  }

  last(instance: string, day: number): number {
    return this.#last.get(instance)?.get(day) ?? day;
  }

  prune(before: number): void {
    for (const [instance, days] of this.#last)
      for (const [day, lastShown] of days)
        if (lastShown < before) {
          this.#db.run("DELETE FROM shown_day WHERE instance = ? AND day = ?", instance, day);
          days.delete(day);
        }
  }

  /** Those of which something is known, each found by a look into the key. */
  *#knownDays(instance: string, first: number, last: number): Generator<number, void> {
    for (let day = Math.max(0, first); day <= last; day++) {
      const found = this.#db.get<{ day: number | null }>(
        "SELECT min(day) AS day FROM known WHERE instance = ? AND day >= ?",
        instance,
        day,
      )?.day;
      if (found === undefined || found === null || found > last) return;
      day = found;
      yield day;
    }
  }

  #remember({ instance, day, lastShown }: ShownDayRow): void {
    const days = this.#last.get(instance) ?? new Map<number, number>();
    this.#last.set(instance, days.set(day, lastShown));
  }
}
