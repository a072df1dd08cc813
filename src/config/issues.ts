import type { z } from "zod";
import { nearest } from "./nearest.ts";
import { isPlannedValue } from "./planned.ts";
import { holdsValue, keyText, type Path, type Places, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";
import { keysAt } from "./schema-at.ts";

type Issue = z.core.$ZodIssue;

/** A value, and the schema that refused it. */
export interface Inspected {
  /** What the schema was given. */
  readonly value: unknown;
  readonly schema: z.ZodType;
  /** Where it stands in the file. */
  readonly at: Path;
  readonly places: Places;
  /** Paths whose reference leads nowhere: their value is made up, and they have their problem already. */
  readonly unresolved: ReadonlySet<string>;
}

const notYet = "not available in this version";
const noSpace = "write a space after the colon";
const noColon = "write a colon and a space between a key and its value";

/**
 * A schema's issues in our words, with places and, where a word
 * was mistyped, the nearest right one. Values are never quoted.
 */
export function problemsOf(issues: readonly Issue[], inspected: Inspected): Problem[] {
  return issues
    .flatMap((issue) => meantBy(issue))
    .flatMap((issue) =>
      issue.code === "unrecognized_keys" ? unknownKeys(issue, inspected) : wrongValue(issue, inspected),
    );
}

/** Of several forms of a value that one is meant whose parts alone are wrong. */
function meantBy(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.find(
    (errors) =>
      errors.length > 0 && errors.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys"),
  );
  return meant?.map((part) => ({ ...part, path: [...issue.path, ...part.path] }) as Issue) ?? [issue];
}

function unknownKeys(
  { keys, path, message: said }: z.core.$ZodIssueUnrecognizedKeys,
  { schema, at, places }: Inspected,
): Problem[] {
  const known = keysAt(schema, inside(path));
  return keys.map((key) => {
    const full = [...at, ...inside(path), key];
    const meant = nearest(key, known);
    const problem = { path: pathText(full), ...places.ofKey(full) };
    if (holdsValue(key)) return { ...problem, message: "unknown key", hint: hintFor(key) };
    // A schema may have its own words for keys that others have.
    if (!said.startsWith("Unrecognized key") && meant === undefined)
      return { ...problem, message: "unknown key", hint: said };
    const hint =
      meant === undefined ? `known here: ${[...new Set(known)].join(", ")}` : `did you mean ${meant}?`;
    return { ...problem, message: "unknown key", hint };
  });
}

function wrongValue(issue: Issue, { value, schema, at, places, unresolved }: Inspected): Problem[] {
  const path = inside(issue.path);
  const full = [...at, ...path];
  const given = valueAt(value, path);
  const problem = { path: pathText(full), ...places.ofValue(full) };
  if (unresolved.has(problem.path)) return [];
  if (isPlannedValue(schema, path, given)) return [{ ...problem, message: notYet }];
  if (given === undefined && issue.code !== "custom") return [{ ...problem, message: "missing" }];
  const key = full.at(-1);
  const hint = given === null && typeof key === "string" && holdsValue(key) ? { hint: hintFor(key) } : {};
  return [{ ...problem, ...explained(issue, given), ...hint }];
}

function hintFor(key: string): string {
  return key.includes(":") ? noSpace : noColon;
}

function explained(issue: Issue, given: unknown): { message: string; hint?: string } {
  switch (issue.code) {
    case "invalid_type":
      // A plain value of the wrong type may have a better
      // explanation in the schema, such as "not a duration".
      if (isPlain(given) && !issue.message.startsWith("Invalid input")) return { message: issue.message };
      return {
        message: `must be ${typeWord(issue.expected)}, not ${wordFor(given)}`,
        ...(issue.expected === "string" && isPlain(given) ? { hint: "put it in quotes" } : {}),
      };
    case "invalid_value":
      return {
        message: `must be ${oneOf(issue.values.map(String))}`,
        ...meaning(given, issue.values.map(String)),
      };
    case "invalid_union":
      return issue.errors.some((errors) => errors.some(({ code }) => code === "invalid_type"))
        ? { message: `must be ${expectedOf(issue.errors)}, not ${wordFor(given)}` }
        : { message: "not a value that is allowed here" };
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return { message: "must not be empty" };
      return {
        message: `must ${sizeVerb(issue.origin)} at least ${issue.minimum}${sizeNoun(issue.origin, issue.minimum)}`,
      };
    case "too_big":
      return {
        message: `must ${sizeVerb(issue.origin)} at most ${issue.maximum}${sizeNoun(issue.origin, issue.maximum)}`,
      };
    case "custom":
      return { message: issue.message };
    // The libraries' own messages name a pattern at most.
    default:
      return { message: issue.message.replace(/^Invalid string: /, "") };
  }
}

/** `a`, or `one of a, b`. */
export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? "") : `one of ${words.join(", ")}`;
}

/** The hint for a mistyped word. */
export function meaning(given: unknown, words: readonly string[]): { hint?: string } {
  const meant = typeof given === "string" ? nearest(given, words) : undefined;
  return meant === undefined ? {} : { hint: `did you mean ${keyText(meant)}?` };
}

function expectedOf(branches: readonly (readonly Issue[])[]): string {
  const expected = branches.flatMap((issues) =>
    issues.flatMap((issue) => (issue.code === "invalid_type" ? [issue.expected] : [])),
  );
  return [...new Set(expected)].map(typeWord).join(" or ");
}

function typeWord(expected: string): string {
  const words: Record<string, string> = {
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a group of keys",
    record: "a group of keys",
  };
  return words[expected] ?? expected;
}

function wordFor(given: unknown): string {
  if (given === null) return "empty";
  if (Array.isArray(given)) return "a list";
  const words: Record<string, string> = { string: "text", number: "a number", boolean: "true or false" };
  return words[typeof given] ?? "a group of keys";
}

function sizeVerb(origin: string): string {
  return origin === "number" || origin === "int" ? "be" : "have";
}

function sizeNoun(origin: string, count: number | bigint): string {
  if (origin === "array") return count === 1 ? " entry" : " entries";
  return origin === "string" ? (count === 1 ? " character" : " characters") : "";
}

function isPlain(given: unknown): boolean {
  return typeof given === "number" || typeof given === "boolean";
}

/** The value at a path; undefined where there is none. Never looks at what an object only inherits. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

function inside(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === "symbol" ? String(part) : part));
}
