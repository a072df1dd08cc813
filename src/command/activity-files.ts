import { builtin } from "../builtin.ts";
import { smallFile } from "../small-file.ts";
import { type Members, membersOf, NotMembers } from "./members.ts";
import { replaceFile } from "./replaced-file.ts";

const { closeSync, constants, lstatSync, openSync, readSync, statSync } = builtin("node:fs");

/** More than the export of a hundred thousand members, MiB. */
const largestExport = 64;

/** A file that cannot be read or written, or is not what it should be, for people. */
export class UnusableFile extends Error {
  override readonly name = "UnusableFile";
}

/** The members in a file that W&B exported: a regular one, of at most 64 MiB. Throws UnusableFile. */
export function readMembers(path: string): Members {
  try {
    return membersOf(smallFile(path, largestExport).bytes.toString());
  } catch (error) {
    if (error instanceof NotMembers) throw new UnusableFile(`${path}: ${error.message}`);
    throw unusable("read", path, error);
  }
}

/**
 * Puts a lookup in place of the one before, as `replaceFile`. Throws UnusableFile, also where it is the file
 * `members` that was read, or anything but a lookup.
 */
export function writeLookup(path: string, text: string, members: string): void {
  try {
    const spared = statSync(members);
    const there = lstatSync(path, { throwIfNoEntry: false });
    const isSpared = there?.dev === spared.dev && there.ino === spared.ino;
    if (there?.isFile() === true && there.size > 0 && !isSpared && !beginsAs(path, text))
      throw new Error("it is there and is no lookup: remove it, or name another file");
    replaceFile(path, text, spared);
  } catch (error) {
    throw unusable("write", path, error);
  }
}

/** Whether what is there has the titles of what is to be put in its place. */
function beginsAs(path: string, text: string): boolean {
  const titles = Buffer.from(text.slice(0, text.indexOf("\n") + 1));
  const head = Buffer.alloc(titles.length);
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return readSync(descriptor, head, 0, head.length, 0) === titles.length && head.equals(titles);
  } finally {
    closeSync(descriptor);
  }
}

function unusable(what: "read" | "write", path: string, error: unknown): UnusableFile {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const why =
    what === "write" && (code === "EACCES" || code === "EPERM" || code === "EROFS")
      ? `${code}: its folder has to be writable, because the file is replaced as a whole, and its owner and group to be ours`
      : (code ?? (error instanceof Error ? error.message : String(error)));
  return new UnusableFile(`cannot ${what} ${path}: ${why}`);
}
