import type { KeptMeasures, Measure } from "../spool/trends.ts";

/** How fine the past of a hop is known: spans of so many seconds, and how many of them. */
const tiers = [
  { step: 60, spans: 185 },
  { step: 900, spans: 100 },
  { step: 3_600, spans: 745 },
] as const;

/** So long are measures kept: as long as they are shown. */
export const keptMeasures: KeptMeasures = new Map(tiers.map(({ step, spans }) => [step, step * spans]));

/** What happened in a span of time. */
export interface Span {
  readonly events: number;
  readonly bytes: number;
  /** The most, whole seconds; null where it was not measured. */
  readonly lag: number | null;
}

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

  add(events: number, bytes: number, now: number): void {
    if (events > 0) this.#latest = now;
    for (const tier of this.#tiers) tier.add(events, bytes, now);
  }

  /** So far it is behind now, seconds. */
  behind(seconds: number, now: number): void {
    for (const tier of this.#tiers) tier.behind(Math.round(seconds), now);
  }

  /** Takes in what was kept. */
  restore(measure: Measure): void {
    const { latest } = measure;
    if (latest !== null) this.#latest = Math.max(this.#latest ?? latest, latest);
    this.#tiers.find(({ step }) => step === measure.step)?.restore(measure);
  }

  /** The last `count` spans of `step` seconds up to the one that runs, oldest first. */
  spans(step: number, count: number, now: number): Span[] {
    const tier = this.#tiers.findLast((each) => step % each.step === 0) as Tier;
    const last = Math.floor(now / 1000 / step);
    const parts = step / tier.step;
    return Array.from({ length: count }, (_, index) => {
      const first = (last - count + 1 + index) * parts;
      return summed(Array.from({ length: parts }, (_, part) => tier.at(first + part)));
    });
  }

  /** What has changed since the last time, to be kept. */
  takeChanged(): Measure[] {
    return this.#tiers.flatMap((tier) => tier.takeChanged(this.#hop, this.#latest));
  }
}

const nothing: Span = { events: 0, bytes: 0, lag: null };

function summed(spans: readonly Span[]): Span {
  return spans.reduce((sum, { events, bytes, lag }) => ({
    events: sum.events + events,
    bytes: sum.bytes + bytes,
    lag: lag === null ? sum.lag : Math.max(lag, sum.lag ?? 0),
  }));
}

/** Spans of one length in a ring: the place of a span is its number modulo their count. */
class Tier {
  readonly step: number;
  readonly #numbers: Float64Array;
  readonly #spans: Span[];
  readonly #changed = new Set<number>();

  constructor(step: number, spans: number) {
    this.step = step;
    this.#numbers = new Float64Array(spans).fill(Number.NaN);
    this.#spans = new Array(spans).fill(nothing);
  }

  add(events: number, bytes: number, now: number): void {
    const number = this.#number(now);
    const before = this.at(number);
    this.#put(number, { ...before, events: before.events + events, bytes: before.bytes + bytes });
  }

  behind(seconds: number, now: number): void {
    const number = this.#number(now);
    const before = this.at(number);
    if (before.lag === null || before.lag < seconds) this.#put(number, { ...before, lag: seconds });
  }

  at(number: number): Span {
    const place = this.#place(number);
    return this.#numbers[place] === number ? (this.#spans[place] as Span) : nothing;
  }

  restore({ at, events, bytes, lag }: Measure): void {
    const number = Math.floor(at / this.step);
    const place = this.#place(number);
    // Of two that share a place the later one counts.
    if ((this.#numbers[place] as number) > number) return;
    this.#numbers[place] = number;
    this.#spans[place] = { events, bytes, lag };
  }

  takeChanged(hop: string, latest: number | null): Measure[] {
    const changed = [...this.#changed].filter((number) => this.#numbers[this.#place(number)] === number);
    this.#changed.clear();
    return changed.map((number) => {
      const at = number * this.step;
      const within = latest !== null && Math.floor(latest / 1000 / this.step) === number;
      return { hop, step: this.step, at, ...this.at(number), latest: within ? latest : null };
    });
  }

  #put(number: number, span: Span): void {
    const place = this.#place(number);
    this.#numbers[place] = number;
    this.#spans[place] = span;
    this.#changed.add(number);
  }

  #number(now: number): number {
    return Math.floor(now / 1000 / this.step);
  }

  #place(number: number): number {
    const spans = this.#spans.length;
    return ((number % spans) + spans) % spans;
  }
}
