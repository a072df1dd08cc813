import type { Entry } from "../../record/entry.ts";
import { depthOfObject } from "../../record/json-depth.ts";
import { maxDepth } from "../../record/json-scanner.ts";
import { parseEntry } from "../../record/parse-entry.ts";

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
  const depth = depthOfObject(bytes);
  if (depth === 0) return "not_json";
  return depth > maxDepth ? "too_deep" : "too_many_keys";
}
