import type { Report, Tell } from "../report/report.ts";
import type { SpoolState } from "../spool/spool-state.ts";
import type { Clock } from "../time/clock.ts";
import type { LastReads } from "./health.ts";
import { outputLagSeconds } from "./output-lag.ts";
import type { RuntimeView } from "./runtime-view.ts";

/**
 * Counts and lags per minute, oldest first; the last minute is the one that runs. `lag` has a gap (null)
 * where nothing was measured.
 */
export interface Recent {
  /** Epoch milliseconds of the first minute. */
  readonly from: number;
  readonly stepSeconds: 60;
  readonly sources: Readonly<
    Record<string, { readonly new: readonly number[]; readonly lag: readonly (number | null)[] }>
  >;
  readonly outputs: Readonly<
    Record<string, { readonly delivered: readonly number[]; readonly lag: readonly (number | null)[] }>
  >;
}

/** What happened lately, made from reports. */
export interface History extends LastReads {
  readonly note: Tell;
  /** Takes the lags down; to be called about once a minute. */
  measure(state: Pick<SpoolState, "sources" | "outputs">): void;
  recent(): Recent;
  /** How many events were given up for an output in this run. */
  dead(output: string): number;
  /** What a source found worth telling in this run, newest last. */
  notices(source: string): readonly string[];
}

const minuteMs = 60_000;
const minutes = 180;
const noticesKept = 8;

/**
 * The last three hours in memory, for the charts of the status page. Fixed in size; a restart starts it
 * afresh.
 */
export function history(runtime: Pick<RuntimeView, "clock" | "sources" | "outputs">): History {
  const { clock } = runtime;
  const fresh = new Map(runtime.sources.map(({ name }) => [name, ring(clock)]));
  const sourceLag = new Map(runtime.sources.map(({ name }) => [name, ring(clock)]));
  const delivered = new Map(runtime.outputs.map(({ name }) => [name, ring(clock)]));
  const rolls = new Map(runtime.outputs.map(({ name, rollMs }) => [name, rollMs]));
  const outputLag = new Map(runtime.outputs.map(({ name }) => [name, ring(clock)]));
  const notices = new Map<string, string[]>(runtime.sources.map(({ name }) => [name, []]));
  const lastReads = new Map<string, number>();
  const clocks = new Map<string, number>();
  const dead = new Map<string, number>();

  function note(report: Report): void {
    if ("source" in report) fresh.get(report.source)?.add(newOf(report));
    switch (report.type) {
      case "poll_done":
        lastReads.set(report.source, clock.monotonic());
        if (report.clockSeconds !== undefined) clocks.set(report.source, report.clockSeconds);
        return;
      case "delivered":
        delivered.get(report.output)?.add(report.events);
        return;
      case "dead":
        dead.set(report.output, (dead.get(report.output) ?? 0) + 1);
        return;
      case "source_notice": {
        const kept = notices.get(report.source);
        if (kept === undefined || kept.includes(report.text)) return;
        kept.push(report.text);
        if (kept.length > noticesKept) kept.shift();
        return;
      }
    }
  }

  return {
    note,
    lastRead: (source) => lastReads.get(source),
    clockDifference: (source) => clocks.get(source),
    dead: (output) => dead.get(output) ?? 0,
    notices: (source) => notices.get(source) ?? [],

    measure({ sources, outputs }) {
      const now = clock.now();
      for (const { source, watermark } of sources)
        if (watermark !== undefined) sourceLag.get(source)?.set(Math.max(0, now - watermark) / 1000);
      for (const { output, backlog } of outputs)
        outputLag.get(output)?.set(outputLagSeconds(backlog, rolls.get(output) ?? 0, now));
    },

    recent: () => ({
      from: (Math.floor(clock.now() / minuteMs) - minutes + 1) * minuteMs,
      stepSeconds: 60,
      sources: Object.fromEntries(
        runtime.sources.map(({ name }) => [
          name,
          { new: counted(fresh.get(name)), lag: sourceLag.get(name)?.values() ?? [] },
        ]),
      ),
      outputs: Object.fromEntries(
        runtime.outputs.map(({ name }) => [
          name,
          { delivered: counted(delivered.get(name)), lag: outputLag.get(name)?.values() ?? [] },
        ]),
      ),
    }),
  };
}

/** Records that were kept with what is told. */
function newOf(report: Report): number {
  switch (report.type) {
    case "poll_done":
    case "backfill_day":
    case "sweep_day":
      return report.new;
    case "poll_failed":
    case "backfill_failed":
    case "sweep_failed":
      return report.kept?.new ?? 0;
    default:
      return 0;
  }
}

function counted(values: Ring | undefined): number[] {
  return values?.values().map((value) => value ?? 0) ?? [];
}

interface Ring {
  add(count: number): void;
  set(value: number): void;
  /** Oldest first; null where a minute has no value. */
  values(): (number | null)[];
}

/**
 * One value per minute of the monotonic clock, so that a jump of the wall clock neither erases nor doubles
 * anything.
 */
function ring(clock: Clock): Ring {
  const values = new Float64Array(minutes).fill(Number.NaN);
  let newest = Math.floor(clock.monotonic() / minuteMs);

  function turn(): number {
    const minute = Math.floor(clock.monotonic() / minuteMs);
    const passed = Math.min(minute - newest, minutes);
    for (let step = 1; step <= passed; step++) values[(newest + step) % minutes] = Number.NaN;
    newest = Math.max(newest, minute);
    return newest % minutes;
  }

  return {
    add(count) {
      const place = turn();
      const value = values[place] as number;
      values[place] = (Number.isNaN(value) ? 0 : value) + count;
    },
    set(value) {
      values[turn()] = value;
    },
    values() {
      const last = turn();
      return Array.from({ length: minutes }, (_, index) => {
        const value = values[(last + 1 + index) % minutes] as number;
        return Number.isNaN(value) ? null : value;
      });
    },
  };
}
