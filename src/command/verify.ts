import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { type ArchiveStore, StoreError } from "../archive/archive-store.ts";
import type { Config } from "../config/config.ts";
import { loadNamed } from "../config/load-named.ts";
import { loadToLook } from "../config/look.ts";
import { nearest } from "../config/nearest.ts";
import { searchFor } from "../evidence/searches.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import { scrubber } from "../secret/scrub.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import { type SourceContext, SourceError } from "../source/source.ts";
import { counted } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { type Command, type ExitCode, exitCodes, type Terminal, type VerifyOptions } from "./command.ts";
import { explainAccess } from "./explain-access.ts";
import { progressLine } from "./progress-line.ts";
import { type VerifyingDay, verifiedDay } from "./verified-day.ts";
import { isWhole, verifyText } from "./verify-text.ts";
import { withState } from "./with-state.ts";

/** Reads a day of a source again, and says what differs from what is known of it. Changes nothing. */
export const verify: Command<VerifyOptions> = async (options, terminal) => {
  const { config: path, day, query } = options;
  const config = query === undefined ? await loadNamed(path, terminal) : await loadToLook(path, terminal);
  terminal.useScrub(scrubber(config.secrets.map(({ secret }) => secret)));
  const source = sourceNamed(options.source, config);
  if (typeof source === "string") return refused(source, terminal);
  if (query !== undefined) {
    const { instance } = source.origin;
    terminal.stdout.write(`${printable(searchFor(query, { instance, day }))}\n`);
    return exitCodes.done;
  }
  if (source.noDays !== undefined)
    return refused(`${options.source} has no days to read: ${source.noDays}`, terminal);
  const other = options.against === undefined ? alone : otherSide(options.against, source, config, terminal);
  if (typeof other === "string") return refused(other, terminal);
  try {
    return await withState(
      explainAccess(path, terminal),
      ({ lookup }) => verifyDay({ options, source, ...other, lookup }, terminal),
      terminal,
    );
  } finally {
    await other.archive?.store.close();
  }
};

/** What a day is compared with besides. */
type OtherSide = Pick<VerifyingDay, "against"> & {
  readonly archive: { readonly output: string; readonly store: ArchiveStore } | undefined;
};
const alone: OtherSide = { against: undefined, archive: undefined };

type Verifying = OtherSide &
  Pick<VerifyingDay, "source" | "lookup"> & {
    readonly options: VerifyOptions;
  };

async function verifyDay({ options, ...sides }: Verifying, terminal: Terminal): Promise<ExitCode> {
  const { day, siemUids } = options;
  const stop = new AbortController();
  const forget = terminal.onSignal("SIGINT", () => stop.abort(new Error("interrupted")));
  const line = progressLine(terminal);
  try {
    const exported = await exportedAt(siemUids, terminal);
    const found = await verifiedDay(
      {
        ...{ ...sides, day, clock: terminal.clock, stop: stop.signal },
        context: contextOf(terminal),
        exported,
      },
      (records) => line.show(`${options.source}, ${counted(records, "record")}`),
    );
    line.clear();
    const said = options.json ? JSON.stringify(found, undefined, 2) : verifyText(found);
    terminal.stdout.write(`${printable(said)}\n`);
    return isWhole(found) ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    line.clear();
    const said = stop.signal.aborted ? "interrupted: nothing was compared" : faultOf(error);
    if (said === undefined) throw error;
    terminal.stderr.write(`wandb-audit-forwarder: ${printable(said)}\n`);
    return exitCodes.failed;
  } finally {
    forget();
  }
}

function contextOf({ clock, agent, environment }: Terminal): SourceContext {
  return { clock, agent, environment, random: () => 0.5 };
}

function faultOf(error: unknown): string | undefined {
  if (error instanceof SourceError || error instanceof StoreError)
    return `${error.reason}: ${error.message}. Fix: ${error.fix}`;
  if (error instanceof Error && "code" in error && "path" in error)
    return `${error.message}. Fix: name a file with a uid in each line`;
  return undefined;
}

/** Rejects where there is no such file. Its lines are read when they are asked for. */
async function exportedAt(path: string | undefined, { stdin }: Terminal) {
  if (path === undefined) return undefined;
  if (path === "-") return () => createInterface({ input: stdin });
  const file = await open(path);
  return () => file.readLines();
}

function sourceNamed(name: string, { sources }: Config): ConfiguredSource | string {
  const found = sources.find(({ config }) => config.name === name);
  if (found !== undefined) return found;
  const names = sources.map(({ config }) => config.name);
  const close = nearest(name, names);
  const hint = close === undefined ? `known: ${names.join(", ")}` : `did you mean ${close}?`;
  return `there is no source ${JSON.stringify(name)} (${hint})`;
}

/** Another source of the instance, or an archive, by its name or its type. */
function otherSide(
  given: string,
  source: ConfiguredSource,
  { sources, outputs }: Config,
  terminal: Terminal,
): OtherSide | string {
  const { instance } = source.origin;
  const others = sources.filter((each) => each !== source && each.origin.instance === instance);
  const archives = outputs.filter(({ type }) => type === "archive");
  const against = others.find(({ config }) => config.name === given);
  const [archive] = archives.filter(({ config }) => config.name === given);
  if (against !== undefined) return withDays(against);
  if (archive !== undefined) return opened(archive, terminal);
  const [only, ...more] = given === "archive" ? archives : [];
  if (more.length > 0) return `say which archive: ${archives.map(({ config }) => config.name).join(", ")}`;
  if (only !== undefined) return opened(only, terminal);
  const ofType = others.find(({ type }) => type === given);
  if (ofType !== undefined) return withDays(ofType);
  const names = [...others, ...archives].map(({ config, type }) => `${config.name} (${type})`);
  return `no other source of ${instance}, and no archive, is called ${given} or is of that type: ${names.length === 0 ? "there is none" : `there are ${names.join(", ")}`}`;
}

function withDays(against: ConfiguredSource): OtherSide | string {
  const { config, noDays } = against;
  return noDays === undefined
    ? { against, archive: undefined }
    : `${config.name} has no days to read: ${noDays}`;
}

function opened(output: ConfiguredOutput, { clock, environment, random }: Terminal): OtherSide {
  const archive = output.archive({ clock, environment, guid: random.uuid });
  if (archive === undefined) throw new Error(`${output.config.name} is no archive`);
  return { against: undefined, archive: { output: output.config.name, store: archive.store } };
}

function refused(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
  return exitCodes.usage;
}
