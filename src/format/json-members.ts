import type { AuditEvent } from "../event/event.ts";
import { type KnownKey, knownKeys } from "../record/known-keys.ts";
import { quote, withoutLineBreaks } from "../text/json-text.ts";

// Members of a JSON object, each with the comma before it, so that absent ones can be the empty text.
// `object` takes the first comma off.

/** The object with these members. */
export function object(members: string): string {
  return `{${members.slice(1)}}`;
}

/** Nothing for an absent or empty value. */
export function textMember(name: string, value: string | undefined): string {
  return value === undefined || value === "" ? "" : `,"${name}":${quote(value)}`;
}

/** Nothing for an object without members. */
export function objectMember(name: string, members: string): string {
  return members === "" ? "" : `,"${name}":${object(members)}`;
}

/** Nothing for an empty list. */
export function listMember(name: string, values: readonly string[]): string {
  return values.length === 0 ? "" : `,"${name}":[${values.map(quote).join(",")}]`;
}

const knownNames: readonly string[] = knownKeys.map((key) => `"${key}":`);
const furtherNames: readonly string[] = knownNames.map((name) => `,${name}`);

/**
 * Every present known key under its own name: texts, and the response code as a number. The first one has no
 * comma before it.
 */
export function knownMembers({ keys, code }: AuditEvent): string {
  let members = "";
  for (let at = 0; at < knownKeys.length; at += 1) {
    const key = knownKeys[at] as KnownKey;
    const value = keys[key];
    if (key === "response_code" ? code === undefined : value === undefined || value === "") continue;
    members += (members === "" ? knownNames : furtherNames)[at];
    members += key === "response_code" ? code : quote(value as string);
  }
  return members;
}

/** Names with well-formed JSON texts, whose values stay as they were written. */
export function jsonMembers(pairs: readonly (readonly [name: string, json: string])[]): string {
  let members = "";
  for (const [name, json] of pairs) members += `,${quote(name)}:${withoutLineBreaks(json)}`;
  return members;
}
