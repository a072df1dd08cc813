import { fullSpool } from "../spool/full-spool.ts";
import type { SpoolState } from "../spool/spool-state.ts";
import { aheadText, durationText } from "../text/amounts.ts";
import { wallTime } from "../time/clock.ts";
import type { OutputHop, RuntimeView, SourceHop } from "./runtime-view.ts";

/** Why the daemon is not ready: which hop, why, since when, what to do. */
export interface NotReady {
  /** `source prod`, `spool`, `output splunk` */
  readonly hop: string;
  readonly reason: string;
  readonly detail: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly fix: string;
}

/** What the reads of this run of the program showed. */
export interface LastReads {
  /** When the newest one ended cleanly, on the monotonic clock. */
  lastRead(source: string): number | undefined;
  /** How far the source's clock is ahead of ours, seconds; undefined where no read showed it. */
  clockDifference(source: string): number | undefined;
}

/** An output that fails for longer than this is not a hiccup. */
const patienceMs = 5 * 60_000;
/** Clocks further apart keep a source from being ready. */
const worstClockSeconds = 3_600;
/** Room for the last retry of a source after three intervals. */
const retryRoomMs = 60_000;

/** Loops that have not turned when they should have, threads that do not answer: only a restart helps. */
export function stalledHops({ sources, outputs, conditions, hanging, clock }: RuntimeView): string[] {
  const now = clock.monotonic();
  const hops = [
    ...sources.map(({ name }) => ({ hop: `source ${name}`, condition: conditions.source(name) })),
    ...outputs.map(({ name }) => ({ hop: `output ${name}`, condition: conditions.output(name) })),
  ];
  const late = hops.filter(({ condition }) => condition.state !== "stopped" && condition.stallsAt < now);
  return [...late.map(({ hop }) => hop), ...hanging()];
}

/**
 * Empty when ready. A hop that fails for a moment is still ready; one that stays behind or needs a person is
 * not.
 */
export function notReady(runtime: RuntimeView, state: SpoolState, history: LastReads): NotReady[] {
  return [
    ...runtime.sources.flatMap((hop) => {
      const unread = unreadSource(hop, runtime, state, history);
      return unread.length > 0 ? unread : wrongClock(hop, runtime, history);
    }),
    ...withoutRoom(runtime, state),
    ...runtime.outputs.flatMap((hop) => stuckOutput(hop, runtime)),
  ];
}

function unreadSource(
  { name, pollIntervalMs }: SourceHop,
  runtime: RuntimeView,
  { sources }: SpoolState,
  reads: LastReads,
): NotReady[] {
  const { state, reason, detail, fix, since } = runtime.conditions.source(name);
  if (state === "held")
    return [
      {
        hop: `source ${name}`,
        reason: reason ?? state,
        detail: detail ?? "",
        since: wallTime(runtime.clock, since),
        fix: fix ?? "see the log for the last attempt, then run the check command",
      },
    ];
  // What keeps the source from being read is then the spool, and reported there.
  if (state === "blocked") return [];
  const lastSuccess = sources.find(({ source }) => source === name)?.lastSuccess;
  if (lastSuccess === undefined)
    return [
      {
        hop: `source ${name}`,
        reason: reason ?? "not_read_yet",
        detail: detail ?? "no read has ended cleanly yet",
        since: runtime.startedAt,
        fix: fix ?? "wait for the first read; if it does not end, see the log",
      },
    ];
  if (runtime.once) return [];
  const ageMs = sinceLastRead(name, lastSuccess, runtime, reads);
  if (ageMs <= 3 * pollIntervalMs + retryRoomMs) return [];
  const rhythm = `one is due every ${durationText(pollIntervalMs / 1000)}`;
  return [
    {
      hop: `source ${name}`,
      reason: reason ?? "stale",
      detail: detail ?? `no complete read for ${durationText(ageMs / 1000)}, ${rhythm}`,
      since: lastSuccess,
      fix: fix ?? "see the log for the last attempt, then run the check command",
    },
  ];
}

/** With clocks so far apart nobody knows which days were read, and what is told of times is wrong. */
function wrongClock({ name }: SourceHop, { startedAt }: RuntimeView, reads: LastReads): NotReady[] {
  const seconds = reads.clockDifference(name) ?? 0;
  if (Math.abs(seconds) <= worstClockSeconds) return [];
  return [
    {
      hop: `source ${name}`,
      reason: "clock",
      detail: `the server's clock is ${aheadText(seconds)} this machine's`,
      since: startedAt,
      fix: "set the clocks of both machines by NTP",
    },
  ];
}

/**
 * By the clock that does not jump. A read before this start may be days old, so then the time since the start
 * counts, at most.
 */
function sinceLastRead(
  name: string,
  lastSuccess: number,
  runtime: RuntimeView,
  { lastRead }: LastReads,
): number {
  const now = runtime.clock.monotonic();
  const read = lastRead(name);
  if (read !== undefined) return now - read;
  return Math.min(now - runtime.startedMonotonic, Math.max(0, runtime.clock.now() - lastSuccess));
}

function withoutRoom(
  { clock, sources, conditions }: RuntimeView,
  { usage, outputs }: SpoolState,
): NotReady[] {
  const waiting = sources.filter(({ name }) => conditions.source(name).state === "blocked");
  const [first] = waiting;
  if (!usage.full && first === undefined) return [];
  const blocked = first && conditions.source(first.name);
  // What another source has kept since says nothing of why this one waits.
  const { detail, fix } = { ...fullSpool(usage), ...(usage.full ? {} : blocked) };
  const unread =
    usage.full || waiting.length === sources.length
      ? "sources are not read"
      : `not read: ${waiting.map(({ name }) => name).join(", ")}`;
  const [behind] = outputs.toSorted((a, b) => b.backlog.events - a.backlog.events);
  const largest =
    behind === undefined || behind.backlog.events === 0
      ? ""
      : `; output ${behind.output} has the largest backlog`;
  return [
    {
      hop: "spool",
      reason: "spool_full",
      detail: `${detail}${largest}; ${unread}`,
      since: blocked === undefined ? clock.now() : wallTime(clock, blocked.since),
      fix,
    },
  ];
}

function stuckOutput({ name }: OutputHop, { clock, conditions }: RuntimeView): NotReady[] {
  const { state, reason, detail, fix, since } = conditions.output(name);
  if (
    state !== "held" &&
    state !== "blocked" &&
    !(state === "retrying" && clock.monotonic() - since > patienceMs)
  )
    return [];
  return [
    {
      hop: `output ${name}`,
      reason: reason ?? state,
      detail: detail ?? "",
      since: wallTime(clock, since),
      fix: fix ?? "check that the remote is up and reachable; everything is kept and sent when it is back",
    },
  ];
}
