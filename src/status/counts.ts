import type { Counter, Histogram } from "prom-client";
import { deliveryReasons } from "../output/output.ts";
import type { Report } from "../report/report.ts";
import { sourceReasons } from "../source/source.ts";
import type { LatenessCounts } from "../spool/lateness.ts";
import type { ages } from "./ages.ts";
import type { RuntimeView } from "./runtime-view.ts";

/** What is counted as it happens. */
export interface Counts {
  readonly fetched: Counter;
  readonly new: Counter;
  readonly late: Counter;
  readonly unparseable: Counter;
  readonly undecided: Counter;
  readonly sourceErrors: Counter;
  readonly polls: Histogram;
  readonly delivered: Counter;
  readonly filtered: Counter;
  readonly dead: Counter;
  readonly suspected: Counter;
  readonly resent: Counter;
  readonly unknown: Counter;
  readonly deliveryErrors: Counter;
  readonly sends: Histogram;
  readonly ages: ReturnType<typeof ages>;
  readonly lateness: Pick<ReturnType<typeof ages>, "add">;
  readonly ownEvents: Counter;
  readonly secretReloads: Counter;
}

/** A series that appears with its first error hides that error from `rate` and `increase`. */
export function startAtZero(counts: Counts, { sources, outputs }: RuntimeView): void {
  for (const { name: source } of sources) {
    for (const each of [counts.fetched, counts.new, counts.late, counts.unparseable, counts.undecided])
      each.inc({ source }, 0);
    for (const reason of sourceReasons) counts.sourceErrors.inc({ source, reason }, 0);
    counts.polls.zero({ source });
  }
  for (const { name: output } of outputs) {
    for (const each of [counts.delivered, counts.filtered, counts.resent]) each.inc({ output }, 0);
    for (const each of [counts.dead, counts.suspected, counts.deliveryErrors])
      for (const reason of deliveryReasons) each.inc({ output, reason }, 0);
    for (const { name: source } of sources) counts.unknown.inc({ source, output }, 0);
    counts.sends.zero({ output });
  }
}

/** Counts what is told. */
export function count(counts: Counts, report: Report): void {
  switch (report.type) {
    case "poll_done":
      countRecords(counts, report.source, report);
      countLateness(counts, report.source, report.lateness);
      counts.polls.observe({ source: report.source }, report.seconds);
      return;
    case "poll_failed":
      countRecords(counts, report.source, report.kept);
      countLateness(counts, report.source, report.kept?.lateness);
      counts.sourceErrors.inc({ source: report.source, reason: report.reason });
      counts.polls.observe({ source: report.source }, report.seconds);
      return;
    case "backfill_day":
      countRecords(counts, report.source, report);
      return;
    case "backfill_failed":
      countRecords(counts, report.source, report.kept);
      counts.sourceErrors.inc({ source: report.source, reason: report.reason });
      return;
    case "sweep_day":
      countRecords(counts, report.source, report);
      countLateness(counts, report.source, report.lateness);
      return;
    case "sweep_failed":
      countRecords(counts, report.source, report.kept);
      countLateness(counts, report.source, report.lateness);
      if (report.reason !== undefined)
        counts.sourceErrors.inc({ source: report.source, reason: report.reason });
      return;
    case "twins_undecided":
      counts.undecided.inc({ source: report.source }, report.events);
      return;
    case "delivered":
      counts.delivered.inc({ output: report.output }, report.events);
      counts.sends.observe({ output: report.output }, report.seconds);
      counts.ages.observe(report.output, report.ages);
      return;
    case "filtered":
    case "resent":
      counts[report.type].inc({ output: report.output }, report.events);
      return;
    case "unknown_actions":
      counts.unknown.inc({ source: report.source, output: report.output }, report.events);
      return;
    case "delivery_failed":
      counts.deliveryErrors.inc({ output: report.output, reason: report.reason });
      counts.sends.observe({ output: report.output }, report.seconds);
      return;
    case "dead":
    case "suspected":
      counts[report.type].inc({ output: report.output, reason: report.reason });
      return;
    case "own_event":
      counts.ownEvents.inc();
      return;
    case "secret_reloaded":
      counts.secretReloads.inc();
      return;
  }
}

function countLateness(counts: Counts, source: string, lateness: LatenessCounts | undefined): void {
  if (lateness !== undefined) counts.lateness.add(source, lateness);
}

function countRecords(
  counts: Counts,
  source: string,
  records: { fetched: number; new: number; late: number; unparseable: number } | undefined,
): void {
  if (records === undefined) return;
  counts.fetched.inc({ source }, records.fetched);
  counts.new.inc({ source }, records.new);
  counts.late.inc({ source }, records.late);
  counts.unparseable.inc({ source }, records.unparseable);
}
