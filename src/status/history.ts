import type { Report, Tell } from "../report/report.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { SpoolState } from "../spool/spool-state.ts";
import type { Incident, Trends } from "../spool/trends.ts";
import type { LastReads } from "./health.ts";
import { Incidents, mostIncidents } from "./incidents.ts";
import { newOf } from "./new-records.ts";
import { outputLagSeconds } from "./output-lag.ts";
import { type RangeName, ranges, usualRange } from "./ranges.ts";
import type { RuntimeView } from "./runtime-view.ts";
import { keepTrendMs, Trend } from "./trend.ts";

/**
 * Counts and lags by spans of equal length, oldest first; the last one runs. `lag` is the most in its span,
 * in seconds, and has a gap (null) where nothing was measured.
 */
export interface Recent {
  readonly range: RangeName;
  /** Epoch milliseconds at which the first span begins. */
  readonly from: number;
  readonly stepSeconds: number;
  readonly sources: Readonly<
    Record<string, { readonly new: readonly number[]; readonly lag: readonly (number | null)[] }>
  >;
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly delivered: readonly number[];
        readonly bytes: readonly number[];
        readonly lag: readonly (number | null)[];
      }
    >
  >;
}

/** How fast a hop is: over the last minutes, and when it did something last (epoch milliseconds). */
export interface Pace {
  readonly eventsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly latest: number | null;
}

/** What happened lately, made from reports; charts and incidents outlive the process. */
export interface History extends LastReads {
  readonly note: Tell;
  /** Takes the lags down; to be called every few seconds. */
  measure(state: Pick<SpoolState, "sources" | "outputs">): void;
  /**
   * Keeps what has changed, once a minute, and where an incident began or ended. Throws SpoolError, except
   * `full`.
   */
  save(): void;
  /** Keeps the rest, as far as it can. */
  end(): void;
  recent(range?: RangeName): Recent;
  /** Since when something is known, epoch milliseconds. */
  readonly since: number;
  pace(hop: string): Pace;
  /** Newest first; those that go on before the others. */
  incidents(): readonly Incident[];
  /** Whether it took anything in this run. */
  hasDelivered(output: string): boolean;
  /** How many events were given up for an output in this run. */
  dead(output: string): number;
  /** What a source found worth telling in this run, newest last. */
  notices(source: string): readonly string[];
}

const minuteMs = 60_000;
/** Over so many spans of a minute is told how fast a hop is. */
const paceSpans = 5;
const noticesKept = 8;

/** Without `trends` it begins afresh, and ends with the process. */
export function history(
  runtime: Pick<RuntimeView, "clock" | "sources" | "outputs" | "startedAt">,
  trends?: Trends,
): History {
  return new KeptHistory(runtime, trends);
}

class KeptHistory implements History {
  readonly since: number;
  readonly #runtime: Pick<RuntimeView, "clock" | "sources" | "outputs">;
  readonly #trends: Trends | undefined;
  /** By hop. */
  readonly #hops: ReadonlyMap<string, Trend>;
  readonly #incidents = new Incidents();
  readonly #notices = new Map<string, string[]>();
  readonly #lastReads = new Map<string, number>();
  readonly #clocks = new Map<string, number>();
  readonly #delivered = new Set<string>();
  readonly #dead = new Map<string, number>();
  #savedMinute: number;

  constructor(
    runtime: Pick<RuntimeView, "clock" | "sources" | "outputs" | "startedAt">,
    trends: Trends | undefined,
  ) {
    this.#runtime = runtime;
    this.#trends = trends;
    const { sources, outputs, startedAt } = runtime;
    const names = [...sources.map(sourceHopName), ...outputs.map(outputHopName)];
    this.#hops = new Map(names.map((hop) => [hop, new Trend(hop)]));
    for (const { name } of sources) this.#notices.set(name, []);
    this.#savedMinute = this.#minute();
    this.since = this.#restore(startedAt);
  }

  note = (report: Report): void => {
    const now = this.#runtime.clock.now();
    this.#incidents.note(report, now);
    if ("source" in report) this.#hops.get(`source ${report.source}`)?.add(newOf(report), 0, now);
    switch (report.type) {
      case "poll_done":
        this.#lastReads.set(report.source, this.#runtime.clock.monotonic());
        if (report.clockSeconds !== undefined) this.#clocks.set(report.source, report.clockSeconds);
        return;
      case "delivered":
        this.#delivered.add(report.output);
        this.#hops.get(`output ${report.output}`)?.add(report.events, report.bytes, now);
        return;
      case "dead":
        this.#dead.set(report.output, (this.#dead.get(report.output) ?? 0) + 1);
        return;
      case "source_notice": {
        const kept = this.#notices.get(report.source);
        if (kept === undefined || kept.includes(report.text)) return;
        kept.push(report.text);
        if (kept.length > noticesKept) kept.shift();
        return;
      }
    }
  };

  measure = ({ sources, outputs }: Pick<SpoolState, "sources" | "outputs">): void => {
    const now = this.#runtime.clock.now();
    const rolls = new Map(this.#runtime.outputs.map(({ name, rollMs }) => [name, rollMs]));
    for (const { source, watermark } of sources)
      if (watermark !== undefined)
        this.#hops.get(`source ${source}`)?.behind(Math.max(0, now - watermark) / 1000, now);
    for (const { output, backlog } of outputs)
      this.#hops.get(`output ${output}`)?.behind(outputLagSeconds(backlog, rolls.get(output) ?? 0, now), now);
  };

  save = (): void => {
    const minute = this.#minute();
    if (minute === this.#savedMinute && !this.#incidents.fresh) return;
    this.#savedMinute = minute;
    try {
      this.#keep(false);
    } catch (error) {
      // A chart is not worth an end: what the next minute brings is kept again.
      if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    }
  };

  end = (): void => {
    try {
      this.#keep(true);
    } catch (error) {
      // Whatever made it impossible is told by whoever cannot go on for it.
      if (!(error instanceof SpoolError)) throw error;
    }
  };

  recent = (range: RangeName = usualRange): Recent => {
    const { step, spans } = ranges[range];
    const now = this.#runtime.clock.now();
    const { sources, outputs } = this.#runtime;
    const of = (hop: string) => this.#hops.get(hop)?.spans(step, spans, now) ?? [];
    return {
      range,
      from: (Math.floor(now / 1000 / step) - spans + 1) * step * 1000,
      stepSeconds: step,
      sources: Object.fromEntries(
        sources.map((source) => {
          const past = of(sourceHopName(source));
          return [source.name, { new: past.map(({ events }) => events), lag: past.map(({ lag }) => lag) }];
        }),
      ),
      outputs: Object.fromEntries(
        outputs.map((output) => {
          const past = of(outputHopName(output));
          const [delivered, bytes] = [past.map(({ events }) => events), past.map((each) => each.bytes)];
          return [output.name, { delivered, bytes, lag: past.map(({ lag }) => lag) }];
        }),
      ),
    };
  };

  pace = (hop: string): Pace => {
    const trend = this.#hops.get(hop);
    const now = this.#runtime.clock.now();
    const past = trend?.spans(60, paceSpans, now) ?? [];
    const first = (Math.floor(now / minuteMs) - paceSpans + 1) * minuteMs;
    // A clock that was set back since the start says nothing of how long that is ago.
    const from = this.since > now ? first : Math.max(first, this.since);
    const seconds = Math.max(1, (now - from) / 1000);
    const sum = (value: "events" | "bytes") => past.reduce((total, each) => total + each[value], 0);
    return {
      eventsPerSecond: sum("events") / seconds,
      bytesPerSecond: sum("bytes") / seconds,
      latest: trend?.latest ?? null,
    };
  };

  incidents = () => this.#incidents.all();
  lastRead = (source: string) => this.#lastReads.get(source);
  clockDifference = (source: string) => this.#clocks.get(source);
  hasDelivered = (output: string) => this.#delivered.has(output);
  dead = (output: string) => this.#dead.get(output) ?? 0;
  notices = (source: string) => this.#notices.get(source) ?? [];

  #keep(all: boolean): void {
    const now = this.#runtime.clock.now();
    const trends = [...this.#hops.values()].flatMap((trend) => trend.takeChanged(now, all));
    const bounds = { now, keepMs: keepTrendMs, most: mostIncidents };
    this.#trends?.keep(trends, this.#incidents.takeChanged(), bounds);
  }

  /** Since when something is known. */
  #restore(startedAt: number): number {
    const kept = Map.groupBy(this.#trends?.trends() ?? [], ({ hop }) => hop);
    for (const [hop, trends] of kept) this.#hops.get(hop)?.restore(trends, startedAt);
    const known = [...this.#hops.values()].flatMap(({ extent }) => extent ?? []);
    const seen = known.map(({ to }) => Math.min(to, startedAt));
    const last = seen.length === 0 ? undefined : Math.max(...seen);
    this.#incidents.restore(this.#trends?.incidents() ?? [], last, startedAt);
    return Math.min(startedAt, ...known.map(({ from }) => from));
  }

  #minute(): number {
    return Math.floor(this.#runtime.clock.now() / minuteMs);
  }
}

function sourceHopName({ name }: { readonly name: string }): string {
  return `source ${name}`;
}

function outputHopName({ name }: { readonly name: string }): string {
  return `output ${name}`;
}
