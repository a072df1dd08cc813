import { type Document, LineCounter, parseDocument } from "yaml";
import type { Surroundings } from "./interpolate.ts";
import { type Place, Places } from "./position.ts";
import type { Problem } from "./problem.ts";
import { complaint, tooDeep } from "./yaml-complaint.ts";
import { type Template, valuesOf } from "./yaml-values.ts";

/** A configuration file as data: references replaced, and where everything stood. */
export interface ConfigDocument {
  /** Objects without a prototype, arrays, text, numbers, booleans and null. */
  readonly value: unknown;
  readonly places: Places;
  /** Values written with references, by `pathKey`. */
  readonly templates: ReadonlyMap<string, Template>;
  readonly problems: readonly Problem[];
}

/**
 * Reads YAML 1.2 (core schema): unique keys, plain text keys, no
 * custom tags, one document. Never throws; collects problems.
 */
export function configDocument(text: string, surroundings: Surroundings): ConfigDocument {
  const lines = new LineCounter();
  const document = parsed(text, lines);
  const found = { places: new Places(), templates: new Map<string, Template>(), problems: [] as Problem[] };
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document === undefined) {
    found.problems.push({ path: "", line: 0, column: 0, message: tooDeep });
    return { value: undefined, ...found };
  }
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    found.problems.push({ path: "", ...placeAt(error.pos[0]), ...complaint(error, text) });
    return { value: undefined, ...found };
  }
  return { value: valuesOf({ document, surroundings, placeAt, ...found }), ...found };
}

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
