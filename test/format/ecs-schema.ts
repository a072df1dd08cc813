import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";

interface Field {
  readonly type: string;
  readonly normalize: readonly string[];
  readonly allowed_values?: readonly {
    readonly name: string;
    readonly expected_event_types?: readonly string[];
  }[];
}

const fields: Readonly<Record<string, Field>> = parse(
  readFileSync(join(import.meta.dirname, "../data/ecs_flat.yml"), "utf8"),
);

/** What is wrong with a document by the Elastic Common Schema's own definitions. Fields under `wandb.audit` are ours. */
export function ecsProblems(document: unknown): string[] {
  const problems: string[] = [];
  const { category, type } = walk("", document, problems).event ?? {};
  return [...problems, ...unexpectedTypes(asList(category), asList(type))];
}

type Document = { readonly event?: { readonly category?: unknown; readonly type?: unknown } };

function walk(path: string, value: unknown, problems: string[]): Document {
  if (path === "wandb.audit") return {};
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    if (Object.keys(value).length === 0) problems.push(`${path}: an empty object`);
    for (const [key, member] of Object.entries(value)) {
      if (key.includes(".")) problems.push(`${path}: the dotted key ${key}`);
      walk(path === "" ? key : `${path}.${key}`, member, problems);
    }
    return value;
  }
  problems.push(...fieldProblems(path, value));
  return {};
}

function fieldProblems(path: string, value: unknown): string[] {
  const field = fields[path];
  if (field === undefined) return [`${path}: not a field of ECS`];
  const isList = Array.isArray(value);
  const problems = isList === field.normalize.includes("array") ? [] : [`${path}: array expected or not`];
  const values = isList ? value : [value];
  if (values.length === 0) problems.push(`${path}: an empty array`);
  for (const single of values) {
    if (!fits(field.type, single)) problems.push(`${path}: ${JSON.stringify(single)} is not ${field.type}`);
    if (field.allowed_values && !field.allowed_values.some(({ name }) => name === single))
      problems.push(`${path}: ${JSON.stringify(single)} is not allowed`);
  }
  return problems;
}

function fits(type: string, value: unknown): boolean {
  switch (type) {
    case "keyword":
    case "constant_keyword":
    case "match_only_text":
    case "wildcard":
      return typeof value === "string" && value !== "";
    case "long":
      return Number.isSafeInteger(value);
    case "ip":
      return typeof value === "string" && isIP(value) !== 0;
    case "date":
      return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
    case "boolean":
      return typeof value === "boolean";
    default:
      return false;
  }
}

/** Every type is expected by a category, and every category has a type that it expects. */
function unexpectedTypes(categories: readonly string[], types: readonly string[]): string[] {
  const expected = (category: string) =>
    fields["event.category"]?.allowed_values?.find(({ name }) => name === category)?.expected_event_types ??
    [];
  return [
    ...types
      .filter((type) => !categories.some((category) => expected(category).includes(type)))
      .map((type) => `event.type: ${type} is not expected with ${categories}`),
    ...categories
      .filter((category) => !types.some((type) => expected(category).includes(type)))
      .map((category) => `event.category: ${category} expects none of ${types}`),
  ];
}

function asList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value : [];
}
