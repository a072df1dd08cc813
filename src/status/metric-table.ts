import { latenessBounds } from "../spool/lateness.ts";

/** One metric of the program, as it is registered and as `docs/metrics.md` lists it. */
export interface MetricRow {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly ("source" | "output" | "hop" | "reason" | "version")[];
  readonly help: string;
  /** Upper bounds in seconds. */
  readonly buckets?: readonly number[];
}

const minute = 60;
const hour = 3_600;
const day = 86_400;

/**
 * Every metric, without the prefix: stable, because dashboards and alerts rely on them. Labels are
 * configured names and closed sets only.
 */
const rows = {
  records_fetched_total: counter(["source"], "Records the source showed, re-reads included."),
  records_new_total: counter(["source"], "Records that were not known before; each is kept and delivered."),
  records_late_total: counter(
    ["source"],
    "New records that appeared after a complete read that should have shown them.",
  ),
  record_lateness_seconds: histogram(
    ["source"],
    "How long after it happened a new record was there, where that says something: of what was written since the last complete read, and of what days that are read once more still bring.",
    latenessBounds,
  ),
  unparseable_records_total: counter(
    ["source"],
    "New records that are not JSON objects; kept and delivered as unparseable events.",
  ),
  undecided_twins_total: counter(
    ["source"],
    "New records of which it cannot be told which of several that differ only in a name they are: names changed in the same read. As many were kept as the source showed.",
  ),
  source_errors_total: counter(["source", "reason"], "Reads that did not end cleanly."),
  source_lag_seconds: gauge(
    ["source"],
    "Now minus the moment up to which the source has been read completely; before the first complete read, time since the start.",
  ),
  source_last_success_timestamp_seconds: gauge(
    ["source"],
    "When the newest read ended cleanly, Unix time; 0 before the first.",
  ),
  source_newest_event_timestamp_seconds: gauge(
    ["source"],
    "Time of the newest event that was kept, Unix time; 0 before the first, and of a witness, which keeps none.",
  ),
  source_gap_days: gauge(["source"], "UTC days the source refuses or no longer holds."),
  witness_missing_entries: gauge(
    ["source"],
    "Entries that this witness was shown and no other source of its instance has. Witnesses alone have it.",
  ),
  witness_extra_entries: gauge(
    ["source"],
    "Entries that other sources of its instance have and this witness was not shown, of days that it was asked for as a whole.",
  ),
  witness_last_comparison_timestamp_seconds: gauge(
    ["source"],
    "When this witness compared a day last, Unix time; 0 before the first.",
  ),
  source_backfill_left: gauge(
    ["source"],
    "UTC days that a backfill is still to read; 0 when none is under way.",
  ),
  source_left_out_records: gauge(
    ["source"],
    "Records before `start` that the source has shown, at least: they are left out. What several answers showed is counted once. A changed `start` may count anew.",
  ),
  source_held: gauge(["source"], "1 while the source waits for a person to repair something, else 0."),
  source_clock_difference_seconds: gauge(
    ["source"],
    "How far the source's clock is ahead of this machine's, from the Date header of its newest answer; negative: behind. 0 before the first answer.",
  ),
  poll_duration_seconds: histogram(["source"], "How long one read of the source took, clean or not.", [
    0.1,
    0.5,
    1,
    5,
    15,
    minute,
    5 * minute,
    15 * minute,
  ]),
  events_delivered_total: counter(["output"], "Events the remote has taken responsibility for."),
  events_filtered_total: counter(["output"], "Events left out by the output's filter."),
  events_dead_total: counter(["output", "reason"], "Events given up for this output; kept as dead letters."),
  events_suspected_total: counter(
    ["output", "reason"],
    "Events that were refused and are set aside until the remote has accepted others.",
  ),
  events_resent_total: counter(
    ["output"],
    "Events delivered once more; they were counted as delivered before.",
  ),
  unknown_actions_total: counter(
    ["source", "output"],
    "Events with an action this version does not know; delivered with the fallback mapping.",
  ),
  delivery_errors_total: counter(["output", "reason"], "Sends that failed and are tried again."),
  send_duration_seconds: histogram(["output"], "How long one send took, successful or not.", [
    0.005,
    0.025,
    0.1,
    0.5,
    1,
    2.5,
    5,
    15,
    minute,
  ]),
  archive_manifest_timestamp_seconds: gauge(
    ["output"],
    "Of which UTC date the newest manifest of this archive is, Unix time of its beginning. Only archives that have one.",
  ),
  output_lag_seconds: gauge(
    ["output"],
    "Now minus when the oldest undelivered record was first seen; 0 when there is none.",
  ),
  output_backlog_events: gauge(["output"], "Records kept for this output and not settled yet."),
  output_dead_letters: gauge(
    ["output"],
    "Events given up for this output and neither retried with success nor dropped since: the dead letters that it has.",
  ),
  output_replay_left: gauge(
    ["output"],
    "Records that a replay is still to look through; 0 when none is under way.",
  ),
  output_held: gauge(["output"], "1 while the output waits for a person to repair something, else 0."),
  end_to_end_seconds: histogram(["output"], "From event time to delivery.", [
    1,
    5,
    15,
    minute,
    5 * minute,
    15 * minute,
    hour,
    4 * hour,
    12 * hour,
    day,
    3 * day,
    7 * day,
  ]),
  spool_bytes: gauge([], "Bytes the spool holds."),
  spool_max_bytes: gauge([], "Bytes at which the sources are no longer read."),
  spool_damages: gauge(
    [],
    "How often something was found damaged on the disk since this state was made: records or other state.",
  ),
  state_disk_free_bytes: gauge([], "Bytes free on the disk of state_dir, for users without privileges."),
  ready: gauge([], "1 while every source, the spool and every output get on, as /readyz says; else 0."),
  attention: gauge(
    ["hop", "reason"],
    "1 for what keeps nothing from working and is not complete, as the status page shows it; the hop is written `source prod` or `output soc`. Absent where there is nothing.",
  ),
  own_events_total: counter(
    [],
    "Events that this program told of itself: gaps, holds, first dead letters and such.",
  ),
  secret_reloads_total: counter([], "Secrets that had changed when they were read again."),
  build_info: gauge(["version"], "Always 1; says which version runs."),
} satisfies Record<string, Omit<MetricRow, "name">>;

/** A metric's name without the prefix. */
export type MetricName = keyof typeof rows;

/** What every metric's name begins with. */
const metricPrefix = "wandb_audit_forwarder_";

/** Every metric with its full name. */
export const metricTable = Object.entries(rows).map(([name, row]) => ({
  name: `${metricPrefix}${name}`,
  ...row,
})) satisfies readonly MetricRow[] as readonly MetricRow[];

/** The row of one metric. */
export function metricRow(name: MetricName): MetricRow {
  return { name: `${metricPrefix}${name}`, ...rows[name] };
}

function counter(labels: MetricRow["labels"], help: string): Omit<MetricRow, "name"> {
  return { type: "counter", labels, help };
}

function gauge(labels: MetricRow["labels"], help: string): Omit<MetricRow, "name"> {
  return { type: "gauge", labels, help };
}

function histogram(
  labels: MetricRow["labels"],
  help: string,
  buckets: readonly number[],
): Omit<MetricRow, "name"> {
  return { type: "histogram", labels, help, buckets };
}
