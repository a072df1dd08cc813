import type { Dirent } from "node:fs";
import { join } from "node:path";
import { builtin } from "../../builtin.ts";
import type { VolumeError } from "../stored-log/volume.ts";
import { fileFault } from "./file-faults.ts";

const { promises } = builtin("node:fs");

const special = /[*?[{]/;
/** Of the file system itself, and root's on every one that has it. */
const ownFolders: ReadonlySet<string> = new Set(["lost+found"]);

/** Whether a path stands for several files. One that is there as it is written is itself. */
export async function isPattern(path: string): Promise<boolean> {
  if (!special.test(path)) return false;
  return promises.lstat(path).then(
    () => false,
    () => true,
  );
}

/** The files of a pattern. A folder that it cannot look into shows nothing and says nothing: that is told. */
export async function* matching(path: string, trouble: (error: VolumeError) => void): AsyncGenerator<string> {
  const parts = partsOf(path);
  const first = parts.findIndex((part) => special.test(part));
  const folder = parts.slice(0, first).join("/") || (path.startsWith("/") ? "/" : ".");
  const fault = await faultOf(folder, true);
  if (fault !== undefined) {
    trouble(fault);
    return;
  }
  for (let at = first; at < parts.length; at++)
    for await (const closed of closedAmong(parts, at)) trouble(closed);
  yield* promises.glob(path);
}

/** Of the folders that the parts up to `at` stand for, those that the next part cannot be looked for in. */
async function* closedAmong(parts: readonly string[], at: number): AsyncGenerator<VolumeError> {
  const goesDeeper = parts[at] === "**";
  const next = parts[at + 1];
  if (next === undefined && !goesDeeper) return;
  const lists = goesDeeper || special.test(next ?? "");
  // A pattern goes through a link only where it names it.
  const links = !/[*?[]/.test(parts[at] ?? "") && parts[at - 1] !== "**";
  const found = promises.glob(parts.slice(0, at + 1).join("/"), { withFileTypes: true });
  for await (const entry of found) {
    if (!mayBeFolder(entry, links)) continue;
    const fault = await faultOf(join(entry.parentPath, entry.name), lists);
    if (fault !== undefined && fault.reason !== "nothing_there") yield fault;
  }
}

function mayBeFolder(entry: Dirent, links: boolean): boolean {
  return (entry.isDirectory() || (links && entry.isSymbolicLink())) && !ownFolders.has(entry.name);
}

/** Why nothing can be found in a folder; `lists`: not by its name alone. */
async function faultOf(folder: string, lists: boolean): Promise<VolumeError | undefined> {
  try {
    await promises.stat(`${folder}/.`);
    if (lists) await promises.readdir(folder);
    return undefined;
  } catch (error) {
    return fileFault(folder, error);
  }
}

/** The parts of a path between its slashes; one in braces is no end of a part. */
function partsOf(path: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of path) {
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character === "/" && depth <= 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}
