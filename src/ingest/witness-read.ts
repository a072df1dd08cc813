import type { RawRecord } from "../record/record.ts";
import { Unfinished } from "./allowance.ts";
import type { DecidedDay, WantsKnown } from "./decided.ts";
import type { LedgerLook } from "./ledger.ts";
import { LookedDay } from "./looked-day.ts";
import type { PassagePlaces } from "./passage-places.ts";
import { known, type Sighting } from "./showing.ts";
import type { Sightings } from "./sightings.ts";

/**
 * One read of a witness: all that it shows counts as known, so that nothing of it is kept, and is counted
 * beside what is known. `days`: what earlier reads of the same days have shown.
 */
export class WitnessRead implements Sightings {
  /** It leaves nothing open: what is not counted now is shown again by the next one. */
  readonly left = new Unfinished();
  readonly undecided = 0;
  trace: PassagePlaces | undefined;
  again: WantsKnown | undefined;
  readonly twin = 0;
  readonly #look: LedgerLook;
  readonly #days: Map<number, LookedDay>;
  readonly #onEnd: (days: ReadonlyMap<number, LookedDay>) => void;
  #lastDay = Number.NaN;
  #last: LookedDay | undefined;

  constructor(
    look: LedgerLook,
    onEnd: (days: ReadonlyMap<number, LookedDay>) => void,
    days = new Map<number, LookedDay>(),
  ) {
    this.#look = look;
    this.#onEnd = onEnd;
    this.#days = days;
    for (const day of days.values()) day.beginRead();
  }

  see(day: number, identity: string, digest: number, page: number, record: () => RawRecord): Sighting {
    const looked = this.#looked(day);
    const at = looked.known.numberOf(identity);
    this.trace?.note(day, looked.known.numbering, at, digest);
    looked.see(at, page, record);
    return known;
  }

  seeNew(): number {
    return 0;
  }

  numberingOf(day: number): number {
    return this.#looked(day).known.numbering;
  }

  seeKnown(day: number, first: number, count: number): number {
    return this.#looked(day).seeKnown(first, count);
  }

  takeDecided(): DecidedDay[] {
    return [];
  }

  takeDelta(): ReadonlyMap<number, Buffer> {
    return new Map();
  }

  takeRenamed(): ReadonlyMap<number, Buffer> {
    return new Map();
  }

  end(): void {
    for (const day of this.#days.keys()) this.#looked(day);
    this.#onEnd(this.#days);
  }

  totals(day: number): { readonly known: number; readonly seen: number } {
    const looked = this.#looked(day);
    return { known: looked.known.count, seen: looked.shown };
  }

  /** What it was shown is compared, and nobody else's. */
  shownOf(): undefined {
    return undefined;
  }

  close(): void {
    this.#look.close();
  }

  #looked(day: number): LookedDay {
    if (day === this.#lastDay && this.#last !== undefined && !this.#look.isStale()) return this.#last;
    const known = this.#look.known(day);
    const looked = this.#days.get(day) ?? new LookedDay(known);
    this.#days.set(day, looked);
    this.#lastDay = day;
    this.#last = looked;
    return looked;
  }
}
