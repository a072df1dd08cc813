import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { FileText } from "./interpolate.ts";

const maxBytes = 1024 * 1024;

/** A small text file (UTF-8, at most 1 MiB) and its permission bits. Throws when it cannot be read. */
export function readText(path: string): FileText {
  // A pipe that nobody writes to must not hang the start.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) throw new Error("it is a folder");
    if (!stat.isFile()) throw new Error("it is not a regular file");
    const bytes = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += read;
      if (length > maxBytes) throw new Error("it is larger than 1 MiB");
      if (read === 0) break;
    }
    return { text: decode(bytes.subarray(0, length)), mode: stat.mode & 0o777 };
  } finally {
    closeSync(descriptor);
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8 text");
  }
}
