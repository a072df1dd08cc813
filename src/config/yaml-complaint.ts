// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import type { YAMLError } from "yaml";

/** Said of what the parser cannot descend into. */
export const tooDeep = "nested too deeply";

const complaints: Partial<Record<YAMLError["code"], string>> = {
  BAD_ALIAS: "an alias is not written correctly",
  BAD_DQ_ESCAPE: "an unknown escape in double quotes",
  BAD_INDENT: "the indentation here does not fit the lines around it",
  BAD_SCALAR_START: "a value must not begin with this character",
  BLOCK_AS_IMPLICIT_KEY: 'a value must not hold ": "',
  BLOCK_IN_FLOW: "lines of keys cannot stand inside { } or [ ]",
  DUPLICATE_KEY: "this key stands here for the second time",
  MISSING_CHAR: "a quote, bracket, comma or colon is missing",
  MULTILINE_IMPLICIT_KEY: "a colon or the space after it is missing, or a key goes over several lines",
  MULTIPLE_DOCS: "the file holds more than one document",
  NON_STRING_KEY: "a key must be plain text",
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: "a tab stands where spaces must",
  TAG_RESOLVE_FAILED: "tags (!name) are not allowed",
};
const quotable: ReadonlySet<YAMLError["code"]> = new Set([
  "BLOCK_AS_IMPLICIT_KEY",
  "BAD_SCALAR_START",
  "UNEXPECTED_TOKEN",
  "MISSING_CHAR",
]);

/** What is wrong with the YAML, in our words: the library's may quote a value. */
export function complaint(error: YAMLError, text: string): { message: string; hint?: string } {
  const { code, pos } = error;
  const line = text.slice(text.lastIndexOf("\n", pos[0] - 1) + 1).split("\n", 1)[0] ?? "";
  if (isIndentation(error, text))
    return { message: complaints.BAD_INDENT ?? "", hint: "keys of one group begin in the same column" };
  const message = complaints[code] ?? "not valid YAML here";
  if (quotable.has(code) && line.includes("${"))
    return { message, hint: 'inside { } and [ ] write references in quotes: "${NAME}"' };
  return quotable.has(code) ? { message, hint: "put the value in quotes" } : { message };
}

/** The library has other names for some lines that begin in the wrong column. */
function isIndentation({ code, pos, message }: YAMLError, text: string): boolean {
  if (code === "BLOCK_AS_IMPLICIT_KEY") return !/: /.test(text.slice(pos[0]).split("\n", 1)[0] ?? "");
  return code === "BAD_INDENT" || (code === "MISSING_CHAR" && message.startsWith("Sequence item without"));
}
