import { once } from "node:events";
import type { Readable } from "node:stream";
import { type LoadedWithoutSecrets, loadWithoutSecrets } from "../config/look.ts";
import { nearest } from "../config/nearest.ts";
import { scrubber } from "../secret/scrub.ts";
import type { AskedLookup } from "../spool/event-lookup.ts";
import { printable } from "../text/printable.ts";
import { type Command, type ExitCode, type ExplainOptions, exitCodes, type Terminal } from "./command.ts";
import { type ExplainAccess, explainAccess } from "./explain-access.ts";
import { explainText } from "./explain-text.ts";
import { explainedEvent } from "./explained-event.ts";
import { findEvents } from "./find-event.ts";
import { neverSeen } from "./never-seen.ts";
import { progressLine } from "./progress-line.ts";
import { seenAmong } from "./seen-among.ts";
import { soughtOf } from "./sought.ts";
import { withState } from "./with-state.ts";

/** More than any record that a source keeps by default, bytes. */
const longestInput = 64 * 1024 * 1024;
const mostLines = 1_000_000;

/** Says where events are: what is known of them, and what became of them for each output. */
export const explain: Command<ExplainOptions> = async (options, terminal) => {
  const pasted = options.event === "-" ? await linesOf(terminal.stdin) : [options.event];
  if (pasted === undefined)
    return refused("standard input has more than 64 MiB or a million lines: ask for fewer at once", terminal);
  if (pasted.every((line) => line.trim() === ""))
    return refused("nothing to explain: name a uid or a line", terminal);
  const loaded = await loadWithoutSecrets(options.config, terminal);
  terminal.useScrub(scrubber(loaded.config.secrets.map(({ secret }) => secret).filter(loaded.isKnown)));
  const names = loaded.config.sources.map(({ config }) => config.name);
  if (options.source !== undefined && !names.includes(options.source)) {
    const close = nearest(options.source, names);
    const hint = close === undefined ? `known: ${names.join(", ")}` : `did you mean ${close}?`;
    return refused(`there is no source ${JSON.stringify(options.source)} (${hint})`, terminal);
  }
  return withState(
    explainAccess(options.config, terminal),
    (access) => explainAll(pasted, { options, loaded, access }, terminal),
    terminal,
  );
};

interface Around {
  readonly options: ExplainOptions;
  readonly loaded: LoadedWithoutSecrets;
  readonly access: ExplainAccess;
}

/** Fails where one of them was never seen. */
async function explainAll(
  pasted: readonly string[],
  { options, loaded, access }: Around,
  terminal: Terminal,
): Promise<ExitCode> {
  const lookup = remembering(access.lookup);
  const sources = loaded.config.sources.filter(
    ({ config }) => options.source === undefined || config.name === options.source,
  );
  const instances = [...new Set(sources.map(({ origin }) => origin.instance))];
  const instanceOf = (source: string) =>
    loaded.config.sources.find(({ config }) => config.name === source)?.origin.instance;
  const troubles = await access.troubles();
  const line = progressLine(terminal);
  let code: ExitCode = exitCodes.done;
  const texts = pasted.filter((each) => each.trim() !== "");
  const where = { lookup, instances, instanceOf, progress: line.show };
  const seen = await seenAmong(texts, where);
  for (const text of texts) {
    const sought = soughtOf(text);
    const found = seen(sought) ? await findEvents(sought, where) : [];
    line.clear();
    const from = { options, loaded, lookup, troubles };
    const events = [];
    for (const each of found) events.push(await explainedEvent(each, from, terminal));
    const check =
      found.length > 0
        ? []
        : await neverSeen(sought, {
            ...{ lookup, sources, now: terminal.clock.now() },
            keepLedger: loaded.config.spool.keepLedger,
          });
    if (found.length === 0) code = exitCodes.failed;
    const said = options.json
      ? printable(JSON.stringify({ sought: sought.by, events, check }))
      : events.length > 0
        ? events.map(explainText).join("\n\n")
        : notSeen(text, check);
    await say(`${said}\n`, terminal);
  }
  return code;
}

/** What is said of thousands of lines is not kept here until somebody reads it. */
async function say(text: string, { stdout }: Terminal): Promise<void> {
  if (!stdout.write(text)) await once(stdout, "drain");
}

/** What is asked about each line that nobody knows, and is the same for many. */
function remembering(lookup: AskedLookup): AskedLookup {
  let sources: ReturnType<AskedLookup["sources"]> | undefined;
  const books = new Map<number, ReturnType<AskedLookup["books"]>>();
  return {
    ...lookup,
    sources: (question) => (sources ??= lookup.sources(question)),
    books({ day }) {
      const found = books.get(day) ?? lookup.books({ day });
      books.set(day, found);
      return found;
    },
  };
}

function notSeen(text: string, check: readonly string[]): string {
  const shown = text.trim().slice(0, 120);
  return [`never seen: ${shown}`, ...check.map((each) => `  - ${each}`)]
    .map((line) => printable(line))
    .join("\n");
}

function refused(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
  return exitCodes.usage;
}

/** The lines that are there; undefined where these are more than memory is meant for. */
async function linesOf(input: Readable): Promise<string[] | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of input) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > longestInput) return undefined;
    pieces.push(bytes);
  }
  const lines = Buffer.concat(pieces)
    .toString()
    .split("\n", mostLines + 1);
  return lines.length > mostLines ? undefined : lines;
}
