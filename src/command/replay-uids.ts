import { smallFile } from "../small-file.ts";

/** So many one replay is about, at most: its filter is written down with every batch. */
export const mostUids = 10_000;
const uid = /^[0-9a-f]{32}$/i;
/** More than so many take with whatever is between them, MiB. */
const longestInput = 1;
const form = "32 hexadecimal digits each, with commas or line ends between";

/**
 * Uids out of a list with commas, of a file with one a line (`FILE` or `@FILE`), or of standard input (`-`);
 * in words where it is neither.
 */
export async function listedUids(
  given: string,
  stdin: AsyncIterable<Buffer | string>,
): Promise<readonly string[] | string> {
  if (given === "-") return uidsOfInput(stdin);
  const listed = uidsIn(given);
  if (typeof listed === "object") return listed;
  const neither = `${given} is neither a list of uids nor a file of them: ${form}`;
  try {
    const found = uidsIn(smallFile(given.replace(/^@/, ""), longestInput).bytes.toString());
    return typeof found === "object" ? found : `${neither}; ${found}`;
  } catch (error) {
    const isThere = !(error instanceof Error && "code" in error && error.code === "ENOENT");
    return isThere ? `${neither}; ${error instanceof Error ? error.message : String(error)}` : neither;
  }
}

/** In words where there is none, or something else: not what, as it may be any file. */
function uidsIn(text: string): readonly string[] | string {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  const uids = new Set<string>();
  for (const [at, line] of lines.entries())
    for (const word of line.split(/[\s,]+/)) {
      if (word === "") continue;
      if (!uid.test(word)) return `line ${at + 1} holds something else`;
      uids.add(word.toLowerCase());
    }
  return uids.size > 0 ? [...uids] : "nothing is in it";
}

async function uidsOfInput(input: AsyncIterable<Buffer | string>): Promise<readonly string[] | string> {
  let text = "";
  for await (const piece of input) {
    text += piece;
    if (text.length > longestInput * 1024 * 1024) return `standard input is larger than ${longestInput} MiB`;
  }
  const found = uidsIn(text);
  return typeof found === "object" ? found : `standard input has no list of uids (${form}): ${found}`;
}
