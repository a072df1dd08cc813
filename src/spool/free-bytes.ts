import { builtin } from "../builtin.ts";

const { statfsSync } = builtin("node:fs");

/**
 * Bytes that a user without privileges may still write to the file system of `path`. Throws where the path is
 * not there.
 */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
