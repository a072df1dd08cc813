import type { Config } from "../config/config.ts";
import { loadToLook } from "../config/look.ts";
import type { ReplayFilter, ReplayPlan } from "../spool/replay.ts";
import type { ReplayStatus } from "../status/replay-status.ts";
import { printable } from "../text/printable.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { type ReplayAccess, replayAccess } from "./replay-access.ts";
import { beginReplay, replayWords } from "./replay-begin.ts";
import { listedUids, mostUids } from "./replay-uids.ts";
import { NoStateAccess } from "./state-access.ts";

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
  /** A list, a file, or `-` for standard input. */
  readonly uids: string | undefined;
  /** What the spool does not have is read from here. */
  readonly source: string | undefined;
  /** Nothing is read from sources. */
  readonly spoolOnly: boolean;
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
    const wanted = options.action === "begin" ? await wantedOf(options, terminal) : undefined;
    access = await replayAccess(options.config, terminal);
    if (wanted !== undefined)
      return await beginReplay(wanted.plan, access, { ...options, ...wanted.how }, terminal);
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

/** What is to be sent, and how it is begun. */
async function wantedOf(options: ReplayOptions, terminal: Terminal) {
  const { config: path, output = "", from = 0, to = terminal.clock.now(), perSecond, source } = options;
  const { outputs, sources } = await loadToLook(path, terminal);
  const names = outputs.map(({ config }) => config.name);
  if (!names.includes(output))
    throw new WrongReplay(`no output ${output} in the configuration, which has: ${names.join(", ")}`);
  if (from >= to)
    throw new WrongReplay("--to must be later than --from: it is the first moment that is not wanted");
  if (source !== undefined) mustHaveDays(sources, source);
  const { actions, users } = options;
  const uids = options.uids === undefined ? undefined : await uidsOf(options.uids, terminal);
  const filter: ReplayFilter = {
    ...{ from, to: Math.ceil(to) },
    ...(actions === undefined ? {} : { actions }),
    ...(users === undefined ? {} : { users }),
    ...(uids === undefined ? {} : { uids }),
  };
  const plan: ReplayPlan = { output, filter, perSecond };
  return { plan, how: { sources, toNow: options.to === undefined } };
}

function mustHaveDays(sources: Config["sources"], name: string): void {
  const found = sources.find(({ config }) => config.name === name);
  if (found === undefined) {
    const names = sources.map(({ config }) => config.name).join(", ");
    throw new WrongReplay(`no source ${name} in the configuration, which has: ${names}`);
  }
  if (found.noDays !== undefined) throw new WrongReplay(`${name} has no days to read: ${found.noDays}`);
  if (found.config.role === "verify")
    throw new WrongReplay(
      `${name} is a witness (role: verify), and nothing of it is delivered: name a primary source of ${found.origin.instance}`,
    );
}

async function uidsOf(given: string, { stdin }: Terminal): Promise<readonly string[]> {
  const uids = await listedUids(given, stdin);
  if (typeof uids === "string") throw new WrongReplay(`--uids: ${uids}`);
  if (uids.length > mostUids)
    throw new WrongReplay(
      `--uids: ${uids.length} uids; give ${mostUids} at most, and the rest to the next replay`,
    );
  return uids;
}

function list(all: readonly ReplayStatus[], { json }: ReplayOptions, { stdout }: Terminal): ExitCode {
  if (json) for (const status of all) stdout.write(`${JSON.stringify(status)}\n`);
  else if (all.length === 0) stdout.write("no replay was ever asked for\n");
  else for (const status of all) stdout.write(`${printable(replayWords(status))}\n`);
  return exitCodes.done;
}

function complain(text: string, { stderr }: Terminal): void {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
}
