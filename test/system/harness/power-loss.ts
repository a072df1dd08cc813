import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Calls that a log must show for `afterPowerLoss`. */
export const diskCalls = [
  "openat",
  "pwrite64",
  "write",
  "fsync",
  "fdatasync",
  "ftruncate",
  "rename",
  "unlink",
  "link",
  "pwritev",
  "fallocate",
];

/**
 * The lines of the logs of all threads of one process, in the order of their times (strace with
 * `--absolute-timestamps=precision:ns`, which makes one log a thread with `-ff`). The order within a thread stays.
 */
export function inOrder(logs: readonly string[]): string[] {
  const lines = logs.flatMap((log) => {
    let last = "";
    return log.split("\n").map((line) => {
      last = /^\d+\.\d{9} /.exec(line)?.[0] ?? last;
      return { at: last, line };
    });
  });
  // As texts: a number does not hold nanoseconds since 1970. The sort is stable.
  return lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ line }) => line);
}

interface Write {
  readonly at: number;
  readonly bytes: Buffer;
}
type Change = Write | { readonly size: number };

/** What is certain of a file, and what the disk may or may not have done by now. */
interface Inode {
  durable: Buffer;
  pending: Change[];
}
type Names = Map<string, Inode>;

const sector = 512;

/**
 * What a disk may hold after the power fails, by POSIX alone: what was synced; of the rest any part, in sectors, in any order;
 * and of what happened to names only what came before the last sync of the directory, or a beginning of the rest.
 */
export class Disk {
  readonly #directory: string;
  readonly #names: Names;
  #durableNames: Names;
  #pendingNames: ((names: Names) => void)[] = [];
  /** Where the next `write` of a descriptor goes. */
  readonly #offsets = new Map<string, number>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#names = new Map(
      regularFiles(directory).map((name) => [
        name,
        { durable: readFileSync(join(directory, name)), pending: [] },
      ]),
    );
    this.#durableNames = new Map(this.#names);
  }

  /**
   * One line of a log of strace with `-y -xx`, with or without its time; what did not happen in the directory, or failed, is
   * passed over.
   */
  follow(line: string): void {
    const call = /^(?:[\d.]+ )?(\w+)\((.*)\) = \d/s.exec(line);
    if (call === null) return;
    const [, name = "", text = ""] = call;
    const descriptor = /^(\d+)<([^>]*)>/.exec(text);
    const number = descriptor?.[1] ?? "";
    const path = this.#inside(descriptor === null ? "" : unescaped(descriptor[2] as string));
    if (name === "openat") this.#open(text, line);
    else if (name === "rename" || name === "unlink" || name === "link") this.#move(name, text);
    else if (path === undefined) return;
    else if (path === "") this.#syncNames();
    else if (name === "fsync" || name === "fdatasync") this.#sync(this.#inode(path));
    else if (name === "ftruncate")
      this.#inode(path).pending.push({ size: Number(/, (\d+)$/.exec(text)?.[1]) });
    else if (name === "pwrite64") this.#write(path, text, Number(/, (\d+)$/.exec(text)?.[1]));
    else if (name === "write") {
      const at = this.#offsets.get(number) ?? 0;
      this.#offsets.set(number, at + this.#write(path, text, at));
    } else throw new Error(`the model of the disk does not know ${name}`);
  }

  /** The power fails: the directory becomes what the disk may hold. */
  fail(random: () => number): void {
    // Nothing, everything, or anything.
    const mood = random();
    const survives = () => (mood < 0.25 ? false : mood < 0.4 ? true : random() < 0.5);
    const names = new Map(this.#durableNames);
    for (const change of this.#pendingNames) {
      if (!survives()) break;
      change(names);
    }
    for (const name of regularFiles(this.#directory)) rmSync(join(this.#directory, name));
    for (const [name, { durable, pending }] of names) {
      let bytes = durable;
      for (const change of pending) if (survives()) bytes = applied(bytes, torn(change, mood, random));
      writeFileSync(join(this.#directory, name), bytes, { mode: 0o600 });
    }
  }

  /** The name in the directory; empty for the directory itself, undefined for what lies elsewhere. */
  #inside(path: string): string | undefined {
    if (path === this.#directory) return "";
    return path.startsWith(`${this.#directory}/`) ? path.slice(this.#directory.length + 1) : undefined;
  }

  #inode(name: string): Inode {
    const inode = this.#names.get(name);
    if (inode === undefined) throw new Error(`the model of the disk does not know the file ${name}`);
    return inode;
  }

  #open(text: string, line: string): void {
    const name = this.#inside(unescaped(/"([^"]*)"/.exec(text)?.[1] ?? ""));
    if (name === undefined || name === "") return;
    const number = /\) = (\d+)/.exec(line)?.[1] ?? "";
    this.#offsets.set(number, 0);
    if (text.includes("O_CREAT") && !this.#names.has(name)) {
      const inode: Inode = { durable: Buffer.alloc(0), pending: [] };
      this.#names.set(name, inode);
      this.#pendingNames.push((names) => names.set(name, inode));
    }
    if (text.includes("O_TRUNC")) this.#inode(name).pending.push({ size: 0 });
  }

  #move(call: string, text: string): void {
    const [from, to] = [...text.matchAll(/"([^"]*)"/g)].map(([, path = ""]) => this.#inside(unescaped(path)));
    // Sockets and other things that hold no data are not looked at.
    const inode = from === undefined ? undefined : this.#names.get(from);
    if (from === undefined || inode === undefined) return;
    const change = (names: Names) => {
      if (call !== "link") names.delete(from);
      if (to !== undefined) names.set(to, inode);
    };
    change(this.#names);
    this.#pendingNames.push(change);
  }

  #write(path: string, text: string, at: number): number {
    const bytes = Buffer.from((/"([^"]*)"/.exec(text)?.[1] ?? "").replaceAll("\\x", ""), "hex");
    this.#inode(path).pending.push({ at, bytes });
    return bytes.length;
  }

  #sync(inode: Inode): void {
    inode.durable = inode.pending.reduce(applied, inode.durable);
    inode.pending = [];
  }

  #syncNames(): void {
    this.#durableNames = new Map(this.#names);
    this.#pendingNames = [];
  }
}

function applied(bytes: Buffer, change: Change): Buffer {
  if ("size" in change) {
    const sized = Buffer.alloc(change.size);
    bytes.copy(sized);
    return sized;
  }
  const written = Buffer.alloc(Math.max(bytes.length, change.at + change.bytes.length));
  bytes.copy(written);
  change.bytes.copy(written, change.at);
  return written;
}

/** A write of several sectors may come to an end, or begin, in the middle. */
function torn(change: Change, mood: number, random: () => number): Change {
  if ("size" in change || mood < 0.7) return change;
  const cut = sector - (change.at % sector) + sector * Math.floor(random() * (change.bytes.length / sector));
  if (cut >= change.bytes.length) return change;
  return random() < 0.5
    ? { at: change.at, bytes: change.bytes.subarray(0, cut) }
    : { at: change.at + cut, bytes: change.bytes.subarray(cut) };
}

function regularFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

function unescaped(text: string): string {
  return text.includes("\\x") ? Buffer.from(text.replaceAll("\\x", ""), "hex").toString() : text;
}
