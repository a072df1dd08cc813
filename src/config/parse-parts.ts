import { z } from "zod";
import type { ConfiguredOutput } from "../output/configured.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import type { ConfigDocument } from "./document.ts";
import { meaning, oneOf, problemsOf, valueAt } from "./issues.ts";
import { type OpenSecret, openSecrets } from "./open-secrets.ts";
import { type Path, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";
import { type Kinds, settings } from "./settings.ts";
import { typedReferences } from "./typed-references.ts";

/** The parts of a document that their schemas accept, and what is wrong with the others. */
export interface Parts {
  /** Absent when something is wrong with it. */
  readonly settings: z.output<typeof general> | undefined;
  readonly sources: readonly ConfiguredSource[];
  readonly outputs: readonly ConfiguredOutput[];
  /** What each of them was made of. */
  readonly outputValues: readonly unknown[];
  readonly problems: readonly Problem[];
  /** Secrets in files that others may read. */
  readonly openSecrets: readonly OpenSecret[];
}

/** More sources or outputs than anyone has; keeps a senseless file from taking long. */
const mostParts = 200;

const general = z.strictObject({
  ...settings,
  sources: z.array(z.unknown()).min(1).max(mostParts),
  outputs: z.array(z.unknown()).min(1).max(mostParts),
});

/** Holds each part against its schema. Never throws: what is wrong is in `problems`. */
export function parseParts(document: ConfigDocument, kinds: Kinds): Parts {
  const problems: Problem[] = [];
  const open = openSecrets(z.strictObject(settings), [], document);
  const parsing: Parsing = { document, problems, openSecrets: open };
  const outputs = parsedList("outputs", kinds.outputs, parsing);
  return {
    settings: parsed(general, [], parsing)?.part,
    sources: parsedList("sources", kinds.sources, parsing).map(({ part }) => part),
    outputs: outputs.map(({ part }) => part),
    outputValues: outputs.map(({ value }) => value),
    problems,
    openSecrets: open,
  };
}

/** The document, and where what is found about it is collected. */
interface Parsing {
  readonly document: ConfigDocument;
  readonly problems: Problem[];
  readonly openSecrets: OpenSecret[];
}

/** What every kind of part brings. */
interface PartKind<Part> {
  readonly type: string;
  readonly schema: z.ZodType<Part>;
}

/** A part, and the value that its schema made it of. */
interface Parsed<Part> {
  readonly part: Part;
  readonly value: unknown;
}

function parsed<Part>(
  schema: z.ZodType<Part>,
  at: Path,
  { document: { value, places, templates, problems: known }, problems }: Parsing,
): Parsed<Part> | undefined {
  let given = valueAt(value, at);
  let result = schema.safeParse(given);
  if (!result.success && templates.size > 0) {
    given = typedReferences(given, result.error.issues, at, templates);
    result = schema.safeParse(given);
  }
  if (result.success) return { part: result.data, value: given };
  const unresolved = new Set(known.map(({ path }) => path));
  problems.push(...problemsOf(result.error.issues, { value: given, schema, at, places, unresolved }));
  return undefined;
}

function parsedList<Part>(
  list: "sources" | "outputs",
  kinds: readonly PartKind<Part>[],
  parsing: Parsing,
): Parsed<Part>[] {
  const items = valueAt(parsing.document.value, [list]);
  return (Array.isArray(items) ? items.slice(0, mostParts) : []).flatMap((_, index) => {
    const at = [list, index];
    const kind = kindOf(list, index, kinds, parsing);
    if (kind === undefined) return [];
    parsing.openSecrets.push(...openSecrets(kind.schema, at, parsing.document));
    const part = parsed(kind.schema, at, parsing);
    return part === undefined ? [] : [part];
  });
}

function kindOf<Part>(
  list: "sources" | "outputs",
  index: number,
  kinds: readonly PartKind<Part>[],
  { document: { value, places }, problems }: Parsing,
): PartKind<Part> | undefined {
  const types = kinds.map(({ type }) => type);
  const full = [list, index, "type"];
  const type = valueAt(value, full);
  const kind = kinds.find((one) => one.type === type);
  if (kind !== undefined) return kind;
  const problem = { path: pathText(full), ...places.ofValue(full) };
  if (type === undefined)
    problems.push({ ...problem, message: "missing", hint: `it must be ${oneOf(types)}` });
  else problems.push({ ...problem, message: `must be ${oneOf(types)}`, ...meaning(type, types) });
  return undefined;
}
