import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  "mkdir",
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
/** What is in it now, what is certain of that, and what came to names since, in its order. */
interface Folder {
  readonly names: Names;
  durable: Names;
  pending: ((names: Names) => void)[];
}
type Names = Map<string, Inode | Folder>;

const sector = 512;

/**
 * What a disk may hold after the power fails, by POSIX alone: what was synced; of the rest any part, in sectors, in any order;
 * and of what happened to names only what came before the last sync of the directory, or a beginning of the rest.
 */
export class Disk {
  readonly #directory: string;
  readonly #root: Folder;
  /** Where the next `write` of a descriptor goes. */
  readonly #offsets = new Map<string, number>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#root = folderOnDisk(directory);
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
    else if (name === "mkdir") this.#makeFolder(text);
    else if (path === undefined) return;
    else if (name === "fsync" || name === "fdatasync") this.#sync(path);
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
    const write = (folder: Folder, path: string) => {
      const names = new Map(folder.durable);
      for (const change of folder.pending) {
        if (!survives()) break;
        change(names);
      }
      for (const [name, entry] of names) {
        const to = join(path, name);
        if ("names" in entry) {
          mkdirSync(to, { mode: 0o750 });
          write(entry, to);
          continue;
        }
        let bytes = entry.durable;
        for (const change of entry.pending)
          if (survives()) bytes = applied(bytes, torn(change, mood, random));
        writeFileSync(to, bytes, { mode: 0o600 });
      }
    };
    for (const entry of onDisk(this.#directory))
      rmSync(join(this.#directory, entry.name), { recursive: true });
    write(this.#root, this.#directory);
  }

  /** The name in the directory; empty for the directory itself, undefined for what lies elsewhere. */
  #inside(path: string): string | undefined {
    if (path === this.#directory) return "";
    return path.startsWith(`${this.#directory}/`) ? path.slice(this.#directory.length + 1) : undefined;
  }

  /** The folder that a name stands in, and its last part; undefined where the folder is not known. */
  #place(path: string | undefined): { readonly folder: Folder; readonly name: string } | undefined {
    if (path === undefined || path === "") return undefined;
    const parts = path.split("/");
    const name = parts.pop() as string;
    let folder = this.#root;
    for (const part of parts) {
      const next = folder.names.get(part);
      if (next === undefined || !("names" in next)) return undefined;
      folder = next;
    }
    return { folder, name };
  }

  #inode(path: string): Inode {
    const place = this.#place(path);
    const inode = place?.folder.names.get(place.name);
    if (inode === undefined || "names" in inode)
      throw new Error(`the model of the disk does not know the file ${path}`);
    return inode;
  }

  #open(text: string, line: string): void {
    const path = this.#inside(unescaped(/"([^"]*)"/.exec(text)?.[1] ?? ""));
    const place = this.#place(path);
    if (path === undefined || place === undefined) return;
    const number = /\) = (\d+)/.exec(line)?.[1] ?? "";
    this.#offsets.set(number, 0);
    const inode: Inode = { durable: Buffer.alloc(0), pending: [] };
    if (text.includes("O_CREAT") && !place.folder.names.has(place.name))
      change(place.folder, (names) => names.set(place.name, inode));
    if (text.includes("O_TRUNC")) this.#inode(path).pending.push({ size: 0 });
  }

  #makeFolder(text: string): void {
    const place = this.#place(this.#inside(unescaped(/"([^"]*)"/.exec(text)?.[1] ?? "")));
    if (place === undefined) return;
    const made: Folder = { names: new Map(), durable: new Map(), pending: [] };
    change(place.folder, (names) => names.set(place.name, made));
  }

  #move(call: string, text: string): void {
    const [from, to] = [...text.matchAll(/"([^"]*)"/g)].map(([, path = ""]) =>
      this.#place(this.#inside(unescaped(path))),
    );
    // Sockets and other things that hold no data are not looked at.
    const inode = from?.folder.names.get(from.name);
    if (from === undefined || inode === undefined) return;
    const both = (names: Names) => {
      if (call !== "link") names.delete(from.name);
      if (to?.folder === from.folder) names.set(to.name, inode);
    };
    change(from.folder, both);
    if (to !== undefined && to.folder !== from.folder)
      change(to.folder, (names) => names.set(to.name, inode));
  }

  #write(path: string, text: string, at: number): number {
    const bytes = Buffer.from((/"([^"]*)"/.exec(text)?.[1] ?? "").replaceAll("\\x", ""), "hex");
    this.#inode(path).pending.push({ at, bytes });
    return bytes.length;
  }

  #sync(path: string): void {
    const place = this.#place(path);
    const entry = path === "" ? this.#root : place?.folder.names.get(place.name);
    if (entry === undefined) throw new Error(`the model of the disk does not know ${path}`);
    if ("names" in entry) {
      entry.durable = new Map(entry.names);
      entry.pending = [];
    } else {
      entry.durable = entry.pending.reduce(applied, entry.durable);
      entry.pending = [];
    }
  }
}

function change(folder: Folder, what: (names: Names) => void): void {
  what(folder.names);
  folder.pending.push(what);
}

function folderOnDisk(path: string): Folder {
  const names: Names = new Map(
    onDisk(path).map((entry) => {
      const at = join(path, entry.name);
      return [
        entry.name,
        entry.isDirectory() ? folderOnDisk(at) : { durable: readFileSync(at), pending: [] },
      ];
    }),
  );
  return { names, durable: new Map(names), pending: [] };
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

/** Files and folders. */
function onDisk(directory: string) {
  return readdirSync(directory, { withFileTypes: true }).filter(
    (entry) => entry.isFile() || entry.isDirectory(),
  );
}

function unescaped(text: string): string {
  return text.includes("\\x") ? Buffer.from(text.replaceAll("\\x", ""), "hex").toString() : text;
}
