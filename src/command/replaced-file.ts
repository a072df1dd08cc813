import { basename, dirname, join } from "node:path";
import { builtin } from "../builtin.ts";
import { systemRandom } from "../random.ts";

const { closeSync, constants, fchmodSync, fchownSync, fsyncSync, lstatSync, openSync, renameSync, rmSync } =
  builtin("node:fs");
const { fstatSync, writeFileSync } = builtin("node:fs");

/** Which file a path leads to. */
export interface FileNumber {
  readonly dev: number;
  readonly ino: number;
}

/**
 * Puts a file where there was another or none: whoever reads it sees the old one or the new one, also after a
 * crash. Owner, group and mode stay where somebody chose them; what everybody could read, and a new one, its
 * owner alone may. Follows no link. Throws an Error that says what is there instead, or that `spared` is.
 */
export function replaceFile(path: string, text: string, spared?: FileNumber): void {
  const before = lstatSync(path, { throwIfNoEntry: false });
  if (before?.isSymbolicLink() === true) throw new Error("it is a link: name the file itself");
  if (before?.isDirectory() === true) throw new Error("it is a folder");
  if (before !== undefined && !before.isFile()) throw new Error("it is not a regular file");
  if (before !== undefined && before.dev === spared?.dev && before.ino === spared.ino)
    throw new Error("it is the file of --users");
  const folder = dirname(path);
  const unfinished = join(folder, `.${basename(path)}.${systemRandom.bytes(8).toString("hex")}`);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    if (before !== undefined) keepRights(descriptor, before);
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
    renameSync(unfinished, path);
    syncFolder(folder);
  } catch (error) {
    if (descriptor !== undefined) rmSync(unfinished, { force: true });
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** What everybody may read was hardly meant to be. */
function keepRights(
  descriptor: number,
  { uid, gid, mode }: { readonly uid: number; readonly gid: number; readonly mode: number },
): void {
  const now = fstatSync(descriptor);
  if (now.uid !== uid || now.gid !== gid) fchownSync(descriptor, uid, gid);
  fchmodSync(descriptor, (mode & 0o007) === 0 ? mode & 0o660 : 0o600);
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
