/** What happened in a span of time. */
export interface Span {
  readonly events: number;
  readonly bytes: number;
  /** The most, whole seconds; null where it was not measured. */
  readonly lag: number | null;
}

const nothing: Span = { events: 0, bytes: 0, lag: null };

/** Events, bytes and lag of a span as it is kept: two doubles and a float, little-endian; NaN is no lag. */
const spanBytes = 20;

/**
 * Spans of one length in a ring: the place of a span is its number modulo their count. A span's number is its
 * beginning, in steps since 1970. Times are epoch milliseconds, beginnings epoch seconds.
 */
export class Tier {
  readonly step: number;
  readonly #count: number;
  readonly #numbers: Float64Array;
  readonly #spans: Span[];
  #changed = false;
  /** The span that ran when it was taken last. */
  #taken = Number.NaN;

  constructor(step: number, count: number) {
    this.step = step;
    this.#count = count;
    this.#numbers = new Float64Array(count).fill(Number.NaN);
    this.#spans = new Array(count).fill(nothing);
  }

  /** Counts are added, of lags the most stays. */
  add(more: Span, now: number): void {
    const number = this.#running(now);
    if (Number.isNaN(this.#taken)) this.#taken = number;
    this.#put(number, both(this.#at(number), more));
    this.#changed = true;
  }

  /** All that happened in a time that is one or several spans long. */
  over(first: number, seconds: number): Span {
    const number = Math.floor(first / this.step);
    let sum = nothing;
    for (let part = 0; part < seconds / this.step; part++) sum = both(sum, this.#at(number + part));
    return sum;
  }

  /** Where the first span begins and the last one ends of which something is known. */
  extent(): { readonly from: number; readonly to: number } | undefined {
    const known = this.#numbers.filter((number) => !Number.isNaN(number));
    if (known.length === 0) return undefined;
    const ms = this.step * 1000;
    return { from: Math.min(...known) * ms, to: (Math.max(...known) + 1) * ms };
  }

  /** What has changed: where a span has ended since the last time, or `anyway`. */
  takeChanged(now: number, anyway: boolean): { first: number; spans: Uint8Array } | undefined {
    const last = this.#running(now);
    if (!this.#changed || (!anyway && last === this.#taken)) return undefined;
    this.#changed = false;
    this.#taken = last;
    const first = last - this.#count + 1;
    const spans = new DataView(new ArrayBuffer(this.#count * spanBytes));
    for (let place = 0; place < this.#count; place++) {
      const { events, bytes, lag } = this.#at(first + place);
      spans.setFloat64(place * spanBytes, events, true);
      spans.setFloat64(place * spanBytes + 8, bytes, true);
      spans.setFloat32(place * spanBytes + 16, lag ?? Number.NaN, true);
    }
    return { first: first * this.step, spans: new Uint8Array(spans.buffer) };
  }

  /** Takes in what was kept, but for what a clock that was set ahead has left behind. */
  restore(first: number, kept: Uint8Array, now: number): void {
    const view = new DataView(kept.buffer, kept.byteOffset, kept.byteLength);
    const from = Math.floor(first / this.step);
    const last = this.#running(now);
    for (let place = 0; (place + 1) * spanBytes <= kept.byteLength; place++) {
      const number = from + place;
      const [events, bytes] = [0, 8].map((at) => view.getFloat64(place * spanBytes + at, true)) as [
        number,
        number,
      ];
      const lag = view.getFloat32(place * spanBytes + 16, true);
      if (number > last || number <= last - this.#count) continue;
      if (events > 0 || !Number.isNaN(lag))
        this.#put(number, { events, bytes, lag: Number.isNaN(lag) ? null : lag });
    }
  }

  /** Takes from finer spans what they know more of: a span that was not over was not kept. */
  complete(finer: Tier): void {
    const known = finer.extent();
    if (known === undefined) return;
    const [from, to] = [known.from, known.to - 1].map((ms) => this.#running(ms)) as [number, number];
    for (let number = from; number <= to; number++) {
      const parts = finer.over(number * this.step, this.step);
      const { events, bytes, lag } = this.#at(number);
      if (parts.events > events || (parts.lag ?? -1) > (lag ?? -1))
        this.#put(number, {
          events: Math.max(events, parts.events),
          bytes: Math.max(bytes, parts.bytes),
          lag: both({ ...nothing, lag }, parts).lag,
        });
    }
  }

  #at(number: number): Span {
    const place = this.#place(number);
    return this.#numbers[place] === number ? (this.#spans[place] as Span) : nothing;
  }

  #put(number: number, span: Span): void {
    const place = this.#place(number);
    this.#numbers[place] = number;
    this.#spans[place] = span;
  }

  #running(now: number): number {
    return Math.floor(now / 1000 / this.step);
  }

  #place(number: number): number {
    return ((number % this.#count) + this.#count) % this.#count;
  }
}

function both(one: Span, other: Span): Span {
  const lag = one.lag === null ? other.lag : Math.max(one.lag, other.lag ?? one.lag);
  return { events: one.events + other.events, bytes: one.bytes + other.bytes, lag };
}
