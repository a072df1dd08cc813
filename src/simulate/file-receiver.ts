import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What becomes of the folder and of the file in it. */
export type FileBehavior =
  /** Everything is in its place. */
  | "accept"
  /** The folder has another name. */
  | "gone"
  /** A symbolic link stands in the file's place. */
  | "link"
  /** A folder stands in the file's place. */
  | "folder"
  /** Once: somebody else gives the file another name. */
  | "renamed";

/** All of them. */
export const fileBehaviors: readonly FileBehavior[] = ["accept", "gone", "link", "folder", "renamed"];

/** A folder in which a file is written, and whoever reads all that has ever been the end of it. */
export interface FileReceiver {
  readonly folder: string;
  /** What goes into `path`. */
  readonly path: string;
  behave(behavior: FileBehavior): void;
  /** Whole lines, those of rotated files first. */
  taken(): readonly string[];
  /** Whole lines. */
  count(): number;
  /** Removes the files; what was in them stays taken. */
  empty(): void;
  close(): void;
}

const name = "audit.ndjson";

interface Seen {
  name: string;
  size: number;
  rest: Buffer;
  readonly lines: string[];
}

/**
 * A stand-in for an agent that follows a file and those that had its name before. `inFolder` is made, and
 * removed in the end; by default it is one of the system's temporary folders.
 */
export function startFileReceiver(inFolder?: string): FileReceiver {
  const folder = inFolder ?? mkdtempSync(join(tmpdir(), "file-receiver-"));
  mkdirSync(folder, { recursive: true });
  const away = `${folder}.away`;
  const path = join(folder, name);
  const kept = join(folder, `${name}.kept`);
  const seen = new Map<number, Seen>();
  const gone: string[] = [];
  let now: FileBehavior = "accept";
  let renames = 0;

  function repair(): void {
    if (now === "gone") renameSync(away, folder);
    if (now !== "link" && now !== "folder") return;
    rmSync(path, { recursive: true, force: true });
    if (exists(kept)) renameSync(kept, path);
  }

  function look(): readonly Seen[] {
    const here = exists(folder) ? folder : away;
    for (const each of readdirSync(here)) {
      const stats = lstatSync(join(here, each), { throwIfNoEntry: false });
      if (stats?.isFile() !== true) continue;
      const file = seen.get(stats.ino) ?? { name: each, size: 0, rest: Buffer.alloc(0), lines: [] };
      seen.set(stats.ino, file);
      file.name = each;
      readOn(join(here, each), file);
    }
    return [...seen.values()].sort((one, other) => (order(one.name) < order(other.name) ? -1 : 1));
  }

  /** The file itself, also while it is kept aside, is the newest. */
  function order(each: string): string {
    return each === name || each === `${name}.kept` ? "~" : each;
  }

  return {
    folder,
    path,
    behave(behavior) {
      repair();
      now = behavior;
      if (behavior === "gone") renameSync(folder, away);
      if (behavior === "link" || behavior === "folder") {
        if (exists(path)) renameSync(path, kept);
        if (behavior === "link") symlinkSync(join(folder, "elsewhere"), path);
        else mkdirSync(path);
      }
      if (behavior === "renamed") {
        const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
        renames++;
        if (exists(path)) renameSync(path, `${path}.${stamp}-${String(500 + renames)}`);
      }
    },
    taken: () => [...gone, ...look().flatMap(({ lines }) => lines)],
    count: () => look().reduce((sum, { lines }) => sum + lines.length, gone.length),
    empty() {
      for (const { lines } of look()) gone.push(...lines);
      seen.clear();
      for (const each of readdirSync(folder)) rmSync(join(folder, each), { recursive: true });
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(away, { recursive: true, force: true });
    },
  };
}

/** Reads what has come to a file since. */
function readOn(path: string, file: Seen): void {
  const descriptor = openSync(path, "r");
  const piece = Buffer.alloc(65_536);
  for (;;) {
    const bytes = readSync(descriptor, piece, 0, piece.length, file.size);
    if (bytes === 0) break;
    file.size += bytes;
    const text = Buffer.concat([file.rest, piece.subarray(0, bytes)]);
    const end = text.lastIndexOf(0x0a) + 1;
    file.rest = text.subarray(end);
    if (end > 0) file.lines.push(...text.toString("utf8", 0, end - 1).split("\n"));
  }
  closeSync(descriptor);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
