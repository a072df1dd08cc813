import { smallFile } from "../small-file.ts";
import type { FileText } from "./interpolate.ts";

/** A small text file: UTF-8, at most 1 MiB. Throws when it cannot be read. */
export function readText(path: string): FileText {
  const { bytes, ...rest } = smallFile(path);
  return { text: decode(bytes), ...rest };
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8 text");
  }
}
