import { join } from "node:path";
import { builtin } from "../../builtin.ts";
import type { FoundFile } from "../archive-store.ts";

const { lstat, readdir } = builtin("node:fs").promises;

/** Whether a name leads to a place below the one that it is relative to. */
export function isInside(name: string): boolean {
  return name !== "" && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/**
 * Files below a directory whose names begin so. What begins with a dot is none of them. Links and the like
 * are shown, as whoever looks through an archive has to know of them, and never followed.
 */
export async function* walk(directory: string, prefix: string): AsyncGenerator<FoundFile> {
  const below = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  yield* walkFolder(directory, below, prefix);
}

async function* walkFolder(directory: string, folder: string, prefix: string): AsyncGenerator<FoundFile> {
  for (const entry of await entriesOf(join(directory, folder), folder === "")) {
    const name = `${folder}${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    const path = `${name}/`;
    if (entry.isDirectory() && (path.startsWith(prefix) || prefix.startsWith(path)))
      yield* walkFolder(directory, path, prefix);
    else if (!entry.isDirectory() && name.startsWith(prefix)) {
      const found = await lstat(join(directory, name)).catch(() => undefined);
      if (found !== undefined) yield { name, size: found.size, changedAt: Math.floor(found.mtimeMs) };
    }
  }
}

/** None of a folder that is not there, but for the first. */
async function entriesOf(path: string, isFirst: boolean) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!isFirst && (code === "ENOENT" || code === "ENOTDIR")) return [];
    throw error;
  }
}
