import { escapeHtml } from "../text/html.ts";
import type { Secret } from "./secret.ts";

/** Replaces every loaded secret in a text by `***`. */
export type Scrub = (text: string) => string;

/** A shorter secret would also match ordinary words and numbers. */
const shortest = 6;
/** Values of one secret that stay unprintable after rotations: an error may still quote an old one. */
const remembered = 4;

/**
 * The last line of defence: secrets should not get this far. Knows each of them plain and as base64, URL,
 * JSON and HTML write it, base64 also within something longer such as `user:key`. Secrets that change are
 * noticed.
 */
export function scrubber(secrets: readonly Secret[]): Scrub {
  const known = secrets.map((): string[] => []);
  let pattern: RegExp | undefined;

  function notice(): void {
    let changed = false;
    for (const [index, secret] of secrets.entries()) {
      const value = secret.reveal();
      const values = known[index] ?? [];
      if (values[0] === value || value.length < shortest) continue;
      known[index] = [value, ...values.filter((old) => old !== value)].slice(0, remembered);
      changed = true;
    }
    if (changed) pattern = matcher(known.flat());
  }

  return (text) => {
    notice();
    return pattern === undefined ? text : text.replace(pattern, "***");
  };
}

function matcher(values: readonly string[]): RegExp {
  const forms = new Set(values.flatMap(formsOf));
  // The longest first: an alternation takes the first that fits, and a remainder would give part of the
  // secret away.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(
    longestFirst.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"),
    "g",
  );
}

function formsOf(value: string): string[] {
  return credentialsIn(value).flatMap(writingsOf);
}

/** Of a header's value such as `Bearer abc` also `abc` alone, and of `Basic …` what it encodes. */
function credentialsIn(value: string): string[] {
  const [, scheme, credential] = /^([!-~]+) +(\S.*)$/.exec(value) ?? [];
  if (scheme === undefined || credential === undefined) return [value];
  if (scheme.toLowerCase() !== "basic") return [value, credential];
  const pair = Buffer.from(credential, "base64").toString();
  return [value, credential, pair, pair.slice(pair.indexOf(":") + 1)];
}

function writingsOf(value: string): string[] {
  const url = encodeURIComponent(value);
  const json = inJson(value);
  return [
    value,
    url,
    url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll("%20", "+"),
    new URLSearchParams([["", value]]).toString().slice(1),
    // A log line that quotes an answer that quotes JSON that holds JSON.
    json,
    inJson(json),
    inJson(inJson(json)),
    escapeHtml(value),
    escapeHtml(json),
    inJson(escapeHtml(value)),
    ...inBase64(value),
  ].filter((form) => form.length >= shortest);
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/**
 * The characters of base64 that depend on the secret alone, for each of the three ways its bytes can lie in
 * the groups of three. What precedes and follows decides only the characters at the edges.
 */
function inBase64(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    const core = text.slice(first, end);
    return [core, core.replaceAll("-", "+").replaceAll("_", "/")];
  });
}
