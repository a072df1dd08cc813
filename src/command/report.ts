import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { StoreError } from "../archive/archive-store.ts";
import { checkChain } from "../archive/chain.ts";
import { readManifests } from "../archive/manifests.ts";
import type { Config } from "../config/config.ts";
import { loadToLook } from "../config/look.ts";
import {
  type MonthArchive,
  type MonthSource,
  monthArchive,
  monthFacts,
  openPoints,
} from "../evidence/month.ts";
import { monthPage } from "../evidence/month-page.ts";
import type { OutputHead } from "../spool/event-lookup.ts";
import { printable } from "../text/printable.ts";
import { archiveAt } from "./archive-target.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { explainAccess } from "./explain-access.ts";
import { progressLine } from "./progress-line.ts";
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
  const config = loadToLook(path, terminal);
  const file = options.output ?? `report-${month}.html`;
  if (!json && !force && existsSync(file))
    return refused(`${file} is there already: name another with --output, or give --force`, terminal);
  let heads: readonly OutputHead[] = [];
  const asked = await withState(
    explainAccess(path, terminal),
    async ({ lookup }) => {
      heads = (await lookup.heads({})).heads;
      return exitCodes.done;
    },
    terminal,
  );
  if (asked !== exitCodes.done) return asked;
  const archive = await archiveOf(options, config, heads, terminal);
  if (typeof archive === "object" && archive !== null && "refused" in archive)
    return refused(archive.refused, terminal);
  return withState(
    explainAccess(path, terminal),
    async ({ lookup }) => {
      const { agent, clock } = terminal;
      const facts = await monthFacts({
        ...{ month, lookup, archive, version: agent.version, host: hostname(), now: clock.now() },
        sources: sourcesOf(config),
      });
      const points = openPoints(facts);
      if (json) terminal.stdout.write(`${JSON.stringify({ ...facts, open_points: points }, undefined, 2)}\n`);
      else {
        writeFileSync(file, monthPage(facts), { mode: 0o640, flag: force ? "w" : "wx" });
        terminal.stdout.write(
          `${printable([`${file} is written`, ...points.map((each) => `  ${each}`)].join("\n"))}\n`,
        );
      }
      return points.length === 0 ? exitCodes.done : exitCodes.failed;
    },
    terminal,
  );
};

/** Those whose days are to be complete. */
function sourcesOf({ sources }: Config): MonthSource[] {
  return sources
    .filter(
      ({ config, noDays, type }) => config.role !== "verify" && noDays === undefined && type !== "archive",
    )
    .map(({ config, origin }) => ({ name: config.name, instance: origin.instance }));
}

/** The newest manifest of an archive, as the state knows it; a copy elsewhere is that of the only archive. */
function headOf(where: string, { outputs }: Config, heads: readonly OutputHead[], terminal: Terminal) {
  const { clock, environment, random } = terminal;
  const archives = outputs.flatMap((output) => {
    const archive = output.archive({ clock, environment, guid: random.uuid });
    return archive === undefined ? [] : [{ name: output.config.name, where: archive.store.where }];
  });
  const of = archives.length === 1 ? archives[0] : archives.find((each) => each.where === where);
  return heads.find(({ output }) => output === of?.name)?.hash;
}

async function archiveOf(
  { config: path, archive: target, month }: ReportOptions,
  config: Config,
  heads: readonly OutputHead[],
  terminal: Terminal,
): Promise<MonthArchive | { readonly refused: string } | null> {
  const some = config.outputs.some(({ type }) => type === "archive");
  if (target === undefined && !some) return null;
  const store = archiveAt({ target, config: path }, terminal);
  if (typeof store === "string") return { refused: `${store}: give it with --archive` };
  const stop = new AbortController();
  const forget = terminal.onSignal("SIGINT", () => stop.abort(new Error("interrupted")));
  const line = progressLine(terminal);
  try {
    const progress = (files: number, all: number) => line.show(store.where, files / all);
    const head = headOf(store.where, config, heads, terminal);
    const chain = await checkChain(store, stop.signal, { head, now: terminal.clock.now(), progress });
    const looked = { where: store.where, chain, known: head ?? null };
    return monthArchive(looked, await readManifests(store, stop.signal), month);
  } catch (error) {
    if (error instanceof StoreError)
      return { refused: `${error.reason}: ${error.message}. Fix: ${error.fix}` };
    throw error;
  } finally {
    line.clear();
    forget();
    await store.close();
  }
}

function refused(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
  return exitCodes.usage;
}
