import type { Config } from "../config/config.ts";
import type { BackfillPlan } from "../spool/backfill.ts";
import type { Replayable, ReplayPlan } from "../spool/replay.ts";
import type { BackfillStatus } from "../status/backfill-status.ts";
import type { ReplayStatus } from "../status/replay-status.ts";
import { counted } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { dayMs, dayText } from "../time/clock.ts";
import { underwayText } from "./backfill-text.ts";
import { type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { confirmed } from "./confirmed.ts";
import { followed } from "./followed.ts";
import type { ReplayAccess, ReplayRun } from "./replay-access.ts";
import { type DaysToRead, daysToRead } from "./replay-days.ts";
import { ReplayShow } from "./replay-show.ts";
import { replayEnd, replayUnderway } from "./replay-text.ts";
import { NoStateAccess } from "./state-access.ts";

/** So many records are looked through, and so many days read, without a question. */
const mostRecords = 100_000;
const mostDays = 31;

/** How a replay is begun. */
export interface BeginOptions {
  readonly sources: Config["sources"];
  /** What the spool does not have is read from this source; absent: from who had shown it. */
  readonly source?: string | undefined;
  /** Nothing is read from sources. */
  readonly spoolOnly?: boolean;
  /** It is about everything up to now: one that is under way goes on up to its own end. */
  readonly toNow: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Begins what is wanted, or goes on with it, and shows how far it is. Rejects with NoStateAccess. */
export async function beginReplay(
  wanted: ReplayPlan,
  access: ReplayAccess,
  options: BeginOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const before = (await access.list()).find(({ output }) => output === wanted.output);
  const isRunning = before?.state === "running";
  const to = isRunning && options.toNow ? Date.parse(before.to) : wanted.filter.to;
  let plan: ReplayPlan = { ...wanted, filter: { ...wanted.filter, to } };
  if (!isRunning) {
    const span = [Math.floor(plan.filter.from / dayMs), Math.ceil(to / dayMs)] as const;
    const available = await access.available(plan.output, ...span);
    const read = daysOf(plan, available, options);
    if (available.records === 0 && read.days.length === 0)
      throw new NoStateAccess(nothingText(plan, available));
    if (read.days.length > 0) plan = { ...plan, days: read.days };
    await mustBeFree(read.days, access);
    const questions = options.yes ? [] : await questionsAbout(plan, available, read, access);
    if (questions.length > 0 && !(await confirmed(questions, terminal))) return exitCodes.usage;
    if (plan.from !== "days" && read.days.length > 0) complain(readText(available, read), terminal);
  } else if (isSame(before, plan, options.toNow)) plan = { ...plan, days: before.reading.map(daysIn) };
  else
    throw new NoStateAccess(
      `${replayUnderway(before)}: wait for its end, or stop it with replay --output ${plan.output} --cancel`,
    );
  return follow(plan, await access.begin(plan), options, terminal);
}

/** What is read for one that is under way, as its status tells. */
function daysIn({ source, from, to, records_per_second: perSecond }: BackfillStatus): BackfillPlan {
  return { source, first: Date.parse(from) / dayMs, end: Date.parse(to) / dayMs, perSecond };
}

function daysOf({ days, from }: ReplayPlan, { goneOf }: Replayable, options: BeginOptions): DaysToRead {
  if (from === "days") return { days: days ?? [], unread: [] };
  if (options.spoolOnly === true) return { days: [], unread: goneOf };
  return daysToRead(goneOf, options.sources, options.source);
}

/** One span of days is read for each source at a time. */
async function mustBeFree(days: readonly BackfillPlan[], access: ReplayAccess): Promise<void> {
  if (days.length === 0) return;
  const busy = (await access.backfills()).find(
    ({ source, state }) => state === "running" && days.some((each) => each.source === source),
  );
  if (busy !== undefined)
    throw new NoStateAccess(
      `${busy.source}: ${underwayText(busy)}; wait for its end, or stop it with backfill --source ${busy.source} --cancel`,
    );
}

/** As far as a status tells: the state compares the rest, and keeps the one that is under way. */
function isSame(before: ReplayStatus, { filter, from, days = [] }: ReplayPlan, toNow: boolean): boolean {
  // All of it is read from sources: a backfill began it, or the spool had nothing of it.
  const fromDays = before.records === 0 && before.reading.length > 0;
  // What a backfill began ends with a day, and who wants everything up to now wants more.
  const isLess = toNow && fromDays && Date.parse(before.to) % dayMs === 0;
  return (
    Date.parse(before.from) === filter.from &&
    Date.parse(before.to) === filter.to &&
    JSON.stringify([...before.actions].sort()) === JSON.stringify([...(filter.actions ?? [])].sort()) &&
    before.users === (filter.users?.length ?? 0) &&
    before.uids === (filter.uids?.length ?? 0) &&
    (from === "days" ? fromDays : !isLess) &&
    (from !== "days" || days.every(({ source }) => before.reading.some((each) => each.source === source)))
  );
}

function nothingText({ output }: ReplayPlan, { gone }: Replayable): string {
  if (gone === 0)
    return `the spool has no records of those days that ${output} is past, and had none. Fix: what waits for ${output} comes by itself; days that were never read, backfill reads, and sends what is new to every output`;
  return `the spool has no records of those days that ${output} is past. ${counted(gone, "record")} of those days were removed since. Fix: a longer spool.keep_delivered keeps more the next time; ${notRead}`;
}

const notRead =
  "no source of this configuration is read for it: a source of the same instance that can be asked for days, named with --source, or backfill --output reads it";

async function questionsAbout(
  { output, from }: ReplayPlan,
  { records }: Replayable,
  { days, unread }: DaysToRead,
  access: ReplayAccess,
): Promise<string[]> {
  const questions: string[] = [];
  if (records > mostRecords && from !== "days")
    questions.push(
      `${counted(records, "record")} are looked through, and what is wanted of them goes to ${output} again`,
    );
  const gone = unread.reduce((sum, each) => sum + each.records, 0);
  if (gone > 0)
    questions.push(
      `the spool does not have ${counted(gone, "record")} any more (spool.keep_delivered), and ${notRead}`,
    );
  for (const span of days) {
    const count = span.end - span.first;
    if (count > mostDays) questions.push(`${counted(count, "day")} of ${span.source} are to be read`);
    const forgotten = await access.forgotten(span);
    if (forgotten.records > 0)
      questions.push(
        `of ${counted(forgotten.days, "day")} the ledger has forgotten what was delivered (spool.keep_ledger): up to ${counted(forgotten.records, "record")} would be taken for new, and sent to every output without a label, under the same uids`,
      );
  }
  return questions;
}

function readText({ gone, goneDays }: Replayable, { days }: DaysToRead): string {
  const spans = days.map(({ source, first, end }) => `${source} (${dayText(first)} to ${dayText(end - 1)})`);
  return `${counted(gone, "record")} of ${counted(goneDays, "day")} are not in the spool any more (spool.keep_delivered): those days are read from ${spans.join(", ")}`;
}

async function follow(
  { output }: ReplayPlan,
  underway: ReplayRun,
  { json }: BeginOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { stdout } = terminal;
  const status = await followed(underway, new ReplayShow(terminal, json), terminal);
  const isRunning = status.state === "running";
  await underway.end(isRunning ? "the replay was interrupted" : "replay done");
  if (json) stdout.write(`${JSON.stringify(status)}\n`);
  else terminal[underway.own ? "stderr" : "stdout"].write(`${printable(replayWords(status))}\n`);
  if (isRunning)
    complain(
      underway.own
        ? "the same command, or the daemon, goes on with it"
        : `the daemon goes on with it; to stop it: replay --output ${output} --cancel`,
      terminal,
    );
  const { sent, refused, removed, reading, uids } = status;
  const unread = reading.reduce((sum, { gap_days: days }) => sum + days, 0);
  const isFound = sent > 0 && sent >= uids;
  return status.state === "done" && isFound && refused + removed + unread === 0
    ? exitCodes.done
    : exitCodes.failed;
}

/** A line that says how far it is, or how it ended. */
export function replayWords(status: ReplayStatus): string {
  return status.state === "running" ? `${status.output}: ${replayUnderway(status)}` : replayEnd(status);
}

function complain(text: string, { stderr }: Terminal): void {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
}
