import { z } from "zod";
import type { ConfiguredOutput } from "../output/configured.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import type { ConfigDocument } from "./document.ts";
import { meaning, oneOf, problemsOf, valueAt } from "./issues.ts";
import { isPlannedKind } from "./planned.ts";
import { type Path, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";
import { isSecretAt } from "./schema-at.ts";
import { type Kinds, settings } from "./settings.ts";
import { typedReferences } from "./typed-references.ts";

/** The parts of a document that their schemas accept, and what is wrong with the others. */
export interface Parts {
  /** Absent when something is wrong with it. */
  readonly settings: z.output<typeof general> | undefined;
  readonly sources: readonly ConfiguredSource[];
  readonly outputs: readonly ConfiguredOutput[];
  readonly problems: readonly Problem[];
}

/** More sources or outputs than anyone has; keeps a senseless file from taking long. */
const mostParts = 200;

const general = z.strictObject({
  ...settings,
  sources: z.array(z.unknown()).min(1).max(mostParts),
  outputs: z.array(z.unknown()).min(1).max(mostParts),
});

/** Others must not read a secret; the group may (0640, Docker and Kubernetes secrets with a group). */
const tooOpen = 0o027;

/** Holds each part against its schema. Never throws: what is wrong is in `problems`. */
export function parseParts(document: ConfigDocument, kinds: Kinds): Parts {
  const problems: Problem[] = [...openSecrets(z.strictObject(settings), [], document)];
  const parsing: Parsing = { document, problems };
  return {
    settings: parsed(general, [], parsing),
    sources: parsedList("sources", kinds.sources, parsing),
    outputs: parsedList("outputs", kinds.outputs, parsing),
    problems,
  };
}

/** The document, and where its problems are collected. */
interface Parsing {
  readonly document: ConfigDocument;
  readonly problems: Problem[];
}

/** What every kind of part brings. */
interface PartKind<Part> {
  readonly type: string;
  readonly schema: z.ZodType<Part>;
}

function parsed<Part>(
  schema: z.ZodType<Part>,
  at: Path,
  { document: { value, places, templates, problems: known }, problems }: Parsing,
): Part | undefined {
  let part = valueAt(value, at);
  let result = schema.safeParse(part);
  if (!result.success && templates.size > 0) {
    part = typedReferences(part, result.error.issues, at, templates);
    result = schema.safeParse(part);
  }
  if (result.success) return result.data;
  const unresolved = new Set(known.map(({ path }) => path));
  problems.push(...problemsOf(result.error.issues, { value: part, schema, at, places, unresolved }));
  return undefined;
}

function parsedList<Part>(
  list: "sources" | "outputs",
  kinds: readonly PartKind<Part>[],
  parsing: Parsing,
): Part[] {
  const items = valueAt(parsing.document.value, [list]);
  return (Array.isArray(items) ? items.slice(0, mostParts) : []).flatMap((_, index) => {
    const at = [list, index];
    const kind = kindOf(list, index, kinds, parsing);
    if (kind === undefined) return [];
    parsing.problems.push(...openSecrets(kind.schema, at, parsing.document));
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
  else if (isPlannedKind(list, type)) problems.push({ ...problem, message: "not available in this version" });
  else problems.push({ ...problem, message: `must be ${oneOf(types)}`, ...meaning(type, types) });
  return undefined;
}

/** Also where the part has other problems, so that all are seen at once. */
function openSecrets(schema: z.ZodType, at: Path, { places, templates }: ConfigDocument): Problem[] {
  return [...templates.values()].flatMap((template) => {
    const inside = at.every((part, index) => template.path[index] === part);
    const open = template.files.find(({ mode }) => (mode & tooOpen) !== 0);
    if (!inside || open === undefined || !isSecretAt(schema, template.path.slice(at.length))) return [];
    return [
      {
        path: pathText(template.path),
        ...places.ofValue(template.path),
        message: `too many may read the secret in ${open.path} (mode 0${(open.mode & 0o777).toString(8)})`,
        hint: "chmod 0640 or less; with Docker and Kubernetes secrets set the mode to 0440",
      },
    ];
  });
}
