import type { FileHandle } from "node:fs/promises";
import { builtin } from "../../builtin.ts";

const { constants, promises } = builtin("node:fs");
const { open } = promises;

/** Nobody writes to a file once it is there, not even its owner by mistake. */
const fileMode = 0o440;
/** So much of a file is in memory while it is compared. */
const partBytes = 256 * 1024;

/** Writes a file that is not there yet, and has it on disk. Rejects with what the system says. */
export async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, fileMode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Undefined where there is none; what is no regular file, or is reached by a link, is none. */
export function readWhole(path: string): Promise<Buffer | undefined> {
  return withFile(path, (handle) => handle.readFile());
}

/** Whether a file has these bytes: "none" where `readWhole` would find none. */
export async function compareWhole(path: string, bytes: Buffer): Promise<"none" | "same" | "other"> {
  const found = await withFile(path, (handle, size) =>
    size === bytes.length ? compare(handle, bytes) : "other",
  );
  return found ?? "none";
}

/** The file has as many. */
async function compare(handle: FileHandle, bytes: Buffer): Promise<"same" | "other"> {
  const part = Buffer.allocUnsafe(Math.min(bytes.length, partBytes));
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(part, 0, Math.min(part.length, bytes.length - at), at);
    const found = part.subarray(0, bytesRead);
    // It may have become shorter meanwhile.
    if (bytesRead === 0 || !found.equals(bytes.subarray(at, at + bytesRead))) return "other";
    at += bytesRead;
  }
  return "same";
}

async function withFile<Found>(
  path: string,
  look: (handle: FileHandle, size: number) => Promise<Found> | Found,
): Promise<Found | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    const handle = await open(path, flags);
    try {
      const found = await handle.stat();
      return found.isFile() ? await look(handle, found.size) : undefined;
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw error;
  }
}
