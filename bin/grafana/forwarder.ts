import { type Dashboard, type Datasource, noneIsGood, type Panel, type Step } from "./dashboard.ts";

const datasource: Datasource = { type: "prometheus", name: "Prometheus", variable: "DS_PROMETHEUS" };
const name = (metric: string) => `wandb_audit_forwarder_${metric}`;
/** The forwarders that are chosen above, and of these the source or the output. */
const chosen = 'job=~"$job", instance=~"$instance"';
const all = (metric: string) => `${name(metric)}{${chosen}}`;
const source = (metric: string) => `${name(metric)}{${chosen}, source=~"$source"}`;
const output = (metric: string) => `${name(metric)}{${chosen}, output=~"$output"}`;
const minutes = 60;
const hour = 3_600;

/** Amber and red from these values on. */
const worse = (amber: number, red: number): readonly Step[] => [
  { color: "green", value: null },
  { color: "orange", value: amber },
  { color: "red", value: red },
];

const ofNow = (expr: string, legendFormat = "__auto") => ({
  expr,
  legendFormat,
  instant: true,
  range: false,
});
const overTime = (expr: string, legendFormat = "__auto") => ({
  expr,
  legendFormat,
  instant: false,
  range: true,
});
const tableOf = (expr: string) => ({ ...ofNow(expr), format: "table" });

type Shown = Omit<Panel, "type" | "queries" | "title" | "description">;

function stat(title: string, description: string, expr: string, shown: Shown): Panel {
  return { type: "stat", title, description, queries: [ofNow(expr)], ...shown };
}

function lines(title: string, description: string, queries: readonly object[], shown: Shown): Panel {
  return { type: "timeseries", title, description, queries, ...shown };
}

function table(title: string, description: string, expr: string, shown: Shown): Panel {
  const hidden = { Time: true, __name__: true, job: true, Value: true };
  const transformations = [{ id: "organize", options: { excludeByName: hidden } }];
  return { type: "table", title, description, queries: [tableOf(expr)], transformations, ...shown };
}

const whole: readonly Panel[] = [
  stat(
    "Ready",
    "1 while every source, the spool and every output get on, as /readyz says. Nothing here: no forwarder is scraped.",
    `min(${all("ready")})`,
    {
      width: 3,
      steps: [
        { color: "red", value: null },
        { color: "green", value: 1 },
      ],
    },
  ),
  stat(
    "Held",
    "Sources and outputs that wait for a person to repair something.",
    `sum(${source("source_held")}) + sum(${output("output_held")})`,
    { width: 3, steps: noneIsGood },
  ),
  stat(
    "Gap days",
    "UTC days that a source refuses or no longer holds.",
    `sum(${source("source_gap_days")})`,
    {
      width: 3,
      steps: noneIsGood,
    },
  ),
  stat(
    "Dead letters",
    "Events that were given up for an output and that it still does not have.",
    `sum(${output("output_dead_letters")})`,
    { width: 3, steps: noneIsGood },
  ),
  stat("Damage", "How often something was found damaged on the disk.", `sum(${all("spool_damages")})`, {
    width: 3,
    steps: noneIsGood,
  }),
  stat("Sources behind", "The largest lag of a source.", `max(${source("source_lag_seconds")})`, {
    width: 3,
    unit: "s",
    steps: worse(30 * minutes, hour),
  }),
  stat(
    "Outputs behind",
    "The longest that an event has waited for an output.",
    `max(${output("output_lag_seconds")})`,
    { width: 3, unit: "s", steps: worse(10 * minutes, 30 * minutes) },
  ),
  stat(
    "Spool used",
    "At its limit sources are no longer read.",
    `max(${all("spool_bytes")} / ${all("spool_max_bytes")})`,
    {
      width: 3,
      unit: "percentunit",
      steps: worse(0.5, 0.8),
    },
  ),
  table(
    "Not complete",
    "What works and wants a person's look, as the status page shows it in amber.",
    all("attention"),
    {
      width: 12,
      height: 6,
    },
  ),
  table(
    "Alerts that fire",
    "Of the rules in content/prometheus; each has its section in docs/operate.md.",
    'ALERTS{alertname=~"WandbAuditForwarder.+", alertstate="firing"}',
    { width: 12, height: 6 },
  ),
];

const waiting: readonly Panel[] = [
  lines(
    "What waits for which output",
    "Records that are kept for an output and not settled.",
    [overTime(output("output_backlog_events"), "{{output}}")],
    { width: 12, unit: "short" },
  ),
  lines(
    "For how long",
    "How long the oldest of them has waited; 0 when there is none.",
    [overTime(output("output_lag_seconds"), "{{output}}")],
    { width: 12, unit: "s", steps: worse(10 * minutes, 30 * minutes) },
  ),
  lines(
    "Backfills and replays",
    "Days that are still to be read, and records that are still to be looked through.",
    [
      overTime(source("source_backfill_left"), "days of {{source}}"),
      overTime(output("output_replay_left"), "records for {{output}}"),
    ],
    { width: 24, height: 6, unit: "short" },
  ),
];

const sources: readonly Panel[] = [
  lines(
    "New records a second",
    "By source, over a quarter of an hour: W&B writes its log every ten minutes.",
    [
      overTime(
        `source:wandb_audit_forwarder_records_new:rate15m{job=~"$job", source=~"$source"} or sum by (job, source) (rate(${source("records_new_total")}[15m]))`,
        "{{source}}",
      ),
    ],
    { width: 8, unit: "cps" },
  ),
  lines(
    "Up to when everything was read",
    "Now minus that moment.",
    [overTime(source("source_lag_seconds"), "{{source}}")],
    { width: 8, unit: "s", steps: worse(30 * minutes, hour) },
  ),
  lines(
    "Reads that failed, an hour",
    "By reason; each has its row in docs/operate.md.",
    [
      overTime(
        `sum by (source, reason) (increase(${source("source_errors_total")}[1h])) > 0`,
        "{{source}} {{reason}}",
      ),
    ],
    { width: 8, unit: "short" },
  ),
  lines(
    "How long a read takes",
    "The slowest of twenty, over an hour.",
    [
      overTime(
        `histogram_quantile(0.95, sum by (source, le) (rate(${source("poll_duration_seconds_bucket")}[1h])))`,
        "{{source}}",
      ),
    ],
    { width: 8, unit: "s" },
  ),
  lines(
    "How late records come",
    "The latest of a hundred, over a day. Where `lookback` is shorter, they come with a sweep days later.",
    [
      overTime(
        `source:wandb_audit_forwarder_record_lateness_seconds:p99_1d{job=~"$job", source=~"$source"} or histogram_quantile(0.99, sum by (job, source, le) (rate(${source("record_lateness_seconds_bucket")}[1d])))`,
        "{{source}}",
      ),
    ],
    { width: 8, unit: "s" },
  ),
  lines(
    "Odd records, a day",
    "Late, broken, with an unknown action, and twins that could not be told apart.",
    [
      overTime(`sum by (source) (increase(${source("records_late_total")}[1d]))`, "{{source}} late"),
      overTime(`sum by (source) (increase(${source("unparseable_records_total")}[1d]))`, "{{source}} broken"),
      overTime(
        `sum by (source) (increase(${source("unknown_actions_total")}[1d]))`,
        "{{source}} unknown action",
      ),
      overTime(`sum by (source) (increase(${source("undecided_twins_total")}[1d]))`, "{{source}} twins"),
    ],
    { width: 8, unit: "short" },
  ),
  lines(
    "Newest event and newest read",
    "How long ago each was.",
    [
      overTime(`time() - (${source("source_newest_event_timestamp_seconds")} > 0)`, "event of {{source}}"),
      overTime(`time() - (${source("source_last_success_timestamp_seconds")} > 0)`, "read of {{source}}"),
    ],
    { width: 12, unit: "s" },
  ),
  lines(
    "Clocks",
    "How far the server's clock is ahead of this machine's.",
    [overTime(source("source_clock_difference_seconds"), "{{source}}")],
    { width: 12, unit: "s" },
  ),
];

const outputs: readonly Panel[] = [
  lines(
    "Delivered, events a second",
    "What each remote has taken responsibility for.",
    [
      overTime(
        `output:wandb_audit_forwarder_events_delivered:rate5m{job=~"$job", output=~"$output"} or sum by (job, output) (rate(${output("events_delivered_total")}[5m]))`,
        "{{output}}",
      ),
    ],
    { width: 8, unit: "cps" },
  ),
  lines(
    "Sends that failed, an hour",
    "By reason; they are tried again.",
    [
      overTime(
        `sum by (output, reason) (increase(${output("delivery_errors_total")}[1h])) > 0`,
        "{{output}} {{reason}}",
      ),
    ],
    { width: 8, unit: "short" },
  ),
  lines(
    "From the event to its delivery",
    "The slowest of twenty, over an hour. W&B itself shows records ten to fifteen minutes late.",
    [
      overTime(
        `output:wandb_audit_forwarder_end_to_end_seconds:p95_1h{job=~"$job", output=~"$output"} or histogram_quantile(0.95, sum by (job, output, le) (rate(${output("end_to_end_seconds_bucket")}[1h])))`,
        "{{output}}",
      ),
    ],
    { width: 8, unit: "s" },
  ),
  lines(
    "How long a send takes",
    "The slowest of twenty, over an hour.",
    [
      overTime(
        `histogram_quantile(0.95, sum by (output, le) (rate(${output("send_duration_seconds_bucket")}[1h])))`,
        "{{output}}",
      ),
    ],
    { width: 8, unit: "s" },
  ),
  lines(
    "Given up and set aside, an hour",
    "Dead letters, and events that were refused while nothing showed that others are taken.",
    [
      overTime(
        `sum by (output, reason) (increase(${output("events_dead_total")}[1h])) > 0`,
        "{{output}} dead, {{reason}}",
      ),
      overTime(
        `sum by (output, reason) (increase(${output("events_suspected_total")}[1h])) > 0`,
        "{{output}} set aside, {{reason}}",
      ),
    ],
    { width: 8, unit: "short" },
  ),
  lines(
    "Filtered and sent again, events a second",
    "What the output's filter left out, and what a replay sent once more.",
    [
      overTime(`sum by (output) (rate(${output("events_filtered_total")}[5m]))`, "{{output}} filtered"),
      overTime(`sum by (output) (rate(${output("events_resent_total")}[5m]))`, "{{output}} sent again"),
    ],
    { width: 8, unit: "cps" },
  ),
];

const spool: readonly Panel[] = [
  lines(
    "Spool",
    "What it holds, and where reading stops.",
    [
      overTime(all("spool_bytes"), "held {{instance}}"),
      overTime(all("spool_max_bytes"), "limit {{instance}}"),
    ],
    { width: 12, unit: "bytes" },
  ),
  lines(
    "Disk of state_dir",
    "What is free there.",
    [overTime(all("state_disk_free_bytes"), "{{instance}}")],
    {
      width: 12,
      unit: "bytes",
    },
  ),
];

const archives: readonly Panel[] = [
  lines(
    "Newest manifest of an archive",
    "How long ago its UTC day began: up to two days while all is well.",
    [overTime(`time() - ${output("archive_manifest_timestamp_seconds")}`, "{{output}}")],
    { width: 8, unit: "s", steps: worse(2.25 * 86_400, 3 * 86_400) },
  ),
  lines(
    "What a witness was shown",
    "Records that no primary has, and records that it was not shown.",
    [
      overTime(source("witness_missing_entries"), "{{source}} missing"),
      overTime(source("witness_extra_entries"), "{{source}} extra"),
    ],
    { width: 8, unit: "short" },
  ),
  lines(
    "Newest comparison",
    "How long ago a witness compared a day.",
    [overTime(`time() - (${source("witness_last_comparison_timestamp_seconds")} > 0)`, "{{source}}")],
    { width: 8, unit: "s" },
  ),
];

/** Of the forwarders alone: every program has metrics of these names. */
const process = (metric: string) => `${metric}{${chosen}} and on (job, instance) ${name("build_info")}`;

const processes: readonly Panel[] = [
  table("Versions", "Which version runs where.", all("build_info"), { width: 8, height: 6 }),
  lines(
    "Running for",
    "Since the process started.",
    [overTime(`time() - (${process("process_start_time_seconds")})`, "{{instance}}")],
    { width: 8, height: 6, unit: "s" },
  ),
  lines("Memory", "What is resident.", [overTime(process("process_resident_memory_bytes"), "{{instance}}")], {
    width: 8,
    height: 6,
    unit: "bytes",
  }),
  lines(
    "CPU",
    "Of one core.",
    [
      overTime(
        `rate(process_cpu_seconds_total{${chosen}}[5m]) and on (job, instance) ${name("build_info")}`,
        "{{instance}}",
      ),
    ],
    { width: 8, unit: "percentunit" },
  ),
  lines(
    "Event loop",
    "How late it is at the scrape.",
    [overTime(process("nodejs_eventloop_lag_seconds"), "{{instance}}")],
    { width: 8, unit: "s" },
  ),
  lines(
    "Own events and changed secrets, a day",
    "What it told the SIEMs of itself, and secrets that it read anew.",
    [
      overTime(`increase(${all("own_events_total")}[1d])`, "own events {{instance}}"),
      overTime(`increase(${all("secret_reloads_total")}[1d])`, "secrets {{instance}}"),
    ],
    { width: 8, unit: "short" },
  ),
];

function choice(label: string, metric: string, within = ""): object {
  const query = `label_values(${name(metric)}${within}, ${label})`;
  return {
    name: label,
    type: "query",
    datasource: { type: datasource.type, uid: `\${${datasource.variable}}` },
    query: { query, refId: label },
    definition: query,
    includeAll: true,
    multi: true,
    allValue: ".*",
    current: { text: ["All"], value: ["$__all"] },
    refresh: 2,
    sort: 1,
  };
}

/** The dashboard over the metrics. */
export const forwarder: Dashboard = {
  uid: "wandb-audit-forwarder",
  title: "W&B audit log: forwarder",
  description: "What the audit log forwarder reads, keeps and delivers, from its metrics.",
  datasource,
  from: "now-24h",
  variables: [
    choice("job", "build_info"),
    choice("instance", "build_info", '{job=~"$job"}'),
    choice("source", "source_lag_seconds", `{${chosen}}`),
    choice("output", "output_lag_seconds", `{${chosen}}`),
  ],
  rows: [
    { title: "Is it whole?", panels: whole },
    { title: "What waits where", panels: waiting },
    { title: "Sources", panels: sources },
    { title: "Outputs", panels: outputs },
    { title: "Spool", panels: spool },
    { title: "Archives and witnesses", panels: archives },
    { title: "Process", panels: processes },
  ],
};
