import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { builtin } from "../../builtin.ts";
import { FileTrouble } from "./file-result.ts";
import { type Leftover, leftoverOf, nothingLeft } from "./leftover.ts";
import { placeOf, rotatedFiles, type Written } from "./rotation.ts";

const { constants, promises } = builtin("node:fs");
const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } =
  constants;

/** What a file is opened with. */
export interface FilePlace {
  readonly path: string;
  /** Permissions of a file that is made; one that is there loses those beyond them. */
  readonly mode: number;
  /** The user that runs this program, where the system has users. */
  readonly uid: number | undefined;
  /** No two events have the same line. */
  readonly known: boolean;
  /** So much of the end is looked at. */
  readonly tailBytes: number;
}

/** A file that is written to at its end, whoever else may write to it or cut it. */
export interface OpenFile extends Written {
  readonly handle: FileHandle;
  readonly id: string;
  readonly leftover: Leftover;
}

/** What one file is told apart from all others by. */
export function fileId({ dev, ino }: Pick<Stats, "dev" | "ino">): string {
  return `${dev}:${ino}`;
}

/**
 * Opens the file, or makes it. What its end holds is on disk then. Rejects with FileTrouble or what the
 * system says.
 */
export async function openFile(place: FilePlace): Promise<OpenFile> {
  const found = await foundAt(place.path);
  if (found === undefined) return { ...(await madeFile(place)), leftover: await ofRotated(place) };
  checkFile(place, found);
  const leftover = await leftIn(place, found);
  const handle = await promises.open(place.path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = await handle.stat();
    checkFile(place, stats);
    if (fileId(stats) !== fileId(found)) throw replaced(place.path);
    if ((stats.mode & 0o777 & ~place.mode) !== 0) await handle.chmod(stats.mode & place.mode);
    return { handle, id: fileId(stats), size: stats.size, writtenAt: found.mtimeMs, begunAt: 0, leftover };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A new file under the name, which is free. Its name is on disk when this resolves. */
export async function madeFile({ path, mode }: FilePlace): Promise<OpenFile> {
  const handle = await promises.open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    // Whatever the process's own mask takes away.
    await handle.chmod(mode);
    await handle.sync();
    await syncFolder(path);
    const stats = await handle.stat();
    return { handle, id: fileId(stats), size: 0, writtenAt: 0, begunAt: 0, leftover: nothingLeft() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The names in the file's folder are on disk when this resolves. */
async function syncFolder(path: string): Promise<void> {
  const handle = await promises.open(placeOf(path).folder, O_RDONLY | O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What stands under the name, itself and not what a link leads to. */
export async function foundAt(path: string): Promise<Stats | undefined> {
  try {
    return await promises.lstat(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Throws FileTrouble where somebody else could have put the file there. */
export function checkFile({ path, uid }: Pick<FilePlace, "path" | "uid">, stats: Stats): void {
  const refuse = (words: string, fix: string) => {
    throw new FileTrouble("wrong_destination", `${path}: ${words}`, fix);
  };
  if (stats.isSymbolicLink())
    refuse(
      "it is a symbolic link, which is not followed",
      "write the path it leads to, and find out who made the link: whoever may write to the folder could lead events elsewhere",
    );
  if (!stats.isFile()) refuse("it is no regular file", "name a file: `path`; remove what stands there");
  if (uid !== undefined && stats.uid !== uid)
    refuse(
      `it belongs to user ${stats.uid}, not to ${uid}, which runs this program`,
      `remove it or give it to that user (chown ${uid}): its owner could read and change what is written`,
    );
  if (stats.nlink > 1)
    refuse("the file has another name too", "remove the other hard link, or move this file away");
}

/**
 * What the end of the file holds. It is written once more to where it is, byte for byte: a disk that failed
 * to write it before would not try again by itself, and say nothing.
 */
async function leftIn(place: FilePlace, found: Stats): Promise<Leftover> {
  const handle = await promises.open(place.path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (fileId(stats) !== fileId(found)) throw replaced(place.path);
    const { piece, whole } = await endOf(handle, stats.size, place.tailBytes);
    for (let at = 0; at < piece.length; )
      at += (await handle.write(piece, at, piece.length - at, stats.size - piece.length + at)).bytesWritten;
    await handle.sync();
    await syncFolder(place.path);
    const here = leftoverOf(piece, { whole, known: place.known });
    if (!whole || !place.known) return here;
    const before = await ofRotated({ ...place, tailBytes: place.tailBytes - stats.size });
    return { lines: new Set([...before.lines, ...here.lines]), half: here.half };
  } finally {
    await handle.close();
  }
}

/** The last lines of the files that had the name before; they were on disk when they gave it away. */
async function ofRotated({ path, uid, known, tailBytes }: FilePlace): Promise<Leftover> {
  const lines = new Set<string>();
  let left = tailBytes;
  for (const before of known ? await rotatedFiles(path, uid) : []) {
    if (left <= 0) break;
    const handle = await promises.open(before.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) continue;
      const { piece, whole } = await endOf(handle, stats.size, left);
      for (const line of leftoverOf(piece, { whole, known }).lines) lines.add(line);
      left -= stats.size;
    } finally {
      await handle.close();
    }
  }
  return { lines, half: nothingLeft().half };
}

/** What stands between two lengths of a file. */
export async function readBetween(path: string, from: number, to: number): Promise<Buffer> {
  const handle = await promises.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    return (await endOf(handle, to, to - from)).piece;
  } finally {
    await handle.close();
  }
}

async function endOf(
  handle: FileHandle,
  size: number,
  most: number,
): Promise<{ readonly piece: Buffer; readonly whole: boolean }> {
  const length = Math.min(size, most);
  const piece = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(piece, read, length - read, size - length + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return { piece: piece.subarray(0, read), whole: length === size };
}

function replaced(path: string): FileTrouble {
  return new FileTrouble(
    "file_changed",
    `${path}: somebody else replaced it at this moment`,
    "find out what else writes or rotates there",
  );
}
