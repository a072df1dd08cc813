import { z } from "zod";
import type { OutputKind } from "../output/output.ts";
import type { SourceKind } from "../source/source.ts";
import type { ConfiguredOutput, ConfiguredSource, OutputConfig, SourceConfig } from "./config.ts";
import type { ConfigDocument } from "./document.ts";
import { meaning, oneOf, problemsOf, valueAt } from "./issues.ts";
import { isPlannedValue } from "./planned.ts";
import { type Path, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";
import { isSecretAt } from "./schema-at.ts";
import { type Kinds, settings } from "./settings.ts";

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

export function parseParts(document: ConfigDocument, kinds: Kinds): Parts {
  const { value, places, templates } = document;
  const problems: Problem[] = [];
  const unresolved = new Set(document.problems.map(({ path }) => path));

  function parse<T>(schema: z.ZodType<T>, at: Path): T | undefined {
    let part = valueAt(value, at);
    let result = schema.safeParse(part);
    if (!result.success && templates.size > 0) {
      part = typed(part, result.error.issues, at, templates);
      result = schema.safeParse(part);
    }
    if (result.success) return result.data;
    problems.push(...problemsOf(result.error.issues, { value: part, schema, at, places, unresolved }));
    return undefined;
  }

  function parseList<K extends SourceKind | OutputKind>(list: "sources" | "outputs", known: readonly K[]) {
    const items = valueAt(value, [list]);
    return (Array.isArray(items) ? items.slice(0, mostParts) : []).flatMap((item, index) => {
      const at = [list, index];
      const kind = kindOf(item, at, known);
      if (kind === undefined) return [];
      checkModes(kind.schema, at);
      const config = parse(kind.schema, at);
      return config === undefined ? [] : [{ kind, config }];
    });
  }

  function kindOf<K extends SourceKind | OutputKind>(
    item: unknown,
    at: Path,
    known: readonly K[],
  ): K | undefined {
    const types = known.map(({ type }) => type);
    const type = valueAt(item, ["type"]);
    const kind = known.find((one) => one.type === type);
    if (kind !== undefined) return kind;
    const full = [...at, "type"];
    const problem = { path: pathText(full), ...places.ofValue(full) };
    if (type === undefined)
      problems.push({ ...problem, message: "missing", hint: `it must be ${oneOf(types)}` });
    else if (isPlannedValue(full, type))
      problems.push({ ...problem, message: "not available in this version" });
    else problems.push({ ...problem, message: `must be ${oneOf(types)}`, ...meaning(type, types) });
    return undefined;
  }

  /** Also where the part has other problems, so that all are seen at once. */
  function checkModes(schema: z.ZodType, at: Path): void {
    for (const template of templates.values()) {
      const inside = at.every((part, index) => template.path[index] === part);
      const open = template.files.find(({ mode }) => (mode & tooOpen) !== 0);
      if (!inside || open === undefined || !isSecretAt(schema, template.path.slice(at.length))) continue;
      problems.push({
        path: pathText(template.path),
        ...places.ofValue(template.path),
        message: `too many may read the secret in ${open.path} (mode 0${(open.mode & 0o777).toString(8)})`,
        hint: "chmod 0640 or less; with Docker and Kubernetes secrets set the mode to 0440",
      });
    }
  }

  checkModes(z.strictObject(settings), []);
  const parsed = {
    settings: parse(general, []),
    sources: parseList("sources", kinds.sources),
    outputs: parseList("outputs", kinds.outputs),
  };
  return {
    settings: parsed.settings,
    sources: parsed.sources.map(({ kind, config }) => ({ kind, config: config as SourceConfig })),
    outputs: parsed.outputs.map(({ kind, config }) => ({ kind, config: config as OutputConfig })),
    problems,
  };
}

/** What came in by a reference is text: where a number or a boolean is wanted and the text is one, it becomes one. */
function typed(
  part: unknown,
  issues: readonly z.core.$ZodIssue[],
  at: Path,
  templates: ConfigDocument["templates"],
): unknown {
  const copy = structuredClone(part);
  for (const issue of issues) {
    const path = issue.path as Path;
    if (issue.code !== "invalid_type" || !templates.has(pathText([...at, ...path]))) continue;
    const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown> | undefined;
    const key = path.at(-1);
    if (holder === undefined || key === undefined) continue;
    const text = String(holder[key]);
    if (issue.expected === "boolean" && /^(true|false)$/.test(text)) holder[key] = text === "true";
    else if (/^(number|int)$/.test(issue.expected) && /^-?\d+(\.\d+)?$/.test(text))
      holder[key] = Number(text);
  }
  return copy;
}
