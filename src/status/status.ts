import { replacedStatus } from "../spool/replaced-state.ts";
import type { SourceState, SpoolState } from "../spool/spool-state.ts";
import { type BookRow, misdatedDay, type OutputState } from "../spool/spool-state.ts";
import { type Clock, wallTime } from "../time/clock.ts";
import { attentionTo, failedDays } from "./attention.ts";
import { pastStatus } from "./backfill-status.ts";
import { bookDayText } from "./book-day-text.ts";
import type { Condition } from "./condition.ts";
import { type NotReady, notReady } from "./health.ts";
import type { History } from "./history.ts";
import { outputLagSeconds } from "./output-lag.ts";
import { incidentStatus, paceStatus } from "./past-status.ts";
import type { RangeName } from "./ranges.ts";
import { replayStatus } from "./replay-status.ts";
import type { OutputHop, RuntimeView, SourceHop } from "./runtime-view.ts";
import { startStatus } from "./start-status.ts";
import { startingHops } from "./starting.ts";
import type { DayBooks, OutputStatus, SourceStatus, StatusReport, Trouble } from "./status-report.ts";
import { witnessStatus } from "./witness-status.ts";

/** Books of older days are checked but not shown. Those of what is misdated always are. */
const daysShown = 31;
/** Of more incidents the newest. */
const incidentsShown = 100;
/** What the spool says at one moment. */
export interface Spooled {
  readonly state: SpoolState;
  readonly books: readonly BookRow[];
}

/** `history` is absent when no daemon runs: then nothing turns, and the state alone speaks. */
export function statusReport(
  runtime: RuntimeView,
  { state, books: rows }: Spooled,
  history: History | undefined,
  range?: RangeName,
): StatusReport {
  const { clock } = runtime;
  const now = clock.now();
  const problems = history === undefined ? [] : notReady(runtime, state, history);
  const { bytes, maxBytes, full } = state.usage;
  const isFull = full || problems.some(({ hop }) => hop === "spool");
  return {
    version: runtime.version,
    now: iso(now),
    started_at: iso(runtime.startedAt),
    uptime_seconds: Math.floor((clock.monotonic() - runtime.startedMonotonic) / 1000),
    ready: history !== undefined && problems.length === 0,
    not_ready: problems.map((problem: NotReady) => ({ ...problem, since: iso(problem.since) })),
    starting: history === undefined ? [] : startingHops(runtime, state, history),
    attention: attentionTo(runtime, state, (source) => history?.clockDifference(source)),
    sources: runtime.sources.map((hop) =>
      sourceStatus(
        hop,
        state.sources.find(({ source }) => source === hop.name),
        history,
        runtime,
      ),
    ),
    spool: { bytes, max_bytes: maxBytes, full: isFull },
    waiting: state.waiting,
    damage: state.damage.map(({ source, count, at, reason }) => ({
      found: iso(at),
      source: source === "" ? null : source,
      records: count,
      reason,
    })),
    replaced: state.replaced.map(replacedStatus),
    outputs: outputStatuses(runtime, state.outputs, history),
    balanced: rows.every(balances),
    books: booksOf(rows),
    recent: history?.recent(range) ?? null,
    incidents: (history?.incidents() ?? []).slice(0, incidentsShown).map(incidentStatus),
  };
}

function outputStatuses(
  runtime: RuntimeView,
  states: readonly OutputState[],
  history: History | undefined,
): OutputStatus[] {
  const stateOf = (name: string) => states.find(({ output }) => output === name);
  return [
    ...runtime.outputs.map((hop) => outputStatus(hop, stateOf(hop.name), history, runtime)),
    ...states
      .filter(({ output, abandoned }) => abandoned && !runtime.outputs.some(({ name }) => name === output))
      .map((state) => abandonedOutput(state, runtime.clock.now())),
  ];
}

function sourceStatus(
  hop: SourceHop,
  state: SourceState | undefined,
  history: History | undefined,
  { conditions, clock }: RuntimeView,
): SourceStatus {
  const { name, type, instance, role, anonymize, insecureTls } = hop;
  const current = conditions.source(name);
  return {
    name,
    type,
    instance,
    role,
    state: history === undefined ? "offline" : sourceWords[current.state],
    trouble: history === undefined ? null : trouble(current, clock),
    watermark: isoOrNull(state?.watermark),
    lag_seconds: state?.watermark === undefined ? null : secondsSince(state.watermark, clock.now()),
    last_success: isoOrNull(state?.lastSuccess),
    newest_event: isoOrNull(state?.newestEvent),
    ...pastStatus(hop, state, clock.now()),
    witness: witnessStatus(hop, state),
    clock_difference_seconds: rounded(history?.clockDifference(name)),
    owed_days: failedDays(hop, state),
    learned: state?.cursor === undefined ? [] : hop.learned(state.cursor),
    ...startStatus(hop, state),
    notices: history?.notices(name) ?? [],
    anonymize,
    insecure_tls: insecureTls,
  };
}

function outputStatus(
  { name, type, guarantee, insecureTls, rollMs }: OutputHop,
  state: OutputState | undefined,
  history: History | undefined,
  { conditions, clock }: RuntimeView,
): OutputStatus {
  const daemon = history !== undefined;
  const current = conditions.output(name);
  return {
    name,
    type,
    guarantee: current.worth ?? guarantee,
    state: daemon ? outputWords[current.state] : "offline",
    trouble: daemon ? trouble(current, clock) : null,
    ...progress(state, clock.now(), rollMs),
    ...paceStatus(history?.pace(`output ${name}`)),
    insecure_tls: insecureTls,
  };
}

function abandonedOutput(state: OutputState, now: number): OutputStatus {
  return {
    name: state.output,
    type: "",
    guarantee: null,
    state: "abandoned",
    trouble: null,
    ...progress(state, now, 0),
    ...paceStatus(undefined),
    insecure_tls: false,
  };
}

function progress(state: OutputState | undefined, now: number, rollMs: number) {
  return {
    position: state?.position ?? 0,
    backlog_events: state?.backlog.events ?? 0,
    oldest_undelivered: isoOrNull(state?.backlog.oldestObserved),
    lag_seconds: state === undefined ? 0 : Math.round(outputLagSeconds(state.backlog, rollMs, now)),
    delivered: state?.delivered ?? 0,
    filtered: state?.filtered ?? 0,
    dead: state?.dead ?? 0,
    dropped: state?.dropped ?? 0,
    resent: state?.resent ?? 0,
    suspects: state?.backlog.suspects ?? 0,
    dead_letter_bytes: state?.letters.bytes ?? 0,
    max_dead_letter_bytes: state?.letters.maxBytes ?? 0,
    replay: state?.replay === undefined ? null : replayStatus(state.replay),
    manifest: state?.manifest ?? null,
  };
}

const sourceWords: Readonly<Record<Condition["state"], SourceStatus["state"]>> = {
  idle: "waiting",
  waiting: "waiting",
  working: "reading",
  retrying: "retrying",
  held: "held",
  blocked: "blocked",
  stopped: "stopped",
};

const outputWords: Readonly<Record<Condition["state"], OutputStatus["state"]>> = {
  idle: "waiting",
  waiting: "waiting",
  working: "delivering",
  retrying: "retrying",
  held: "held",
  blocked: "retrying",
  stopped: "stopped",
};

function trouble(
  { reason, detail, quote, fix, since, failures, nextTry }: Condition,
  clock: Clock,
): Trouble | null {
  if (reason === undefined) return null;
  return {
    reason,
    detail: detail ?? "",
    quote: quote ?? null,
    fix: fix ?? null,
    since: iso(wallTime(clock, since)),
    failures,
    next_try: isoOrNull(nextTry),
  };
}

function booksOf(rows: readonly BookRow[]): DayBooks[] {
  const newest = [...new Set(rows.map(({ day }) => day))].sort((a, b) => b - a).slice(0, daysShown);
  const shown = new Set([...newest, misdatedDay]);
  return rows
    .filter(({ day }) => shown.has(day))
    .sort((a, b) => b.day - a.day || compare(a.source, b.source) || compare(a.output, b.output))
    .map((row) => ({ ...row, day: bookDayText(row.day), balanced: balances(row) }));
}

function balances(row: BookRow): boolean {
  const settled = row.delivered + row.filtered + row.dead + row.dropped;
  return row.fetched - row.known === row.new && row.new === settled + row.skipped + row.lost + row.pending;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function isoOrNull(ms: number | undefined): string | null {
  // An event may claim a time that no calendar has.
  return ms === undefined || Math.abs(ms) > 8.64e15 ? null : iso(ms);
}

function rounded(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds);
}

/** Never negative: the clock may have been set back. */
function secondsSince(then: number, now: number): number {
  return Math.max(0, Math.round((now - then) / 1000));
}
