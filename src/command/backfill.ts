import type { Config } from "../config/config.ts";
import { loadToLook } from "../config/look.ts";
import type { BackfillPlan, Forgotten } from "../spool/backfill.ts";
import type { ReplayPlan } from "../spool/replay.ts";
import type { BackfillStatus } from "../status/backfill-status.ts";
import { counted } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { dayMs, dayText, utcDayOfMs } from "../time/clock.ts";
import { type BackfillAccess, type BackfillRun, backfillAccess } from "./backfill-access.ts";
import { BackfillShow } from "./backfill-show.ts";
import { endText, underwayText } from "./backfill-text.ts";
import { type BackfillOptions, type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { confirmed } from "./confirmed.ts";
import { followed } from "./followed.ts";
import { replayAccess } from "./replay-access.ts";
import { beginReplay } from "./replay-begin.ts";
import { NoStateAccess } from "./state-access.ts";

/** So many days are read without a question. */
const mostUnasked = 31;

/** What cannot be done as it was asked for: the command line is wrong. */
class WrongRequest extends Error {
  override readonly name = "WrongRequest";
}

/** Reads days of the past once more, shows how far that is, or stops it. */
export const backfill: Command<BackfillOptions> = async (options, terminal) => {
  let access: BackfillAccess | undefined;
  try {
    const plan = options.action === "begin" ? await planOf(options, terminal) : undefined;
    if (plan !== undefined && options.again !== undefined)
      return await sendAgain(plan, options.again, options, terminal);
    access = await backfillAccess(options.config, terminal);
    if (plan !== undefined) return await begin(plan, access, options, terminal);
    if (options.action === "list") return list(await access.list(), options, terminal);
    const source = options.source ?? "";
    const cancelled = await access.cancel(source);
    if (cancelled)
      terminal.stdout.write(`${printable(source)}: backfill cancelled; what it has read stays\n`);
    else complain(`no backfill of ${source} is under way; --list shows the last ones`, terminal);
    return cancelled ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof NoStateAccess || error instanceof WrongRequest)) throw error;
    complain(error.message, terminal);
    return error instanceof WrongRequest ? exitCodes.usage : exitCodes.failed;
  } finally {
    access?.close();
  }
};

async function planOf(
  { config: path, source = "", first = 0, end, perSecond }: BackfillOptions,
  terminal: Terminal,
) {
  mustHaveDays(await loadToLook(path, terminal), source);
  const today = utcDayOfMs(terminal.clock.now());
  const plan: BackfillPlan = { source, first, end: end ?? today, perSecond };
  if (plan.first >= plan.end)
    throw new WrongRequest(
      `from ${dayText(first)} up to, and without, ${dayText(plan.end)} there is no day: --to is the first day that is not wanted`,
    );
  if (plan.end > today + 1)
    throw new WrongRequest(
      `${dayText(plan.end - 1)} is still to come by this machine's clock, which says ${dayText(today)}: --to may be ${dayText(today + 1)} at most`,
    );
  return plan;
}

/** What is new goes everywhere, as ever; what is known goes to one output by a replay of these days. */
async function sendAgain(
  span: BackfillPlan,
  { output, perSecond }: NonNullable<BackfillOptions["again"]>,
  { config: path, yes, json }: BackfillOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { sources, outputs } = await loadToLook(path, terminal);
  const names = outputs.map(({ config }) => config.name);
  if (!names.includes(output))
    throw new WrongRequest(`no output ${output} in the configuration, which has: ${names.join(", ")}`);
  const filter = { from: span.first * dayMs, to: span.end * dayMs };
  const access = await replayAccess(path, terminal);
  try {
    const plan: ReplayPlan = { output, filter, perSecond, days: [span], from: "days" };
    return await beginReplay(plan, access, { sources, toNow: false, yes, json }, terminal);
  } finally {
    access.close();
  }
}

function mustHaveDays({ sources }: Config, name: string): void {
  const found = sources.find(({ config }) => config.name === name);
  if (found === undefined) {
    const names = sources.map(({ config }) => config.name).join(", ");
    throw new WrongRequest(`no source ${name} in the configuration, which has: ${names}`);
  }
  if (found.config.role === "verify")
    throw new WrongRequest(
      `${name} is a witness (role: verify), and nothing of it is delivered: backfill a primary source of ${found.origin.instance}, or let ${name} be primary and reload`,
    );
  if (found.noDays !== undefined) throw new WrongRequest(`${name} has no days to read: ${found.noDays}`);
}

async function begin(
  plan: BackfillPlan,
  access: BackfillAccess,
  options: BackfillOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const before = (await access.list()).find(({ source }) => source === plan.source);
  const goesOn = before?.state === "running" && isSame(before, plan);
  if (before?.state === "running" && !goesOn)
    throw new NoStateAccess(
      `${underwayText(before)}; wait for its end, or stop it with backfill --source ${plan.source} --cancel`,
    );
  if (!goesOn && !options.yes) {
    const questions = questionsAbout(plan, await access.forgotten(plan));
    if (questions.length > 0 && !(await confirmed(questions, terminal))) return exitCodes.usage;
  }
  const underway = await access.begin(plan);
  return follow(plan, underway, options, terminal);
}

function isSame({ from, to }: BackfillStatus, { first, end }: BackfillPlan): boolean {
  return from === dayText(first) && to === dayText(end);
}

function questionsAbout({ first, end }: BackfillPlan, forgotten: Forgotten): string[] {
  const days = end - first;
  return [
    ...(days > mostUnasked
      ? [`${counted(days, "day")} are to be read, ${dayText(first)} to ${dayText(end - 1)}`]
      : []),
    ...(forgotten.records > 0
      ? [
          `of ${counted(forgotten.days, "day")} the ledger has forgotten what was delivered (spool.keep_ledger): up to ${counted(forgotten.records, "record")} would be sent again to every output, under the same uids`,
        ]
      : []),
  ];
}

async function follow(
  { source }: BackfillPlan,
  underway: BackfillRun,
  { json }: BackfillOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { stdout } = terminal;
  const status = await followed(underway, new BackfillShow(terminal, json), terminal);
  const waiting = await underway.end(
    status.state === "running" ? "the backfill was interrupted" : "backfill done",
  );
  if (json) stdout.write(`${JSON.stringify(status)}\n`);
  else terminal[underway.own ? "stderr" : "stdout"].write(`${printable(lastWords(status, underway))}\n`);
  if (waiting > 0)
    complain(
      `${counted(waiting, "event")} not delivered yet: the next run of the daemon delivers them`,
      terminal,
    );
  if (status.state === "running" && !underway.own)
    complain(`the daemon goes on with it; to stop it: backfill --source ${source} --cancel`, terminal);
  return status.state === "done" && status.gap_days === 0 ? exitCodes.done : exitCodes.failed;
}

function lastWords(status: BackfillStatus, { own }: BackfillRun): string {
  if (status.state !== "running") return endText(status);
  return own
    ? `${underwayText(status)}; the same command, or the daemon, goes on with it`
    : underwayText(status);
}

function list(
  every: readonly BackfillStatus[],
  { json, source: wanted }: BackfillOptions,
  { stdout }: Terminal,
): ExitCode {
  const all = every.filter(({ source }) => wanted === undefined || source === wanted);
  if (json) for (const status of all) stdout.write(`${JSON.stringify(status)}\n`);
  else if (all.length === 0) stdout.write("no backfill was ever asked for\n");
  else
    for (const status of all) {
      const running = `${status.source}: ${underwayText(status)}`;
      stdout.write(`${printable(status.state === "running" ? running : endText(status))}\n`);
    }
  return exitCodes.done;
}

function complain(text: string, { stderr }: Terminal): void {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
}
