/** The keys that W&B documents, in the order in which every format and docs/mapping.md §6.3 have them. */
export const documentedKeys = [
  "timestamp",
  "action",
  "actor_user_id",
  "actor_email",
  "actor_ip",
  "response_code",
  "user_asset",
  "user_email",
  "entity_asset",
  "entity_name",
  "project_asset",
  "project_name",
  "report_asset",
  "report_name",
  "artifact_asset",
  "artifact_sequence_asset",
  "artifact_digest",
  "artifact_qualified_name",
  "cli_version",
] as const;

/** Keys that were seen in logs and are not documented, whose values have a known type. */
export const undocumentedKeys = [
  "run_asset",
  "artifact_sequence_name",
  "artifact_version_index",
  "audit_log_error",
] as const;

/** The name of a key with a meaning of its own. */
export type KnownKey = (typeof documentedKeys)[number] | (typeof undocumentedKeys)[number];

/**
 * Every key with a meaning of its own, the documented ones first. An entry refers to them by their place in
 * this list.
 */
export const knownKeys: readonly KnownKey[] = [...documentedKeys, ...undocumentedKeys];

/** The place of each known key in `knownKeys`. */
export const place = Object.fromEntries(knownKeys.map((key, at) => [key, at])) as Readonly<
  Record<KnownKey, number>
>;

/** Whether a key's value is an id. Go writes an absent one as 0. */
export function isIdKey(key: string): boolean {
  return key === "actor_user_id" || key.endsWith("_asset");
}

const quotation = 0x22;
/** The keys are made of `_`, which comes just before `a` but one, and a to z. */
const firstLetter = 0x5f;
const letters = 28;

/**
 * A tree of letters: for each node the node that follows with each letter, 0 when none does. Node 0 is the
 * root.
 */
const next = new Uint16Array((knownKeys.join("").length + 1) * letters);
/** For each node the known key that ends there, or -1. */
const ends = new Int8Array(next.length / letters).fill(-1);
let nodes = 1;
knownKeys.forEach((key, at) => {
  let node = 0;
  for (let position = 0; position < key.length; position += 1) {
    const branch = node * letters + key.charCodeAt(position) - firstLetter;
    if (next[branch] === 0) next[branch] = nodes++;
    node = next[branch] as number;
  }
  ends[node] = at;
});

/** How many bytes each known key has. */
export const knownKeyLengths: readonly number[] = knownKeys.map((key) => key.length);

/**
 * Which known key stands at `start` up to a quotation mark, or -1. Reads each byte once and makes no string.
 */
export function knownKeyAt(bytes: Buffer, start: number): number {
  let node = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const code = bytes[at] as number;
    if (code === quotation) return ends[node] as number;
    const letter = code - firstLetter;
    if (letter < 0 || letter >= letters) return -1;
    node = next[node * letters + letter] as number;
    if (node === 0) return -1;
  }
  return -1;
}
