import { builtin } from "./builtin.ts";

const { closeSync, constants, fstatSync, openSync, readSync } = builtin("node:fs");

const mebibyte = 1024 * 1024;

/** What a file held, its permission bits, and when it was written. */
export interface SmallFile {
  readonly bytes: Buffer;
  readonly mode: number;
  /** Epoch milliseconds. */
  readonly writtenAt: number;
}

/**
 * A regular file of at most 1 MiB, such as a configuration, a secret or a certificate, or of so many as are
 * said. Throws when it cannot be read.
 */
export function smallFile(path: string, mebibytes = 1): SmallFile {
  const maxBytes = mebibytes * mebibyte;
  // A pipe that nobody writes to must not hang whoever reads.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) throw new Error("it is a folder");
    if (!stat.isFile()) throw new Error("it is not a regular file");
    // The size is a hint alone: the file may grow while it is read.
    let bytes = Buffer.alloc(Math.min(stat.size, maxBytes) + 1);
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += read;
      if (length > maxBytes) throw new Error(`it is larger than ${mebibytes} MiB`);
      if (read === 0) break;
      if (length === bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(maxBytes + 1 - length)]);
    }
    return { bytes: bytes.subarray(0, length), mode: stat.mode & 0o777, writtenAt: stat.mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}
