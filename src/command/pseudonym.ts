import { createReadStream } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { loadWithoutSecrets } from "../config/look.ts";
import { nearest } from "../config/nearest.ts";
import { type PseudonymKey, pseudonymKeys, pseudonymOf } from "../event/pseudonym.ts";
import { scrubber } from "../secret/scrub.ts";
import { Secret } from "../secret/secret.ts";
import { smallFile } from "../small-file.ts";
import { csvLine } from "../text/csv.ts";
import { printable } from "../text/printable.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";

/** What `pseudonym` is asked. */
export interface PseudonymOptions {
  /** Absent: the keys are those of `keyFiles`. */
  readonly config: string | undefined;
  /** Only the keys of this output. */
  readonly output: string | undefined;
  /** Files that hold a key each, as they were given: `ID=FILE` or `FILE`. */
  readonly keyFiles: readonly string[];
  readonly json: boolean;
  /** Of candidates, one a line; `-` is standard input. */
  readonly files: readonly string[];
}

/** No name in an audit log is longer, characters. */
const longestCandidate = 65_536;

/** Prints what keys make of candidates. Keeps nothing and connects to nothing. */
export const pseudonym: Command<PseudonymOptions> = async (options, terminal) => {
  const keys = options.config === undefined ? keysOfFiles(options) : await configuredKeys(options, terminal);
  if (typeof keys === "string") return refused(keys, terminal);
  terminal.useScrub(scrubber(keys.map(({ key }) => key)));
  if (!options.json) terminal.stdout.write(csvLine(["candidate", "key", "pseudonym"]));
  for (const file of options.files) {
    const input = file === "-" ? terminal.stdin : createReadStream(file);
    const name = file === "-" ? "standard input" : printable(file);
    try {
      for await (const candidate of candidatesIn(input))
        if (!(await written(terminal.stdout, rowsOf(candidate, keys, options.json)))) return exitCodes.io;
    } catch (error) {
      const why = error instanceof TooLong ? error.message : systemCode(error);
      if (why === undefined) throw error;
      terminal.stderr.write(`wandb-audit-forwarder: cannot read ${name}: ${why}\n`);
      return exitCodes.failed;
    }
  }
  return exitCodes.done;
};

function rowsOf(candidate: string, keys: readonly PseudonymKey[], json: boolean): string {
  const rows = keys.map((key) => [candidate, key.id ?? "", pseudonymOf(candidate, key)] as const);
  // A candidate may be a project's name, which anybody chose.
  if (!json) return rows.map((row) => csvLine(row)).join("");
  return rows
    .map(([candidate, key, made]) => `${JSON.stringify({ candidate, key: key || null, pseudonym: made })}\n`)
    .join("");
}

/** In words where there is none. */
function keysOfFiles({ keyFiles, output }: PseudonymOptions): readonly PseudonymKey[] | string {
  if (output !== undefined) return "--output takes the keys of the configuration: leave out --key";
  const keys: PseudonymKey[] = [];
  for (const given of keyFiles) {
    const [, id, file = ""] = /^(?:([a-z0-9]{1,16})=)?(.+)$/.exec(given) ?? [];
    try {
      const text = smallFile(file)
        .bytes.toString()
        .replace(/\r?\n$/, "");
      if (text === "" || /\p{Cc}/u.test(text)) return `${printable(file)} is no key: it must hold one line`;
      keys.push({ id, key: new Secret(text), until: undefined });
    } catch (error) {
      return `cannot read the key in ${printable(file)}: ${systemCode(error) ?? (error as Error).message}`;
    }
  }
  return keys;
}

/** Those of the outputs that make pseudonyms, each once; in words where there are none. */
async function configuredKeys(
  { config: path, output }: PseudonymOptions,
  terminal: Terminal,
): Promise<readonly PseudonymKey[] | string> {
  const { config, isKnown } = await loadWithoutSecrets(path as string, terminal);
  const names = config.outputs.map((each) => each.config.name);
  if (output !== undefined && !names.includes(output)) {
    const close = nearest(output, names);
    const hint = close === undefined ? `known: ${names.join(", ")}` : `did you mean ${close}?`;
    return `there is no output ${JSON.stringify(output)} (${hint})`;
  }
  const found = new Map<string, PseudonymKey>();
  for (const { config: one } of config.outputs) {
    if (output !== undefined && one.name !== output) continue;
    for (const each of one.redact === undefined ? [] : pseudonymKeys(one.redact)) {
      if (!isKnown(each.key))
        return `a key of output ${one.name} is not known here: set CREDENTIALS_DIRECTORY to the folder of the secret files, run this as the user of the service, or name the file with --key`;
      found.set(`${each.id ?? ""} ${each.key.reveal()}`, each);
    }
  }
  if (found.size > 0) return [...found.values()];
  const who = output === undefined ? "no output has" : `output ${output} has no`;
  return `${who} keys for pseudonyms (redact.keys): name a file with --key`;
}

class TooLong extends Error {}

/** Lines without their ends; empty ones are nobody. */
async function* candidatesIn(input: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const piece of input) {
    const lines = (rest + decoder.write(piece as Buffer)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longestCandidate)
      throw new TooLong("a line is longer than any name: one candidate a line");
    for (const line of lines) if (trimmed(line) !== "") yield trimmed(line);
  }
  const last = trimmed(rest + decoder.end());
  if (last !== "") yield last;
}

/** A mark in front of the file and the end of a line are no part of a name. */
function trimmed(line: string): string {
  return line.replace(/^\ufeff/, "").replace(/\r$/, "");
}

/** False when whoever reads has gone. */
function written(stream: Writable, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write(text, (error) => resolve(error == null));
  });
}

function refused(why: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${why}\n`);
  return exitCodes.usage;
}

/** `ENOENT` and the like; undefined for anything that the system did not say. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
