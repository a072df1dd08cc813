import type { Gauge as AnyGauge } from "prom-client";
import type { Tell } from "../report/report.ts";
import type { Backfill } from "../spool/backfill.ts";
import type { Replay } from "../spool/replay.ts";
import type { SourceState, SpoolState } from "../spool/spool-state.ts";
import { ages } from "./ages.ts";
import { attentionTo } from "./attention.ts";
import { Counter, Gauge, Histogram, Registry } from "./counting.ts";
import { count, startAtZero } from "./counts.ts";
import { type LastReads, notReady } from "./health.ts";
import { type MetricName, type MetricRow, metricRow, metricTable } from "./metric-table.ts";
import { outputLagSeconds } from "./output-lag.ts";
import type { RuntimeView } from "./runtime-view.ts";
import { startedIn } from "./start-status.ts";
import { witnessTotals } from "./witness-status.ts";

/** The Prometheus metrics of a daemon. */
export interface Metrics {
  /** Counts what happened. */
  readonly note: Tell;
  /** The text a scrape gets: what happened so far, and what is true now. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Our own part of the same, for a program. */
  samples(): Promise<readonly Sample[]>;
}

/** A metric and its series now. */
export interface Sample {
  readonly row: MetricRow;
  readonly values: readonly SampleValue[];
}

/** One series of a metric. */
export interface SampleValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Which series of a histogram: `_bucket` (cumulated, label `le`), `_sum` or `_count`. */
  readonly metricName?: string;
}

/** Counts what is told to `note`, and reads the rest from `runtime` and `reads` when asked. */
export function metrics(runtime: RuntimeView, reads: LastReads): Metrics {
  const registry = new Registry();

  const counter = (name: MetricName) => new Counter(settings(name));
  const gauge = (name: MetricName) => new Gauge(settings(name));
  const histogram = (name: MetricName) =>
    new Histogram({ ...settings(name), buckets: [...(metricRow(name).buckets ?? [])] });
  function settings(name: MetricName) {
    const { name: full, help, labels } = metricRow(name);
    return { name: full, help, labelNames: [...labels], registers: [registry] };
  }

  const outputs = runtime.outputs.map(({ name }) => name);
  const counts = {
    fetched: counter("records_fetched_total"),
    new: counter("records_new_total"),
    late: counter("records_late_total"),
    unparseable: counter("unparseable_records_total"),
    undecided: counter("undecided_twins_total"),
    sourceErrors: counter("source_errors_total"),
    polls: histogram("poll_duration_seconds"),
    delivered: counter("events_delivered_total"),
    filtered: counter("events_filtered_total"),
    dead: counter("events_dead_total"),
    suspected: counter("events_suspected_total"),
    resent: counter("events_resent_total"),
    unknown: counter("unknown_actions_total"),
    deliveryErrors: counter("delivery_errors_total"),
    sends: histogram("send_duration_seconds"),
    ages: ages(metricRow("end_to_end_seconds"), outputs, registry),
    lateness: ages(metricRow("record_lateness_seconds"), latenessOf(runtime), registry),
    ownEvents: counter("own_events_total"),
    secretReloads: counter("secret_reloads_total"),
  };
  startAtZero(counts, runtime);
  gauge("build_info").set({ version: runtime.version }, 1);
  const refresh = nowGauges(gauge, runtime, reads);

  return {
    note: (report) => count(counts, report),
    contentType: registry.contentType,
    async text() {
      await refresh();
      // Loaded for the first who asks.
      const { processRegistry } = await import("./process-metrics.ts");
      return `${await registry.metrics()}\n${await processRegistry().metrics()}`;
    },
    async samples() {
      await refresh();
      const current = await registry.getMetricsAsJSON();
      const values = new Map(current.map((metric) => [metric.name, metric.values as SampleValue[]]));
      return metricTable.map((row) => ({ row, values: values.get(row.name) ?? [] }));
    },
  };
}

/** Sets every gauge that is state, when asked. */
function nowGauges(
  gauge: (name: MetricName) => AnyGauge,
  runtime: RuntimeView,
  reads: LastReads,
): () => Promise<void> {
  const lag = gauge("source_lag_seconds");
  const lastSuccess = gauge("source_last_success_timestamp_seconds");
  const newestEvent = gauge("source_newest_event_timestamp_seconds");
  const gapDays = gauge("source_gap_days");
  const daysLeft = gauge("source_backfill_left");
  const witnesses = witnessGauges(gauge);
  const leftOut = gauge("source_left_out_records");
  const sourceHeld = gauge("source_held");
  const clockDifference = gauge("source_clock_difference_seconds");
  const manifestDate = gauge("archive_manifest_timestamp_seconds");
  const outputLag = gauge("output_lag_seconds");
  const backlog = gauge("output_backlog_events");
  const held = gauge("output_held");
  const deadLetters = gauge("output_dead_letters");
  const replayLeft = gauge("output_replay_left");
  const whole = wholeGauges(gauge, runtime, reads);

  return async () => {
    const spooled = await runtime.spool.state();
    const now = runtime.clock.now();
    const states = new Map(spooled.sources.map((state) => [state.source, state]));
    for (const hop of runtime.sources) {
      const { name: source } = hop;
      const state = states.get(source);
      leftOut.set({ source }, startedIn(hop, state)?.leftOut ?? 0);
      lag.set({ source }, secondsSince(state?.watermark ?? runtime.startedAt, now));
      lastSuccess.set({ source }, (state?.lastSuccess ?? 0) / 1000);
      newestEvent.set({ source }, (state?.newestEvent ?? 0) / 1000);
      gapDays.set({ source }, state?.gaps.length ?? 0);
      if (hop.role === "verify") witnesses(source, state);
      daysLeft.set({ source }, daysLeftOf(state?.backfill));
      clockDifference.set({ source }, reads.clockDifference(source) ?? 0);
      sourceHeld.set({ source }, runtime.conditions.source(source).state === "held" ? 1 : 0);
    }
    for (const each of [outputLag, backlog, held, deadLetters, replayLeft, manifestDate]) each.reset();
    const rolls = new Map(runtime.outputs.map(({ name, rollMs }) => [name, rollMs]));
    for (const { name: output } of runtime.outputs) {
      outputLag.set({ output }, 0);
      backlog.set({ output }, 0);
      deadLetters.set({ output }, 0);
      replayLeft.set({ output }, 0);
      held.set({ output }, runtime.conditions.output(output).state === "held" ? 1 : 0);
    }
    // Outputs no longer configured are included while they have a backlog.
    for (const { output, backlog: waiting, abandoned, dead, replay, manifest } of spooled.outputs) {
      if (manifest !== undefined && !abandoned)
        manifestDate.set({ output }, Date.parse(manifest.date) / 1000);
      if (abandoned && waiting.events === 0) continue;
      deadLetters.set({ output }, dead);
      replayLeft.set({ output }, recordsLeftOf(replay));
      outputLag.set({ output }, outputLagSeconds(waiting, rolls.get(output) ?? 0, now));
      backlog.set({ output }, waiting.events);
    }
    whole(spooled);
  };
}

/** What is true of the state and of all hops together. */
function wholeGauges(gauge: (name: MetricName) => AnyGauge, runtime: RuntimeView, reads: LastReads) {
  const spoolBytes = gauge("spool_bytes");
  const spoolMaxBytes = gauge("spool_max_bytes");
  const damages = gauge("spool_damages");
  const diskFree = gauge("state_disk_free_bytes");
  const ready = gauge("ready");
  const attention = gauge("attention");
  return (spooled: SpoolState) => {
    spoolBytes.set(spooled.usage.bytes);
    spoolMaxBytes.set(spooled.usage.maxBytes);
    damages.set(spooled.damage.length);
    diskFree.set(runtime.diskFree() ?? Number.NaN);
    ready.set(notReady(runtime, spooled, reads).length === 0 ? 1 : 0);
    attention.reset();
    for (const { hop, reason } of attentionTo(runtime, spooled, (source) => reads.clockDifference(source)))
      attention.set({ hop, reason }, 1);
  };
}

/** Only witnesses have them. */
function witnessGauges(gauge: (name: MetricName) => AnyGauge) {
  const missing = gauge("witness_missing_entries");
  const extra = gauge("witness_extra_entries");
  const last = gauge("witness_last_comparison_timestamp_seconds");
  return (source: string, state: SourceState | undefined) => {
    const totals = witnessTotals(state);
    missing.set({ source }, totals.missing);
    extra.set({ source }, totals.extra);
    const compared = (state?.witnessed ?? []).map((day) => day.compared ?? 0);
    last.set({ source }, Math.max(0, ...compared) / 1000);
  };
}

/** Never negative: the clock may have been set back. */
function secondsSince(then: number, now: number): number {
  return Math.max(0, now - then) / 1000;
}

function recordsLeftOf(replay: Replay | undefined): number {
  if (replay?.state !== "running") return 0;
  return replay.through - replay.nextSeq + 1 + (replay.waiting ?? 0);
}

/** The sources of which it is told how late records come. */
function latenessOf({ sources }: RuntimeView): string[] {
  return sources.filter(({ lookbackMs }) => lookbackMs !== undefined).map(({ name }) => name);
}

function daysLeftOf(backfill: Backfill | undefined): number {
  return backfill?.state === "running" ? backfill.end - backfill.next : 0;
}
