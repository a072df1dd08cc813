import { type ArchiveStore, StoreError } from "../archive/archive-store.ts";
import { attestedFiles } from "../archive/attested-files.ts";
import { checkChain } from "../archive/chain.ts";
import { eventOfLine } from "../archive/line-event.ts";
import { isRecordFile, type RecordFile, recordFiles, recordsIn } from "../archive/records.ts";
import type { AuditEvent } from "../event/event.ts";
import { filterRule } from "../event/filter.ts";
import { counted, sizeText } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { type ArchiveOptions, archiveAt } from "./archive-target.ts";
import { archiveText, isComplete, keysGiven } from "./archive-text.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { progressLine } from "./progress-line.ts";
import { listedUids } from "./replay-uids.ts";

/** Looks at an archive, with or without a daemon: proves that it is whole, lists it, takes records out. */
export const archive: Command<ArchiveOptions> = async (options, terminal) => {
  const store = await archiveAt(options, terminal);
  if (typeof store === "string") return refused(store, terminal);
  const stop = new AbortController();
  const forget = terminal.onSignal("SIGINT", () => stop.abort(new Error("interrupted")));
  const line = progressLine(terminal);
  try {
    return await acting[options.action]({ store, options, terminal, stop: stop.signal, line });
  } catch (error) {
    line.clear();
    if (error instanceof StoreError)
      terminal.stderr.write(said(`${error.reason}: ${error.message}. Fix: ${error.fix}`));
    else if (stop.signal.aborted) terminal.stderr.write(said("interrupted"));
    else throw error;
    return exitCodes.failed;
  } finally {
    forget();
    await store.close();
  }
};

interface Acting {
  readonly store: ArchiveStore;
  readonly options: ArchiveOptions;
  readonly terminal: Terminal;
  readonly stop: AbortSignal;
  readonly line: ReturnType<typeof progressLine>;
}

const acting: Readonly<Record<ArchiveOptions["action"], (acting: Acting) => Promise<ExitCode>>> = {
  async verify({ store, options, terminal, stop, line }) {
    const keys = keysGiven(options.keys);
    if (typeof keys === "string") return refused(keys, terminal);
    const head = options.head?.toLowerCase();
    const progress = (files: number, all: number) => line.show(`${store.where}`, files / all);
    const now = terminal.clock.now();
    const found = await checkChain(store, stop, { keys, head, now, progress });
    line.clear();
    const vouched = { key: keys !== undefined, head: head !== undefined };
    const text = options.json
      ? JSON.stringify({ where: store.where, vouched, ...found }, undefined, 2)
      : archiveText(store.where, found, vouched);
    terminal.stdout.write(`${printable(text)}\n`);
    return isComplete(found) ? exitCodes.done : exitCodes.failed;
  },

  async list({ store, options, terminal: { stdout }, stop }) {
    const files = await recordFiles(store, options.days, stop);
    let bytes = 0;
    for (const { name, size, changedAt } of files) {
      bytes += size;
      const stored = new Date(changedAt).toISOString();
      if (options.json) stdout.write(`${JSON.stringify({ name, size, stored })}\n`);
      else stdout.write(`${printable(`${stored.slice(0, 19)}Z  ${sizeText(size).padStart(10)}  ${name}`)}\n`);
    }
    if (!options.json) stdout.write(`${counted(files.length, "file")}, ${sizeText(bytes)}\n`);
    return exitCodes.done;
  },

  async extract(acting) {
    const { store, options, terminal, stop, line } = acting;
    const wanted = await wantedOf(options, terminal);
    if (typeof wanted === "string") return refused(wanted, terminal);
    const keys = keysGiven(options.keys);
    if (typeof keys === "string") return refused(keys, terminal);
    if (keys !== undefined && !options.attested)
      return refused("--key says who has to have signed: give --attested too", terminal);
    const all = await recordFiles(store, options.days, stop);
    const files: Chosen = options.attested
      ? await attestedOf(all, keys, acting)
      : { good: all, bad: 0, changed: false };
    let records = 0;
    let { bad } = files;
    for (const [index, file] of files.good.entries()) {
      line.show(file.name, index / files.good.length);
      const lines = await recordsIn(store, file, stop).catch((error: unknown) => badFile(error, acting));
      if (lines === undefined) bad++;
      for (const each of lines ?? []) {
        const event = eventOfLine(each);
        if (!wanted(event)) continue;
        records++;
        line.clear();
        await written(terminal, options.raw ? each.record : Buffer.from(lineText(each)));
      }
    }
    line.clear();
    const not = bad > 0 ? `; what is named above was left out: ${counted(bad, "file")}` : "";
    terminal.stderr.write(
      said(`${counted(records, "record")} of ${counted(files.good.length, "file")}${not}`),
    );
    return records === 0 || bad > 0 || files.changed ? exitCodes.failed : exitCodes.done;
  },
};

/** What is wrong with one file is no reason to leave out the others. */
function badFile(error: unknown, { terminal, line }: Acting): undefined {
  if (!(error instanceof StoreError) || error.reason !== "bad_answer") throw error;
  line.clear();
  terminal.stderr.write(said(`${error.message}. Fix: ${error.fix}`));
}

type NamedFile = RecordFile & { readonly sha256?: string };

/** Which files are read. */
interface Chosen {
  readonly good: readonly NamedFile[];
  /** How many were left out. */
  readonly bad: number;
  /** Something is wrong with the manifests. */
  readonly changed: boolean;
}

/** Those that a signed manifest names, each to be as it is named there; what it names has to be there. */
async function attestedOf(
  all: readonly RecordFile[],
  keys: readonly string[] | undefined,
  { store, options, terminal, stop }: Acting,
): Promise<Chosen> {
  const { hashes, faults } = await attestedFiles(store, keys, stop);
  const tell = (text: string) => terminal.stderr.write(said(text));
  if (faults.length > 0) tell("the manifests themselves are not as they were: archive verify says how");
  const good: NamedFile[] = [];
  for (const file of all) {
    const sha256 = hashes.get(file.name);
    if (sha256 === undefined) tell(`${file.name} is named by no manifest${keys ? " of such a key" : ""}`);
    else good.push({ ...file, sha256 });
  }
  const there = new Set(all.map(({ name }) => name));
  const gone = [...hashes.keys()].filter((name) => isRecordFile(name, options.days) && !there.has(name));
  for (const name of gone.sort())
    tell(`${name} is named by a manifest, and is not there as a file of records`);
  return { good, bad: all.length - good.length + gone.length, changed: faults.length > 0 };
}

function lineText({
  date,
  uid,
  source,
  instance,
  firstSeen,
  fault,
  replayId,
  labels,
  isText,
  record,
}: Line): string {
  return JSON.stringify({
    ...{ date, uid, source, instance, first_seen: firstSeen },
    ...{ fault, replay_id: replayId, labels },
    ...(isText ? { record: record.toString("utf8") } : { record_base64: record.toString("base64") }),
  });
}
type Line = Awaited<ReturnType<typeof recordsIn>>[number];

/** Which records are taken out; in words where what was given says that of none. */
async function wantedOf(
  { source, actions, users, uids }: ArchiveOptions,
  { stdin }: Terminal,
): Promise<((event: AuditEvent) => boolean) | string> {
  const listed = uids === undefined ? undefined : await listedUids(uids, stdin);
  if (typeof listed === "string") return listed;
  const known = listed && new Set(listed);
  const people = users && new Set(users.map((user) => user.toLowerCase()));
  const excluded = actions && filterRule({ actions: [...actions] });
  return (event) => {
    if (source !== undefined && event.origin.source !== source) return false;
    if (known !== undefined && !known.has(event.uid)) return false;
    if (excluded !== undefined && (event.fault !== undefined || excluded(event) !== undefined)) return false;
    const { actor_user_id: id, actor_email: email } = event.keys;
    return people === undefined || [id, email].some((each) => each && people.has(each.toLowerCase()));
  };
}

/** A pipe may be slower than an archive. */
async function written({ stdout }: Terminal, record: Buffer): Promise<void> {
  const going = stdout.write(Buffer.concat([record, Buffer.from("\n")]));
  if (!going) await new Promise<void>((resolve) => void stdout.once("drain", resolve));
}

function said(text: string): string {
  return `wandb-audit-forwarder: ${printable(text)}\n`;
}

function refused(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(said(text));
  return exitCodes.usage;
}
