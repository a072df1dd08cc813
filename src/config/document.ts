// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from "yaml";
import { BadReference, interpolate, isTemplate, type Surroundings } from "./interpolate.ts";
import { type Path, type Place, Places, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";

/** A configuration file as data: references replaced, and where everything stood. */
export interface ConfigDocument {
  /** Objects without a prototype, arrays, text, numbers, booleans and null. */
  readonly value: unknown;
  readonly places: Places;
  /** Values written with references, by `pathText`. */
  readonly templates: ReadonlyMap<string, Template>;
  readonly problems: readonly Problem[];
}

export interface Template {
  readonly path: Path;
  readonly text: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Generous; a bomb of aliases grows by powers. */
const maxAliases = 100;

/** Reads YAML 1.2 (core schema): unique keys, plain text keys, no custom tags, one document. Never throws; collects problems. */
export function configDocument(text: string, surroundings: Surroundings): ConfigDocument {
  const lines = new LineCounter();
  const document = parsed(text, lines);
  const places = new Places();
  const templates = new Map<string, Template>();
  if (document === undefined) {
    const problems = [{ path: "", line: 0, column: 0, message: tooDeep }];
    return { value: undefined, places, templates, problems };
  }
  const problems: Problem[] = [...document.errors, ...document.warnings]
    .slice(0, 1)
    .map((error) => ({ path: "", ...place(error.pos[0]), ...complaint(error, text) }));
  if (problems.length > 0) return { value: undefined, places, templates, problems };

  let aliases = 0;
  return { value: walk(document.contents, []), places, templates, problems };

  function walk(node: unknown, path: Path): unknown {
    if (isAlias(node)) {
      if (++aliases > maxAliases) {
        if (aliases === maxAliases + 1) complain(path, "too many aliases");
        return undefined;
      }
      const target = node.resolve(document as Document);
      if (target !== undefined) return walk(target, path);
      complain(path, "there is no such anchor before this alias");
      return undefined;
    }
    if (isScalar(node)) {
      places.setValue(path, place(node.range?.[0] ?? 0));
      return typeof node.value === "string" && isTemplate(node.value)
        ? expanded(node.value, path)
        : node.value;
    }
    if (isSeq(node)) {
      places.setValue(path, place(node.range?.[0] ?? 0));
      return node.items.map((item, index) => walk(item, [...path, index]));
    }
    if (isMap(node)) {
      places.setValue(path, place(node.range?.[0] ?? 0));
      // Without a prototype `__proto__` is a key like any other: an unknown one.
      const value: Record<string, unknown> = Object.create(null);
      for (const { key, value: child } of node.items) {
        const name = isScalar(key) ? String(key.value) : String(key);
        const childPath = [...path, name];
        places.setKey(childPath, place(isScalar(key) ? (key.range?.[0] ?? 0) : 0));
        value[name] = walk(child, childPath);
      }
      return value;
    }
    return null;
  }

  function expanded(template: string, path: Path): string {
    try {
      const { text, files } = interpolate(template, surroundings);
      templates.set(pathText(path), { path, text: template, files });
      return text;
    } catch (error) {
      if (!(error instanceof BadReference)) throw error;
      complain(path, error.message, error.hint);
      return "";
    }
  }

  function complain(path: Path, message: string, hint?: string): void {
    problems.push({
      path: pathText(path),
      ...places.ofValue(path),
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  function place(offset: number): Place {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

const tooDeep = "nested too deeply";

/** Undefined when its nesting is deeper than the stack: the parser descends by calling itself. */
function parsed(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    return parseDocument(text, {
      version: "1.2",
      schema: "core",
      uniqueKeys: true,
      stringKeys: true,
      strict: true,
      resolveKnownTags: false,
      // Its messages would quote the file.
      prettyErrors: false,
      logLevel: "error",
      lineCounter,
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

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

/** In our words: the library's may quote a value. */
function complaint(error: YAMLError, text: string): { message: string; hint?: string } {
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
