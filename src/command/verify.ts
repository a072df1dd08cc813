import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { loadToLook } from "../config/look.ts";
import { nearest } from "../config/nearest.ts";
import { searchFor } from "../evidence/searches.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import { scrubber } from "../secret/scrub.ts";
import { openArchiveSource } from "../source/archive/archive-source.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import { type SourceContext, SourceError } from "../source/source.ts";
import { counted } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { type Command, type ExitCode, exitCodes, type Terminal, type VerifyOptions } from "./command.ts";
import { explainAccess } from "./explain-access.ts";
import { progressLine } from "./progress-line.ts";
import { type OtherSide, verifiedDay } from "./verified-day.ts";
import { isWhole, verifyText } from "./verify-text.ts";
import { withState } from "./with-state.ts";

/** Reads a day of a source again, and says what differs from what is known of it. Changes nothing. */
export const verify: Command<VerifyOptions> = async (options, terminal) => {
  const { config: path, day, query } = options;
  const config = query === undefined ? loadConfig(path, terminal) : loadToLook(path, terminal);
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
  const against =
    options.against === undefined ? undefined : otherSide(options.against, source, config, terminal);
  if (typeof against === "string") return refused(against, terminal);
  return withState(
    explainAccess(path, terminal),
    ({ lookup }) => verifyDay({ options, source, against, lookup }, terminal),
    terminal,
  );
};

type Verifying = Pick<Parameters<typeof verifiedDay>[0], "source" | "against" | "lookup"> & {
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
  if (error instanceof SourceError) return `${error.reason}: ${error.message}. Fix: ${error.fix}`;
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

/** Another source of the instance by its name or type, or what an output has archived of it. */
function otherSide(
  given: string,
  source: ConfiguredSource,
  { sources, outputs }: Config,
  terminal: Terminal,
): OtherSide | string {
  const { instance } = source.origin;
  const others = sources.filter((each) => each !== source && each.origin.instance === instance);
  const found =
    others.find(({ config }) => config.name === given) ?? others.find(({ type }) => type === given);
  if (found?.noDays !== undefined) return `${found.config.name} has no days to read: ${found.noDays}`;
  if (found !== undefined) return { name: found.config.name, create: (context) => found.create(context) };
  const archives = outputs.filter(({ type }) => type === "archive");
  const archive = archives.find(({ config, type }) => config.name === given || type === given);
  if (archive !== undefined) return archived(archive, source, terminal);
  const names = [...others, ...archives].map(({ config, type }) => `${config.name} (${type})`);
  return `no other source of ${instance}, and no archive, is called ${given} or is of that type: ${names.length === 0 ? "there is none" : `there are ${names.join(", ")}`}`;
}

function archived(output: ConfiguredOutput, { origin }: ConfiguredSource, terminal: Terminal): OtherSide {
  const { clock, environment, random } = terminal;
  return {
    name: output.config.name,
    create() {
      const archive = output.archive({ clock, environment, guid: random.uuid });
      if (archive === undefined) throw new Error(`${output.config.name} is no archive`);
      return openArchiveSource(archive.store, origin, clock);
    },
  };
}

function refused(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
  return exitCodes.usage;
}
