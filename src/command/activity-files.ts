import { builtin } from "../builtin.ts";
import { smallFile } from "../small-file.ts";
import { type Members, membersOf, NotMembers } from "./members.ts";

const { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, statSync, writeFileSync } =
  builtin("node:fs");

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
 * Writes a file that its owner alone may read, also where it was there before and others might. Throws
 * UnusableFile, also where it is the file `members` that was read.
 */
export function writeLookup(path: string, text: string, members: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error("it is not a regular file");
    const { dev, ino } = statSync(members);
    if (stat.dev === dev && stat.ino === ino) throw new Error("it is the file of --users");
    fchmodSync(descriptor, 0o600);
    ftruncateSync(descriptor, 0);
    writeFileSync(descriptor, text);
  } catch (error) {
    throw unusable("write", path, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function unusable(what: "read" | "write", path: string, error: unknown): UnusableFile {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  return new UnusableFile(
    `cannot ${what} ${path}: ${code ?? (error instanceof Error ? error.message : String(error))}`,
  );
}
