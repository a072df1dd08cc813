import { builtin } from "../../builtin.ts";

const { promises } = builtin("node:fs");

/** When a file gives its name to a new one, and what stays of those that did; times in milliseconds. */
export interface Rotation {
  /** Whether this program rotates. Otherwise others do, and are followed. */
  readonly ours: boolean;
  readonly maxBytes: number;
  /** From one full one to the next, UTC; 0: never. */
  readonly everyMs: number;
  /** No file gives its name away sooner. */
  readonly minIntervalMs: number;
  readonly keep: number;
  readonly minAgeMs: number;
  readonly maxAgeMs: number | undefined;
}

/** A file as it is before something is written to it. */
export interface Written {
  readonly size: number;
  /** When something was written to it last, epoch milliseconds. */
  readonly writtenAt: number;
  /** When it was begun, epoch milliseconds; 0 where it was there already. */
  readonly begunAt: number;
}

/**
 * Whether the file gives its name to a new one before so many bytes more are written. An empty one never
 * does.
 */
export function rotationDue(rotation: Rotation, file: Written, more: number, nowMs: number): boolean {
  const { ours, maxBytes, everyMs, minIntervalMs } = rotation;
  if (!ours || file.size === 0) return false;
  // A reader that looks by the name misses a file that had it for less time than it takes to look.
  if (nowMs >= file.begunAt && nowMs - file.begunAt < minIntervalMs) return false;
  if (file.size + more > maxBytes) return true;
  return everyMs > 0 && Math.floor(nowMs / everyMs) > Math.floor(file.writtenAt / everyMs);
}

/** A file that gave its name to another. */
export interface Rotated {
  readonly path: string;
  readonly at: number;
}

const stamp = /^\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-\d{3,})?$/;

/** The folder of a path and the name in it. */
export function placeOf(path: string): { readonly folder: string; readonly name: string } {
  const end = path.lastIndexOf("/");
  return { folder: path.slice(0, end) || "/", name: path.slice(end + 1) };
}

/**
 * Those that this output has rotated, the newest first. A link, or a file of another user than `uid`, has
 * such a name from somebody else: it says nothing, and counts for nothing.
 */
export async function rotatedFiles(path: string, uid: number | undefined): Promise<Rotated[]> {
  const { folder, name } = placeOf(path);
  const named = (await promises.readdir(folder)).filter(
    (each) => each.startsWith(`${name}.`) && stamp.test(each.slice(name.length)),
  );
  const owned = await Promise.all(named.map((each) => isOwn(`${folder}/${each}`, uid)));
  return named
    .filter((_, index) => owned[index])
    .map((each) => ({ each, found: stamp.exec(each.slice(name.length)) }))
    .sort((one, other) => (one.each < other.each ? 1 : -1))
    .map(({ each, found }) => {
      const [, ...parts] = found as unknown as readonly string[];
      const [year = 0, month = 1, day, hour, minute, second] = parts.map(Number);
      return { path: `${folder}/${each}`, at: Date.UTC(year, month - 1, day, hour, minute, second) };
    });
}

async function isOwn(path: string, uid: number | undefined): Promise<boolean> {
  try {
    const stats = await promises.lstat(path);
    return stats.isFile() && (uid === undefined || stats.uid === uid);
  } catch (error) {
    // Gone meanwhile.
    if ((error as { code?: unknown }).code === "ENOENT") return false;
    throw error;
  }
}

/** A name for the file that gives its own away: of the time, and unused. */
export async function rotatedName(path: string, nowMs: number): Promise<string> {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  for (let count = 1; ; count++) {
    const name = count === 1 ? `${path}.${time}` : `${path}.${time}-${String(count).padStart(3, "0")}`;
    const taken = await promises.lstat(name).then(
      () => true,
      (error) => {
        if (error.code === "ENOENT") return false;
        throw error;
      },
    );
    if (!taken) return name;
  }
}

/**
 * Removes rotated files: those beyond the newest `keep`, and the old. None before its least age, for readers
 * that are behind. Gives back what could not be removed, in words.
 */
export async function removeOld(
  { path, uid }: { readonly path: string; readonly uid: number | undefined },
  rotation: Rotation,
  nowMs: number,
): Promise<string | undefined> {
  if (!rotation.ours) return undefined;
  const { keep, minAgeMs, maxAgeMs } = rotation;
  try {
    for (const [index, { path: each, at }] of (await rotatedFiles(path, uid)).entries()) {
      const age = nowMs - at;
      if (age < minAgeMs) continue;
      if (index >= keep || (maxAgeMs !== undefined && age >= maxAgeMs)) await promises.unlink(each);
    }
    return undefined;
  } catch (error) {
    return `files that were rotated cannot be removed (${(error as { code?: unknown }).code}): look at the folder of ${path}`;
  }
}
