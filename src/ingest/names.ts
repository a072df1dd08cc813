import { hash } from "node:crypto";
import { type Entry, slots } from "../record/entry.ts";
import { literal, number } from "../record/json-scanner.ts";
import { type KnownKey, knownKeys } from "../record/known-keys.ts";
import { asciiBit, stride } from "../record/span-block.ts";

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
const letterN = 0x6e;
const digitZero = 0x30;
const separator = "\u001f";

/** What `namesDigest` gives where there is no name without an id. */
export const noNames = 0;

/**
 * What tells apart two entries of one identity: 32 bits of the names that have no id beside them, as an
 * invitee or a log-in attempt without an account has, or `noNames`. `key` is known to this state alone:
 * whoever chooses names cannot choose two that look the same.
 */
export function namesDigest(entry: Entry, key: string): number {
  const { bytes, spans, base, size } = entry;
  const names = bareNames(bytes, spans, base, size);
  if (names === 0) return noNames;
  let text = "";
  for (const { name, nameBit } of pairs)
    if ((names & nameBit) !== 0) {
      const value = entry.get(name)?.text ?? "";
      text += `${separator}${name}${separator}${value.length}${separator}${value}`;
    }
  const hashed = hash("sha256", key + text, "binary");
  const digest =
    ((hashed.charCodeAt(0) << 24) |
      (hashed.charCodeAt(1) << 16) |
      (hashed.charCodeAt(2) << 8) |
      hashed.charCodeAt(3)) >>>
    0;
  return digest === noNames ? 1 : digest;
}

/**
 * The names that have no id beside them: a bit for each, by its place in `knownKeys`. The members stand in
 * `spans` behind the slots at `base`.
 */
export function bareNames(bytes: Buffer, spans: Int32Array, base: number, size: number): number {
  let present = 0;
  const first = base + slots;
  for (let span = first; span < first + size * stride; span += stride) {
    const known = spans[span] as number;
    const form = spans[span + 1] as number;
    const start = spans[span + 2] as number;
    const end = spans[span + 3] as number;
    if (known < 0 || start === end || (form === literal && bytes[start] === letterN)) continue;
    // Go's zero value: there is no id.
    const bit = 1 << known;
    const isZero = (form & ~asciiBit) === number && end === start + 1 && bytes[start] === digitZero;
    if ((bit & idBits) === 0 || !isZero) present |= bit;
  }
  if ((present & nameBits) === 0) return 0;
  let bare = 0;
  for (const { nameBit, idBit } of pairs)
    if ((present & nameBit) !== 0 && (present & idBit) === 0) bare |= nameBit;
  return bare;
}
