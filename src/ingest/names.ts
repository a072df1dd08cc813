import { hash } from "node:crypto";
import { type Entry, isAbsent } from "../record/entry.ts";
import { number } from "../record/json-scanner.ts";
import { type KnownKey, knownKeys } from "../record/known-keys.ts";

/** Each name that W&B fills in when an entry is read, and the id that says the same in the entry itself. */
const idOf: readonly (readonly [name: KnownKey, id: KnownKey])[] = [
  ["actor_email", "actor_user_id"],
  ["user_email", "user_asset"],
  ["entity_name", "entity_asset"],
  ["project_name", "project_asset"],
  ["report_name", "report_asset"],
  ["artifact_digest", "artifact_asset"],
  ["artifact_qualified_name", "artifact_asset"],
  ["artifact_version_index", "artifact_asset"],
  ["artifact_sequence_name", "artifact_sequence_asset"],
];
const bitOf = (key: KnownKey) => 1 << knownKeys.indexOf(key);
const pairs = idOf.map(([name, id]) => ({ name, nameBit: bitOf(name), idBit: bitOf(id) }));
const idBits = pairs.reduce((bits, { idBit }) => bits | idBit, 0);
const nameBits = pairs.reduce((bits, { nameBit }) => bits | nameBit, 0);
const separator = "\u001f";

/** What `namesDigest` gives where there is no name without an id. */
export const noNames = 0;

/**
 * What tells apart two entries of one identity: 32 bits of the names that have no id beside them, as an
 * invitee or a log-in attempt without an account has, or `noNames`. `key` is known to this state alone:
 * whoever chooses names cannot choose two that look the same.
 */
export function namesDigest(entry: Entry, key: string): number {
  let present = 0;
  for (let at = 0; at < entry.size; at++) {
    const known = entry.known(at);
    if (known !== -1 && !isAbsent(entry, at) && !isZeroId(entry, at, known)) present |= 1 << known;
  }
  if ((present & nameBits) === 0) return noNames;
  let text = "";
  for (const { name, nameBit, idBit } of pairs)
    if ((present & nameBit) !== 0 && (present & idBit) === 0) {
      const value = entry.get(name)?.text ?? "";
      text += `${separator}${name}${separator}${value.length}${separator}${value}`;
    }
  if (text === "") return noNames;
  const hashed = hash("sha256", key + text, "binary");
  const digest =
    ((hashed.charCodeAt(0) << 24) |
      (hashed.charCodeAt(1) << 16) |
      (hashed.charCodeAt(2) << 8) |
      hashed.charCodeAt(3)) >>>
    0;
  return digest === noNames ? 1 : digest;
}

function isZero(entry: Entry, at: number): boolean {
  return entry.end(at) === entry.start(at) + 1 && entry.bytes[entry.start(at)] === 0x30;
}

/** Go's zero value: there is no id. */
function isZeroId(entry: Entry, at: number, known: number): boolean {
  return (idBits & (1 << known)) !== 0 && entry.form(at) === number && isZero(entry, at);
}
