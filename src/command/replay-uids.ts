import { builtin } from "../builtin.ts";

const { readFileSync } = builtin("node:fs");

/** So many one replay is about, at most: what a daemon is asked with fits into one head of a request. */
export const mostUids = 170;
const uid = /^[0-9a-f]{32}$/;

/** Uids out of a list with commas, or of a file with one a line; undefined where it is neither. */
export function listedUids(given: string): readonly string[] | undefined {
  const parts = wordsOf(given);
  if (parts.every((part) => uid.test(part)) && parts.length > 0) return parts;
  let text: string;
  try {
    text = readFileSync(given, "utf8");
  } catch {
    return undefined;
  }
  const lines = wordsOf(text);
  return lines.length > 0 && lines.every((line) => uid.test(line)) ? lines : undefined;
}

function wordsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))];
}
