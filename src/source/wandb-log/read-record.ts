import type { Entry } from "../../record/entry.ts";
import { maxDepth } from "../../record/json-scanner.ts";
import { parseEntry } from "../../record/parse-entry.ts";
import { Brackets } from "./brackets.ts";

/** Why the bytes of a record are no entry. One that is too long is never read: it has a reason of its own. */
export type RecordFault = "not_json" | "too_deep" | "too_many_keys";

/** The entry in a record's bytes, or the reason why there is none. */
type Read = { readonly entry: Entry } | { readonly fault: RecordFault };

/** Reads a record's bytes. Never throws. */
export function readRecord(bytes: Buffer): Read {
  const entry = parseEntry(bytes);
  return entry === undefined ? { fault: faultOf(bytes) } : { entry };
}

function faultOf(bytes: Buffer): RecordFault {
  // Too short to be too much of anything. Errors are dear, and somebody may send one in every few bytes.
  if (bytes.length < 2 * maxDepth) return "not_json";
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    return "not_json";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not_json";
  const brackets = new Brackets();
  brackets.push(bytes);
  return brackets.deepest > maxDepth ? "too_deep" : "too_many_keys";
}
