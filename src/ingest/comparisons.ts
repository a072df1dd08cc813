import { unset } from "../record/log-days.ts";
import type { Cursor, Started } from "../record/reading.ts";
import type { Store } from "../spool/store.ts";
import { type Clock, dayMs, utcDayOfMs } from "../time/clock.ts";
import type { Unfinished } from "./allowance.ts";
import { type Comparison, type Doubt, newComparison } from "./comparison.ts";
import { comparisonDue, patienceMs, settleMs } from "./comparison-due.ts";
import type { DayTask } from "./day-task.ts";
import type { Ledger, LedgerReads } from "./ledger.ts";
import type { LookedDay } from "./looked-day.ts";
import { Suspects } from "./suspects.ts";
import { WitnessRead } from "./witness-read.ts";
import { witnessTask } from "./witness-task.ts";

/** Of so many days is remembered which records have to settle. */
const mostRemembered = 30;

/** A source, and from when on it wants records by its cursor. */
export interface WantingSource {
  readonly source: string;
  started(cursor: Cursor): Started | undefined;
}

/** Which witness compares, and with what. */
export interface ComparisonsOptions {
  readonly witness: WantingSource;
  /** Those of its instance that deliver. */
  readonly primaries: readonly WantingSource[];
  readonly store: Pick<Store, "cursor" | "keptOf" | "sources" | "witnessed">;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** How long a day stays known at least, milliseconds: of what is older nothing can be said. */
  readonly keepLedgerMs: number;
  /** It says by itself when a day of it has changed. */
  readonly showsChanges: boolean;
}

/**
 * What a witness compares: UTC days as a whole, one after the other, between its polls. A difference is told
 * when it has settled. What it remembers between two reads is found again when it is lost; what was found is
 * in the store.
 */
export class Comparisons {
  readonly #options: ComparisonsOptions;
  readonly #startedAt: number;
  readonly #suspects = new Suspects();
  readonly #doubts = new Map<number, Doubt>();
  #current: Comparison | undefined;
  /** Where the next read of it begins. */
  #place: string | undefined;
  #failed = { day: 0, times: 0 };

  constructor(options: ComparisonsOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  /** What the steady reads of the witness are beside. */
  get steady(): LedgerReads {
    const { ledger } = this.#options;
    const noted = (days: ReadonlyMap<number, LookedDay>) => this.#noteShown(days);
    return {
      read: () => new WitnessRead(ledger.look(), noted),
      loading: (day) => ledger.loading(day),
    };
  }

  /** What the reads of its days are beside. */
  get days(): LedgerReads {
    const { ledger } = this.#options;
    return {
      read: (_: Unfinished) =>
        this.#current === undefined
          ? new WitnessRead(ledger.look(), () => {})
          : new WitnessRead(this.#current.look, () => {}, this.#current.looked),
      loading: (day) => ledger.loading(day),
    };
  }

  /** The next day to compare; undefined where none is due. */
  task(): DayTask | undefined {
    const { witness, store, clock } = this.#options;
    const { source } = witness;
    const day = this.#current?.day ?? this.#nextDay(clock.now());
    if (day === undefined) return undefined;
    return witnessTask({
      ...{ source, day, place: this.#place, failures: this.#failed.day === day ? this.#failed.times : 0 },
      before: () => store.witnessed(source).find((each) => each.day === day),
      begin: () => this.#begin(day),
      goOn: (place) => {
        this.#place = place;
      },
      fail: (times) => {
        this.#failed = { day, times };
        this.#close();
      },
      end: (doubt) => this.#end(day, doubt),
    });
  }

  #close(): void {
    this.#current?.close();
    this.#current = undefined;
    this.#place = undefined;
  }

  #begin(day: number): Comparison {
    if (this.#current?.day === day) return this.#current;
    const { ledger } = this.#options;
    const begun = newComparison(day, ledger.look());
    const known = begun.look.known(day);
    const suspected = this.#suspects.lacks(day, this.#settledBefore(), known);
    const doubt = this.#doubts.get(day);
    this.#current = {
      ...begun,
      ended: this.#options.clock.now() >= (day + 1) * dayMs + settleMs,
      doubt: doubt ?? (suspected.total > 0 ? { at: 0, missing: suspected, extra: nothingLacks } : undefined),
    };
    return this.#current;
  }

  /** The comparison is over; with `doubt` it has found what has to settle. */
  #end(day: number, doubt: Doubt | undefined): void {
    this.#close();
    this.#failed = { day, times: 0 };
    this.#suspects.forget(day);
    this.#doubts.delete(day);
    if (doubt !== undefined)
      this.#doubts.set(day, this.#doubts.size < mostRemembered ? doubt : counted(doubt));
  }

  #noteShown(days: ReadonlyMap<number, LookedDay>): void {
    const { clock, ledger } = this.#options;
    const at = clock.now();
    for (const [day, looked] of days) if (day >= 0) this.#suspects.add(day, looked.lacks(), looked.known, at);
    const look = ledger.look();
    for (const day of this.#suspects.days) this.#suspects.look(day, look.known(day));
    look.close();
  }

  #nextDay(now: number): number | undefined {
    const { witness, store, keepLedgerMs } = this.#options;
    const since = this.#since();
    if (since === undefined || unset(now)) return undefined;
    const today = utcDayOfMs(now);
    const first = Math.max(Math.ceil(since / dayMs), utcDayOfMs(now - keepLedgerMs) + 1);
    const rows = new Map(store.witnessed(witness.source).map((row) => [row.day, row]));
    const read = this.#readTo();
    for (let day = first; day <= today; day++) {
      const due = comparisonDue({
        ...{ day, now, read, startedAt: this.#startedAt, showsChanges: this.#options.showsChanges },
        row: rows.get(day),
        doubted: this.#doubts.get(day)?.at,
        suspected: this.#suspects.since(day),
        kept: store.keptOf(witness.source, day),
      });
      if (due) return day;
    }
    return undefined;
  }

  /** Up to when every primary has been read, epoch milliseconds. */
  #readTo(): number {
    const { primaries, store } = this.#options;
    const states = store.sources();
    return Math.min(
      ...primaries.map(({ source }) => states.find((each) => each.source === source)?.watermark ?? 0),
    );
  }

  /** What was suspected by then has settled, epoch milliseconds. */
  #settledBefore(): number {
    return Math.max(this.#readTo() - settleMs, this.#options.clock.now() - patienceMs);
  }

  /** From when on the witness and one of the primaries want records. */
  #since(): number | undefined {
    const { witness, primaries } = this.#options;
    const own = this.#startOf(witness);
    const starts = primaries.flatMap((each) => this.#startOf(each) ?? []);
    return own === undefined || starts.length === 0 ? undefined : Math.max(own, Math.min(...starts));
  }

  #startOf({ source, started }: WantingSource): number | undefined {
    const cursor = this.#options.store.cursor(source);
    return cursor === undefined ? undefined : started(cursor)?.since;
  }
}

/** Of a doubt how much it is: of which records, is not remembered for more days than these. */
function counted({ at, missing, extra }: Doubt): Doubt {
  const each = new Map<string, number>();
  return { at, missing: { total: missing.total, each }, extra: { total: extra.total, each } };
}

const nothingLacks = { total: 0, each: new Map<string, number>() };
