import { builtin } from "../builtin.ts";
import { smallFile } from "../small-file.ts";
import { type Members, membersOf, NotMembers } from "./members.ts";
import { replaceFile } from "./replaced-file.ts";

const { statSync } = builtin("node:fs");

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
 * `members` that was read.
 */
export function writeLookup(path: string, text: string, members: string): void {
  try {
    replaceFile(path, text, statSync(members));
  } catch (error) {
    throw unusable("write", path, error);
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
