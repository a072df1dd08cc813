import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { builtin } from "../../builtin.ts";
import { type Look, type Shelf, type Volume, VolumeError, volumeChanged } from "../stored-log/volume.ts";
import { fileFault, notAFile, nothingMatches } from "./file-faults.ts";
import { isPattern, matching } from "./pattern.ts";

const { promises } = builtin("node:fs");

const readBytes = 256 * 1024;

/** The files of a path or a pattern. */
export function fileShelf(path: string): Shelf {
  return {
    noun: "file",
    list: (look) => files(path, look),
    open: (volume, from, to, stop) => bytesOf(volume, from, to, stop),
  };
}

async function* files(path: string, { known, found, trouble, stop }: Look): AsyncGenerator<Volume> {
  const seen = new Set<string>();
  const pattern = await isPattern(path);
  for await (const name of pattern ? matching(path, trouble) : [path]) {
    stop.throwIfAborted();
    const volume = await look(name, pattern, trouble);
    // Two names of one file show it once.
    if (volume === undefined || seen.has(volume.id)) continue;
    seen.add(volume.id);
    yield volume;
  }
  if (pattern && seen.size === 0 && !found) trouble(nothingMatches(path));
  yield* renamed(known, seen);
}

async function look(name: string, pattern: boolean, trouble: Look["trouble"]): Promise<Volume | undefined> {
  try {
    const stats = await promises.stat(name, { bigint: true });
    if (stats.isFile()) return volumeOf(name, stats);
    if (!pattern) trouble(notAFile(name, stats.isDirectory()));
  } catch (error) {
    trouble(fileFault(name, error));
  }
  return undefined;
}

function volumeOf(name: string, stats: BigIntStats): Volume {
  return {
    name,
    id: idOf(stats),
    version: `${stats.size} ${stats.mtimeNs}`,
    size: Number(stats.size),
    changedAt: Number(stats.ctimeMs),
  };
}

function idOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** Known files that have been renamed and do not match any more: they may have been written to since. */
async function* renamed(known: Look["known"], seen: ReadonlySet<string>): AsyncGenerator<Volume> {
  const lost = [...known].filter(([id]) => !seen.has(id));
  const folders = new Set(lost.map(([, { name }]) => name.replace(/[^/]*$/, "") || "./"));
  const wanted = new Set(lost.map(([id]) => id));
  for (const folder of folders) {
    const names = await promises.readdir(folder).catch(() => []);
    for (const name of names) {
      const stats = await promises.stat(folder + name, { bigint: true }).catch(() => undefined);
      if (stats?.isFile() && wanted.delete(idOf(stats))) yield volumeOf(folder + name, stats);
    }
  }
}

async function* bytesOf(volume: Volume, from: number, to: number, stop: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await opened(volume.name);
  try {
    const stats = await handle.stat({ bigint: true });
    if (idOf(stats) !== volume.id) throw volumeChanged(volume.name);
    for (let at = from; at < to; ) {
      stop.throwIfAborted();
      const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, to - at));
      const { bytesRead } = await read(handle, buffer, at, volume.name);
      if (bytesRead === 0) throw volumeChanged(volume.name);
      at += bytesRead;
      yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function opened(name: string): Promise<FileHandle> {
  try {
    return await promises.open(name, "r");
  } catch (error) {
    throw (error as { code?: unknown }).code === "ENOENT" ? volumeChanged(name) : fileFault(name, error);
  }
}

async function read(handle: FileHandle, buffer: Buffer, at: number, name: string) {
  try {
    return await handle.read(buffer, 0, buffer.length, at);
  } catch (error) {
    throw error instanceof VolumeError ? error : fileFault(name, error);
  }
}
