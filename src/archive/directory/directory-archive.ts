import { join } from "node:path";
import { builtin } from "../../builtin.ts";
import type { Finding } from "../../finding.ts";
import { before, late } from "../../time/before.ts";
import { dayMs } from "../../time/clock.ts";
import { type ArchiveStore, type FoundFile, StoreError } from "../archive-store.ts";
import { directoryFault } from "./directory-fault.ts";
import { isInside, walk } from "./walk.ts";
import { compareWhole, readWhole, writeWhole } from "./whole-file.ts";

const { constants, promises } = builtin("node:fs");
const { link, mkdir, open, readdir, realpath, stat, unlink } = promises;

const directoryMode = 0o750;
const temporary = ".unfinished-";
/** What is older was left by a process that died, milliseconds. */
const leftMs = dayMs;

/** What a directory archive is made with. */
export interface DirectoryArchiveOptions {
  /** Absolute. It must be there: what is made by itself may lie under a mount that is missing. */
  readonly directory: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Makes random GUIDs. */
  readonly guid: () => string;
  /** Manifests tell what was stored: for what `findings` says. */
  readonly attested?: boolean | undefined;
}

/** An archive in a directory of this machine, or of a file system that is mounted. */
export function directoryArchive({ directory, now, guid, attested }: DirectoryArchiveOptions): ArchiveStore {
  /** Folders that were made, and in which nothing is left of a process that died; they may be gone again. */
  const known = new Set<string>();

  async function within<Made>(stop: AbortSignal, work: () => Promise<Made>): Promise<Made> {
    stop.throwIfAborted();
    const made = work().catch((error: unknown) => {
      throw directoryFault(directory, error);
    });
    const first = await before(stop, made);
    // It cannot be called back: whoever asks again meets what it does.
    if (first !== late) return first;
    made.catch(() => {});
    throw stop.reason;
  }

  async function prepare(folder: string, name: string): Promise<void> {
    if (known.has(folder) && (await isOnlyInside(directory, name))) return;
    await makeFolders(directory, name);
    await refuseLinks(directory, name);
    await cleanUp(folder, now() - leftMs);
    known.add(folder);
  }

  async function store(name: string, bytes: Buffer): Promise<"stored" | "exists"> {
    if (!isInside(name)) throw new StoreError("configuration", `${name} is no name of a file`, "none");
    await refuseUnsafe(directory);
    const path = join(directory, name);
    const folder = join(path, "..");
    await prepare(folder, name);
    const unfinished = join(folder, `${temporary}${guid()}`);
    if ((await compareWhole(path, bytes)) === "none")
      try {
        await writeWhole(unfinished, bytes);
        await link(unfinished, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      } finally {
        await unlink(unfinished).catch(() => {});
      }
    // Also where another process has put it there: it may have died before it came to that.
    await syncFolder(folder);
    return (await compareWhole(path, bytes)) === "same" ? "stored" : "exists";
  }

  return {
    where: `file://${directory}`,
    async *list(prefix: string, stop: AbortSignal): AsyncGenerator<FoundFile> {
      try {
        for await (const file of walk(directory, prefix)) {
          stop.throwIfAborted();
          yield file;
        }
      } catch (error) {
        stop.throwIfAborted();
        throw directoryFault(directory, error);
      }
    },
    read: (name, stop) =>
      within(stop, async () =>
        isInside(name) && (await isOnlyInside(directory, name))
          ? readWhole(join(directory, name))
          : undefined,
      ),
    put: (name, bytes, stop) => within(stop, () => store(name, bytes)),
    findings: async (stop) => {
      try {
        return await within(stop, () => findingsOf(directory, `${temporary}${guid()}`, attested));
      } catch (error) {
        const { message: text, fix } = error as StoreError;
        return [{ level: "problem", text, fix }];
      }
    },
    async close() {},
  };
}

async function refuseLinks(directory: string, name: string): Promise<void> {
  if (await isOnlyInside(directory, name)) return;
  throw new StoreError(
    "configuration",
    `${join(directory, name, "..")} is reached through a link`,
    "find out who made it, and put a directory in its place: what is stored behind it is not in the archive",
    { hold: true },
  );
}

/** Removes what was left in a folder before that time by processes that died. */
async function cleanUp(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(temporary)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < before) await unlink(path);
  }
}

async function findingsOf(directory: string, name: string, attested = false): Promise<Finding[]> {
  await refuseUnsafe(directory);
  const path = join(directory, name);
  await writeWhole(path, Buffer.from("check"));
  await unlink(path);
  const prevention =
    "to prevent it, store to a bucket with a lock (retain), or on a file system that is write-once";
  return [
    { level: "ok", text: `files can be stored in ${directory}` },
    {
      level: "warning",
      text: `nothing keeps whoever may write there from changing or removing files; ${attested ? "the manifests show it afterwards" : "nothing shows it afterwards"}`,
      fix: attested ? prevention : `attest: true makes manifests, which show it; ${prevention}`,
    },
  ];
}

/** No folder on the way to a file is a link that leads elsewhere. */
async function isOnlyInside(directory: string, name: string): Promise<boolean> {
  try {
    const folder = await realpath(join(directory, name, ".."));
    return folder === join(await realpath(directory), name, "..");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return false;
    throw error;
  }
}

async function refuseUnsafe(directory: string): Promise<void> {
  const found = await stat(directory);
  if (!found.isDirectory())
    throw new StoreError("configuration", `${directory} is no directory`, "correct url", { hold: true });
  if ((found.mode & 0o002) !== 0)
    throw new StoreError(
      "configuration",
      `every user may write in ${directory}`,
      `chmod o-w ${directory}: who may write there can replace the archive`,
      { hold: true },
    );
}

/** Each is on disk before something is put into it. */
async function makeFolders(directory: string, name: string): Promise<void> {
  let folder = directory;
  for (const part of name.split("/").slice(0, -1)) {
    const parent = folder;
    folder = join(folder, part);
    try {
      await mkdir(folder, directoryMode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    await syncFolder(parent);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
