import { hash } from "node:crypto";
import { kernelBytes, kernelPlaces } from "../kernel/kernel.ts";
import { type Entry, spanOf } from "../record/entry.ts";
import { literal, number } from "../record/json-scanner.ts";
import { type KnownKey, place } from "../record/known-keys.ts";
import { asciiBit } from "../record/span-block.ts";

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
/** The place of each in `knownKeys`. */
const namePlaces = Uint8Array.from(idOf, ([name]) => place[name]);
const idPlaces = Uint8Array.from(idOf, ([, id]) => place[id]);
/** How many they are. */
export const namePairs = idOf.length;
// The kernel looks at each row for them, see kernel/names.ts.
for (const [pair, [name, id]] of idOf.entries())
  kernelBytes.set([place[name], place[id]], kernelPlaces.namePairsAt + 2 * pair);
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
  const names = bareNames(entry.bytes, entry.spans, entry.base);
  if (names === 0) return noNames;
  let text = "";
  for (const [pair, [name]] of idOf.entries())
    if ((names & (1 << pair)) !== 0) {
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
 * The names that have no id beside them: a bit for each, by its place in `idOf`. The members stand in `spans`
 * behind the slots at `base`.
 */
function bareNames(bytes: Buffer, spans: Int32Array, base: number): number {
  let bare = 0;
  for (let pair = 0; pair < namePlaces.length; pair += 1) {
    const name = spanOf(spans, base, namePlaces[pair] as number);
    if (name === -1 || isNothing(bytes, spans, name)) continue;
    const id = spanOf(spans, base, idPlaces[pair] as number);
    if (id === -1 || isNothing(bytes, spans, id) || isZero(bytes, spans, id)) bare |= 1 << pair;
  }
  return bare;
}

/** An empty text, or null. */
function isNothing(bytes: Buffer, spans: Int32Array, span: number): boolean {
  const start = spans[span + 2] as number;
  return start === spans[span + 3] || (spans[span + 1] === literal && bytes[start] === letterN);
}

/** Go's zero value: there is no id. */
function isZero(bytes: Buffer, spans: Int32Array, span: number): boolean {
  const start = spans[span + 2] as number;
  const isNumber = ((spans[span + 1] as number) & ~asciiBit) === number;
  return isNumber && spans[span + 3] === start + 1 && bytes[start] === digitZero;
}
