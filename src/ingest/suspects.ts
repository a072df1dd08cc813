import type { Lacks } from "./difference.ts";
import type { Identity } from "./identity.ts";
import type { KnownDay } from "./known-day.ts";

/** So many are remembered of all days together; what is not is found when its day has ended. */
const mostSuspects = 10_000;

interface Suspect {
  /** So often it was shown. */
  readonly times: number;
  /** Epoch milliseconds. */
  readonly since: number;
}

/**
 * Records that the steady reads of a witness have shown and that were not known then: nearly all of them the
 * next poll of a primary brings.
 */
export class Suspects {
  readonly #days = new Map<number, Map<Identity, Suspect>>();
  #count = 0;

  /** The days that have some. */
  get days(): readonly number[] {
    return [...this.#days.keys()];
  }

  /** A read has shown a day at epoch milliseconds, and these were not known. */
  add(day: number, { each }: Lacks, known: KnownDay, at: number): void {
    const suspects = this.#days.get(day) ?? new Map<Identity, Suspect>();
    for (const [identity, lack] of each) {
      if (this.#count >= mostSuspects) break;
      const times = known.knownOf(known.numberOf(identity)) + lack;
      const before = suspects.get(identity);
      if (before !== undefined && before.times >= times) continue;
      if (before === undefined) this.#count++;
      suspects.set(identity, { times, since: at });
    }
    if (suspects.size > 0) this.#days.set(day, suspects);
  }

  /** Leaves out what is known of a day by now. */
  look(day: number, known: KnownDay): void {
    const suspects = this.#days.get(day);
    if (suspects === undefined) return;
    for (const [identity, { times }] of suspects)
      if (known.knownOf(known.numberOf(identity)) >= times) {
        suspects.delete(identity);
        this.#count--;
      }
    if (suspects.size === 0) this.#days.delete(day);
  }

  /** What was suspected of a day has been looked into. */
  forget(day: number): void {
    this.#count -= this.#days.get(day)?.size ?? 0;
    this.#days.delete(day);
  }

  /** When the first of those of a day was seen, epoch milliseconds. */
  since(day: number): number | undefined {
    const suspects = this.#days.get(day);
    return suspects && Math.min(...[...suspects.values()].map(({ since }) => since));
  }

  /** Those of a day that were seen at `before`, epoch milliseconds, or earlier. */
  lacks(day: number, before: number, known: KnownDay): Lacks {
    const each = new Map<Identity, number>();
    let total = 0;
    for (const [identity, { times, since }] of this.#days.get(day) ?? []) {
      const lack = times - known.knownOf(known.numberOf(identity));
      if (since > before || lack <= 0) continue;
      each.set(identity, lack);
      total += lack;
    }
    return { total, each };
  }
}
