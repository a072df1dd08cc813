import { builtin } from "../builtin.ts";

const { readFileSync } = builtin("node:fs");

/** So many one replay is about, at most: its filter is written down with every batch. */
export const mostUids = 10_000;
const uid = /^[0-9a-f]{32}$/;
/** More than so many take with whatever is between them. */
const longestInput = 1024 * 1024;

/**
 * Uids out of a list with commas, of a file with one a line (`FILE` or `@FILE`), or of standard input (`-`);
 * undefined where it is neither.
 */
export async function listedUids(
  given: string,
  stdin: AsyncIterable<Buffer | string>,
): Promise<readonly string[] | undefined> {
  if (given === "-") return uidsIn(await textOf(stdin));
  const listed = uidsIn(given);
  if (listed !== undefined) return listed;
  try {
    return uidsIn(readFileSync(given.replace(/^@/, ""), "utf8"));
  } catch {
    return undefined;
  }
}

function uidsIn(text: string): readonly string[] | undefined {
  const words = [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))];
  return words.length > 0 && words.every((word) => uid.test(word)) ? words : undefined;
}

async function textOf(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = "";
  for await (const piece of input) {
    text += piece;
    if (text.length > longestInput) break;
  }
  return text;
}
