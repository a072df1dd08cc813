import { replayQuery } from "../admin/replays.ts";
import { loadToLook } from "../config/look.ts";
import type { Replayable, ReplayFilter, ReplayPlan } from "../spool/replay.ts";
import type { ReplayStatus } from "../status/replay-status.ts";
import { counted } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { dayMs } from "../time/clock.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { confirmed } from "./confirmed.ts";
import { followed } from "./followed.ts";
import { type ReplayAccess, type ReplayRun, replayAccess } from "./replay-access.ts";
import { ReplayShow } from "./replay-show.ts";
import { replayEnd, replayUnderway } from "./replay-text.ts";
import { listedUids, mostUids } from "./replay-uids.ts";
import { NoStateAccess } from "./state-access.ts";

/** So many records are looked through without a question. */
const mostUnasked = 100_000;
/** What a daemon takes in the first line of a request, less than its bound of 8 KiB. */
const longestQuery = 7_500;
/** What is asked of `replay`; times are epoch milliseconds. */
export interface ReplayOptions {
  readonly config: string;
  readonly action: "begin" | "list" | "cancel";
  /** Absent only for `list`. */
  readonly output: string | undefined;
  /** Event times, for `begin`: the first, and the first that is not wanted. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly actions: readonly string[] | undefined;
  readonly users: readonly string[] | undefined;
  /** A list, or a file. */
  readonly uids: string | undefined;
  /** Events a second at most. */
  readonly perSecond: number;
  readonly yes: boolean;
  readonly json: boolean;
}

/** What cannot be done as it was asked for: the command line is wrong. */
class WrongReplay extends Error {
  override readonly name = "WrongReplay";
}

/** Sends again what one output had, shows how far that is, or stops it. */
export const replay: Command<ReplayOptions> = async (options, terminal) => {
  let access: ReplayAccess | undefined;
  try {
    const plan = options.action === "begin" ? planOf(options, terminal) : undefined;
    access = await replayAccess(options.config, terminal);
    if (plan !== undefined) return await begin(plan, access, options, terminal);
    if (options.action === "list") return list(await access.list(), options, terminal);
    const output = options.output ?? "";
    const cancelled = await access.cancel(output);
    if (cancelled)
      terminal.stdout.write(`${printable(output)}: replay cancelled; what it has sent stays sent\n`);
    else complain(`no replay to ${output} is under way; --list shows the last ones`, terminal);
    return cancelled ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof NoStateAccess || error instanceof WrongReplay)) throw error;
    complain(error.message, terminal);
    return error instanceof WrongReplay ? exitCodes.usage : exitCodes.failed;
  } finally {
    access?.close();
  }
};

function planOf(options: ReplayOptions, terminal: Terminal): ReplayPlan {
  const { config: path, output = "", from = 0, to = terminal.clock.now(), perSecond } = options;
  const names = loadToLook(path, terminal).outputs.map(({ config }) => config.name);
  if (!names.includes(output))
    throw new WrongReplay(`no output ${output} in the configuration, which has: ${names.join(", ")}`);
  if (from >= to)
    throw new WrongReplay("--to must be later than --from: it is the first moment that is not wanted");
  const { actions, users } = options;
  const uids = options.uids === undefined ? undefined : uidsOf(options.uids);
  const filter: ReplayFilter = {
    ...{ from, to: Math.ceil(to) },
    ...(actions === undefined ? {} : { actions }),
    ...(users === undefined ? {} : { users }),
    ...(uids === undefined ? {} : { uids }),
  };
  const plan = { output, filter, perSecond };
  if (replayQuery(plan).toString().length > longestQuery)
    throw new WrongReplay(
      "--actions, --users and --uids are too long together: ask for less, and for the rest after it",
    );
  return plan;
}

function uidsOf(given: string): readonly string[] {
  const uids = listedUids(given);
  if (uids === undefined)
    throw new WrongReplay(`--uids: ${given} is neither a list of uids nor a file of them`);
  if (uids.length > mostUids)
    throw new WrongReplay(
      `--uids: ${uids.length} uids; give ${mostUids} at most, and the rest to the next replay`,
    );
  return uids;
}

async function begin(
  wanted: ReplayPlan,
  access: ReplayAccess,
  options: ReplayOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const before = (await access.list()).find(({ output }) => output === wanted.output);
  const isRunning = before?.state === "running";
  // What was wanted up to now goes on up to then.
  const to = isRunning && options.to === undefined ? Date.parse(before.to) : wanted.filter.to;
  const plan = { ...wanted, filter: { ...wanted.filter, to } };
  if (!isRunning) {
    const days = [Math.floor(plan.filter.from / dayMs), Math.ceil(to / dayMs)] as const;
    const available = await access.available(plan.output, ...days);
    if (available.records === 0) throw new NoStateAccess(nothingText(plan, available));
    const questions = options.yes ? [] : questionsAbout(plan, available);
    if (questions.length > 0 && !(await confirmed(questions, terminal))) return exitCodes.usage;
  } else if (!isSame(before, plan))
    throw new NoStateAccess(
      `${replayUnderway(before)}: wait for its end, or stop it with replay --output ${plan.output} --cancel`,
    );
  return follow(plan, await access.begin(plan), options, terminal);
}

/** As far as a status tells: the state compares the rest, and keeps the one that is under way. */
function isSame({ from, to, actions, users, uids }: ReplayStatus, { filter }: ReplayPlan): boolean {
  return (
    Date.parse(from) === filter.from &&
    Date.parse(to) === filter.to &&
    JSON.stringify([...actions].sort()) === JSON.stringify([...(filter.actions ?? [])].sort()) &&
    users === (filter.users?.length ?? 0) &&
    uids === (filter.uids?.length ?? 0)
  );
}

function nothingText({ output }: ReplayPlan, { gone }: Replayable): string {
  const removed = gone > 0 ? ` ${counted(gone, "record")} of those days were removed since.` : "";
  return `the spool has no records of those days that ${output} is past.${removed} Fix: a longer spool.keep_delivered keeps more the next time; ${notFromSource}`;
}

const notFromSource =
  "what it no longer has cannot be sent again from here: read it from the source or an archive";

function questionsAbout({ output }: ReplayPlan, { records, gone, goneDays }: Replayable): string[] {
  return [
    ...(records > mostUnasked
      ? [
          `${counted(records, "record")} are looked through, and what is wanted of them goes to ${output} again`,
        ]
      : []),
    ...(gone > 0
      ? [
          `the spool does not have ${counted(gone, "record")} of ${counted(goneDays, "day")} any more (spool.keep_delivered): ${notFromSource}`,
        ]
      : []),
  ];
}

async function follow(
  { output }: ReplayPlan,
  underway: ReplayRun,
  { json }: ReplayOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { stdout } = terminal;
  const status = await followed(underway, new ReplayShow(terminal, json), terminal);
  const isRunning = status.state === "running";
  await underway.end(isRunning ? "the replay was interrupted" : "replay done");
  if (json) stdout.write(`${JSON.stringify(status)}\n`);
  else terminal[underway.own ? "stderr" : "stdout"].write(`${printable(lastWords(status))}\n`);
  if (isRunning)
    complain(
      underway.own
        ? "the same command, or the daemon, goes on with it"
        : `the daemon goes on with it; to stop it: replay --output ${output} --cancel`,
      terminal,
    );
  return status.state === "done" && status.refused + status.removed === 0 ? exitCodes.done : exitCodes.failed;
}

function lastWords(status: ReplayStatus): string {
  return status.state === "running" ? `${status.output}: ${replayUnderway(status)}` : replayEnd(status);
}

function list(all: readonly ReplayStatus[], { json }: ReplayOptions, { stdout }: Terminal): ExitCode {
  if (json) for (const status of all) stdout.write(`${JSON.stringify(status)}\n`);
  else if (all.length === 0) stdout.write("no replay was ever asked for\n");
  else for (const status of all) stdout.write(`${printable(lastWords(status))}\n`);
  return exitCodes.done;
}

function complain(text: string, { stderr }: Terminal): void {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
}
