import type { KeptTrend } from "../spool/trends.ts";
import { type Span, Tier } from "./tier.ts";

/** How fine the past of a hop is known: spans of so many seconds, and how many of them. */
const tiers = [
  { step: 60, spans: 185 },
  { step: 900, spans: 100 },
  { step: 3_600, spans: 745 },
] as const;

/** So long is it kept of a hop that is there no more: as long as it would be shown, milliseconds. */
export const keepTrendMs = 31 * 86_400_000;

/**
 * The past of one hop by the minute, the quarter of an hour and the hour, each for as long as it is shown.
 * Fixed in size. Times are epoch milliseconds, of a clock that somebody may set: what happened stands at the
 * time that the clock showed then.
 */
export class Trend {
  readonly #hop: string;
  readonly #tiers = tiers.map(({ step, spans }) => new Tier(step, spans));
  #latest: number | null = null;

  constructor(hop: string) {
    this.#hop = hop;
  }

  /** When the last event came; null where that is not known. */
  get latest(): number | null {
    return this.#latest;
  }

  /** Where the first span begins of which something is known, and where the last minute ends. */
  get extent(): { readonly from: number; readonly to: number } | undefined {
    const known = this.#tiers.flatMap((tier) => tier.extent() ?? []);
    const [minutes] = this.#tiers;
    const to = minutes?.extent()?.to;
    return to === undefined ? undefined : { from: Math.min(...known.map(({ from }) => from)), to };
  }

  add(events: number, bytes: number, now: number): void {
    if (events > 0) this.#latest = now;
    for (const tier of this.#tiers) tier.add({ events, bytes, lag: null }, now);
  }

  /** So far it is behind now, seconds. */
  behind(seconds: number, now: number): void {
    for (const tier of this.#tiers) tier.add({ events: 0, bytes: 0, lag: Math.round(seconds) }, now);
  }

  /** Takes in what was kept before `now`; of coarse spans that were not over, what finer ones say. */
  restore(kept: readonly KeptTrend[], now: number): void {
    for (const { step, first, spans, latest } of kept) {
      this.#tiers.find((tier) => tier.step === step)?.restore(first, spans, now);
      if (latest !== null && latest <= now) this.#latest = Math.max(this.#latest ?? latest, latest);
    }
    this.#tiers.forEach((tier, at) => {
      const finer = this.#tiers[at - 1];
      if (finer !== undefined) tier.complete(finer);
    });
  }

  /** The last `count` spans of `step` seconds up to the one that runs, oldest first. */
  spans(step: number, count: number, now: number): Span[] {
    const tier = this.#tiers.findLast((each) => step % each.step === 0) as Tier;
    const last = Math.floor(now / 1000 / step);
    return Array.from({ length: count }, (_, index) => tier.over((last - count + 1 + index) * step, step));
  }

  /** What has changed, to be kept: coarse spans only when one is over, or `all`. */
  takeChanged(now: number, all: boolean): KeptTrend[] {
    return this.#tiers.flatMap((tier) => {
      const taken = tier.takeChanged(now, all || tier.step === 60);
      return taken === undefined ? [] : [{ hop: this.#hop, step: tier.step, ...taken, latest: this.#latest }];
    });
  }
}
