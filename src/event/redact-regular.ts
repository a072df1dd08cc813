import { kernelBytes, kernelPlaces } from "../kernel/kernel.ts";
import { knownKeys } from "../record/known-keys.ts";
import { stride } from "../record/span-block.ts";
import { eventMembers } from "./kernel-event.ts";
import { byteMemo } from "./memo.ts";
import { type PseudonymKey, pseudonymOf } from "./pseudonym.ts";
import { RegularEvent } from "./regular-event.ts";

const { redactedAt } = kernelPlaces;
const slots = knownKeys.length;
const [closeBrace, quotation] = [0x7d, 0x22];
/** What becomes of a key's value. */
const [stays, goes, isReplaced] = [0, 1, 2] as const;

/**
 * The same as `redactor` does, for events that are written as nearly all are: in their bytes, of which what
 * stays is copied, and all others are left. Gives back one event for all, good until the next; undefined for
 * one that has to be taken apart. `key` makes the pseudonyms, where there are any.
 */
export function regularRedactor(
  dropped: ReadonlySet<string>,
  pseudonymized: ReadonlySet<string>,
  key: PseudonymKey | undefined,
): (event: RegularEvent) => RegularEvent | undefined {
  const pseudonym = key === undefined ? undefined : pseudonyms(key);
  const acts = Uint8Array.from(knownKeys, (name) => {
    if (dropped.has(name)) return goes;
    return pseudonym !== undefined && pseudonymized.has(name) ? isReplaced : stays;
  });
  const redacted = new RegularEvent();
  let out = 0;

  function put(bytes: Uint8Array): void {
    kernelBytes.set(bytes, out);
    out += bytes.length;
  }

  function copy(from: number, to: number): void {
    kernelBytes.copyWithin(out, from, to);
    out += to - from;
  }

  /** Writes the record anew. False: a value has to be decoded first. */
  function rewrite(event: RegularEvent): boolean {
    out = redactedAt;
    /** What follows stays, and is not copied yet: each member with the comma behind it. */
    let from = event.from;
    let next = from + 1;
    const behind = slots + event.memberCount * stride;
    for (let member = slots; member < behind; member += stride) {
      const at = eventMembers[member] as number;
      const start = eventMembers[member + 2] as number;
      const end = eventMembers[member + 3] as number;
      const isText = kernelBytes[end] === quotation;
      const begin = next;
      next = end + (isText ? 2 : 1);
      const act = acts[at];
      // What says nothing stays: it is no value of the event either.
      if (act === stays || (act === isReplaced && !event.has(at))) continue;
      if (act === goes) copy(from, begin);
      else {
        const made = event.isCopyable(at) ? pseudonym?.(kernelBytes, start, end) : undefined;
        if (made === undefined) return false;
        copy(from, isText ? start - 1 : start);
        put(made);
      }
      from = next;
    }
    copy(from, event.to);
    // The last one has gone: there is a comma at the end. Where all are gone nobody reads what is left.
    if (from === event.to) kernelBytes[out - 1] = closeBrace;
    return true;
  }

  return (event) => {
    // A mixture of two events would show of one what is taken out of the other.
    if (!event.isLast) throw new Error("an event is redacted after another was read: this is a bug");
    return rewrite(event) && redacted.readRewritten(event, redactedAt, out) ? redacted : undefined;
  };
}

/** A pseudonym and a comma, as they stand in a record. What a key has made is forgotten with the key. */
function pseudonyms(key: PseudonymKey): (bytes: Buffer, start: number, end: number) => Buffer {
  const newMemo = () => byteMemo((text) => Buffer.from(`"${pseudonymOf(text, key)}",`));
  let made = newMemo();
  let madeBy = key.key.reveal();
  return (bytes, start, end) => {
    const secret = key.key.reveal();
    if (secret !== madeBy) {
      made = newMemo();
      madeBy = secret;
    }
    return made(bytes, start, end);
  };
}
