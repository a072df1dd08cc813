import { type ArchiveStore, StoreError } from "../archive/archive-store.ts";
import { checkChain } from "../archive/chain.ts";
import { eventOfLine } from "../archive/line-event.ts";
import { recordFiles, recordsIn } from "../archive/records.ts";
import type { AuditEvent } from "../event/event.ts";
import { filterRule } from "../event/filter.ts";
import { counted, sizeText } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { type ArchiveOptions, archiveAt } from "./archive-target.ts";
import { archiveText, fingerprintGiven, isComplete } from "./archive-text.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { progressLine } from "./progress-line.ts";
import { listedUids } from "./replay-uids.ts";

/** Looks at an archive, with or without a daemon: proves that it is whole, lists it, takes records out. */
export const archive: Command<ArchiveOptions> = async (options, terminal) => {
  const store = archiveAt(options, terminal);
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
    const fingerprint = options.key === undefined ? undefined : fingerprintGiven(options.key);
    if (typeof fingerprint === "object") return refused(fingerprint.text, terminal);
    const head = options.head?.toLowerCase();
    const progress = (files: number, all: number) => line.show(`${store.where}`, files / all);
    const now = terminal.clock.now();
    const found = await checkChain(store, stop, { fingerprint, head, now, progress });
    line.clear();
    const vouched = { key: fingerprint !== undefined, head: head !== undefined };
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

  async extract({ store, options, terminal, stop, line }) {
    const wanted = await wantedOf(options, terminal);
    if (typeof wanted === "string") return refused(wanted, terminal);
    const files = await recordFiles(store, options.days, stop);
    let records = 0;
    for (const [index, file] of files.entries()) {
      line.show(file.name, index / files.length);
      for (const each of await recordsIn(store, file, stop)) {
        const event = eventOfLine(each);
        if (!wanted(event)) continue;
        records++;
        line.clear();
        await written(terminal, options.raw ? each.record : Buffer.from(lineText(each)));
      }
    }
    line.clear();
    terminal.stderr.write(said(`${counted(records, "record")} of ${counted(files.length, "file")}`));
    return records === 0 ? exitCodes.failed : exitCodes.done;
  },
};

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
