import { closeSync, existsSync, openSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { type ArchiveStore, StoreError } from "../archive/archive-store.ts";
import { checkChain } from "../archive/chain.ts";
import type { Config } from "../config/config.ts";
import { loadToLook } from "../config/look.ts";
import { daysOfMonth, type MonthFacts, type MonthSource, monthFacts } from "../evidence/month.ts";
import { gatherMonth, type MonthArchive, unseenArchive } from "../evidence/month-archive.ts";
import { monthPage } from "../evidence/month-page.ts";
import { openPoints } from "../evidence/month-points.ts";
import { ownSource } from "../own/own-origin.ts";
import type { AskedLookup } from "../spool/event-lookup.ts";
import { printable } from "../text/printable.ts";
import { utcDayOfMs } from "../time/clock.ts";
import { archiveAt } from "./archive-target.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { explainAccess } from "./explain-access.ts";
import { progressLine } from "./progress-line.ts";
import { replaceFile } from "./replaced-file.ts";
import { withState } from "./with-state.ts";

/** What is reported, and where to. */
export interface ReportOptions {
  readonly config: string;
  /** `2026-08` */
  readonly month: string;
  /** A file; absent: `report-2026-08.html`. */
  readonly output: string | undefined;
  /** A directory, a URL or an output; absent: the only archive of the configuration, where it has one. */
  readonly archive: string | undefined;
  readonly force: boolean;
  readonly json: boolean;
}

/** One page of what a month had, for an auditor. */
export const report: Command<ReportOptions> = async (options, terminal) => {
  const { config: path, month, force, json } = options;
  const config = await loadToLook(path, terminal);
  const now = terminal.clock.now();
  if (daysOfMonth(month).first > utcDayOfMs(now)) return refused(`${month} has not begun`, terminal);
  const file = options.output ?? `report-${month}.html`;
  if (!json && !force && existsSync(file))
    return refused(`${file} is there already: name another with --output, or give --force`, terminal);
  const store = await storeOf(options, config, terminal);
  if (typeof store === "string") return refused(`${store}: give it with --archive`, terminal);
  try {
    // The archive may take long: meanwhile the state is free for a daemon.
    let known: Known | undefined;
    const code = await withState(
      explainAccess(path, terminal),
      async ({ lookup }) => {
        known = await knownOf(lookup, { month, now, config, terminal });
        return exitCodes.done;
      },
      terminal,
    );
    if (known === undefined) return code;
    const archive = await archiveOf(options, store, known, terminal);
    if (archive === interrupted) return said("interrupted: nothing was written", terminal);
    return finished({ ...known.facts, archive }, { file, options }, terminal);
  } finally {
    await store?.close();
  }
};

/** What the state says. */
interface Known {
  readonly facts: Omit<MonthFacts, "archive">;
  readonly heads: Awaited<ReturnType<AskedLookup["heads"]>>["heads"];
  /** Outputs by where they store. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** The newest manifest the state knows of an archive; what no output has is a copy of the only one. */
function headOf(where: string, { heads, outputs }: Known): string | undefined {
  const only = outputs.size === 1 ? [...outputs.values()][0] : undefined;
  const of = outputs.get(where) ?? only;
  return heads.find(({ output }) => output === of)?.hash;
}

async function knownOf(
  lookup: AskedLookup,
  {
    month,
    now,
    config,
    terminal,
  }: {
    readonly month: string;
    readonly now: number;
    readonly config: Config;
    readonly terminal: Terminal;
  },
): Promise<Known> {
  const { agent, clock, environment, random } = terminal;
  const facts = await monthFacts({
    ...{ month, lookup, now, own: ownSource, sources: sourcesOf(config) },
    outputs: config.outputs.map(({ config: { name } }) => name),
    ...{ version: agent.version, host: hostname() },
    firstOf: (name, cursor) =>
      config.sources.find((source) => source.config.name === name)?.closing(cursor)?.first,
  });
  const { heads } = await lookup.heads({});
  const outputs = new Map<string, string>();
  for (const output of config.outputs) {
    const store = output.archive({ clock, environment, guid: random.uuid })?.store;
    if (store !== undefined) outputs.set(store.where, output.config.name);
    await store?.close();
  }
  return { facts, heads, outputs };
}

function sourcesOf({ sources }: Config): MonthSource[] {
  return sources.map(({ config, noDays, origin, type }) => ({
    ...{ name: config.name, instance: origin.instance },
    beside:
      config.role === "verify"
        ? "a witness: it compares, and keeps nothing"
        : type === "archive"
          ? "what was archived, read again"
          : (noDays ?? null),
  }));
}

/** Undefined where there is none. */
async function storeOf(
  { config: path, archive: target }: ReportOptions,
  { outputs }: Config,
  terminal: Terminal,
): Promise<ArchiveStore | string | undefined> {
  const some = outputs.some(({ type }) => type === "archive");
  return target === undefined && !some ? undefined : archiveAt({ target, config: path }, terminal);
}

const interrupted = Symbol("interrupted");

async function archiveOf(
  { month }: ReportOptions,
  store: ArchiveStore | undefined,
  known: Known,
  terminal: Terminal,
): Promise<MonthArchive | null | typeof interrupted> {
  if (store === undefined) return null;
  const { where } = store;
  const head = headOf(where, known);
  const stop = new AbortController();
  const forget = terminal.onSignal("SIGINT", () => stop.abort(new Error("interrupted")));
  const line = progressLine(terminal);
  try {
    const progress = (files: number, all: number) => line.show(where, files / all);
    const gathered = gatherMonth(month, { head, at: Date.parse(known.facts.made) });
    const looking = { now: terminal.clock.now(), head, progress, each: gathered.add };
    const chain = await checkChain(store, stop.signal, looking);
    return gathered.archive(where, chain);
  } catch (error) {
    if (error instanceof StoreError)
      return unseenArchive(where, `${error.reason}: ${error.message}. Fix: ${error.fix}`);
    if (stop.signal.aborted) return interrupted;
    throw error;
  } finally {
    line.clear();
    forget();
  }
}

function finished(
  facts: MonthFacts,
  { file, options: { json, force } }: { readonly file: string; readonly options: ReportOptions },
  terminal: Terminal,
): ExitCode {
  const points = openPoints(facts);
  if (json) terminal.stdout.write(`${JSON.stringify({ ...facts, open_points: points }, undefined, 2)}\n`);
  else {
    const fault = written(file, monthPage(facts), force);
    if (fault !== undefined) return said(`${file} cannot be written: ${fault}`, terminal);
    const lines = [`${file} is written`, ...points.map((each) => `  ${each}`)];
    terminal.stdout.write(`${printable(lines.join("\n"))}\n`);
  }
  return points.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** Why it is not. */
function written(file: string, page: string, force: boolean): string | undefined {
  try {
    if (force) replaceFile(file, page);
    else newFile(file, page);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What a full disk, a quota or a limit leaves of it is no report. */
function newFile(file: string, page: string): void {
  const descriptor = openSync(file, "wx", 0o640);
  try {
    writeFileSync(descriptor, page);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function said(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
  return exitCodes.failed;
}

function refused(text: string, terminal: Terminal): ExitCode {
  said(text, terminal);
  return exitCodes.usage;
}
