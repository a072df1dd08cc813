import type { Origin } from "../record/origin.ts";
import { viewOf } from "../text/copy.ts";
import { sameBytes } from "../text/same-bytes.ts";
import { kept } from "../text/writer.ts";
import { actionSpec } from "./actions.ts";
import { invalidAddress } from "./address.ts";

/** The tag of an action that W&B did not document when this was made. */
export const unknownActionTag = "wandb_unknown_action";
/** The tag of an `actor_ip` that is no address. */
export const invalidAddressTag = "wandb_ip_invalid";
/** The tag of what was found after a complete read that should have shown it. */
export const lateTag = "wandb_late";

/** What two events have in common that only differ in their values, beside the action. */
export interface Traits {
  readonly origin: Origin;
  /** A bit for each key of `knownKeys` that has a value. */
  readonly present: number;
  /** A bit for each whose text is written with escapes. */
  readonly escaped: number;
  readonly code: number | undefined;
  /** How the actor's address is written, see `addressForm`. */
  readonly address: number;
  /** A bit for each two of the keys that name people whose values are the same. */
  readonly same: number;
  readonly late: boolean;
}

/** Events with the same traits and the same action: whatever a format decides it decides for all of them. */
export interface Kind extends Traits {
  /** Counted from 0; another has it when this one is not remembered any more. */
  readonly number: number;
  readonly action: string;
  readonly tags: readonly string[];
  /** The action as it was written, of so many bytes: a view is slow to say how long it is. */
  readonly written: DataView;
  readonly length: number;
}

/** None of the other traits reaches it in a hash. */
const lateBit = 1 << 30;
const wordBytes = 4;
/** A number that spreads what it is multiplied with over all bits. */
const odd = 0x9e3779b1 | 0;

/** Finds the kind of an event. Two events of one kind get the same object, as long as that is remembered. */
export class KindTable {
  /** Each in the place that its hash says, or behind it where that is taken. */
  readonly #known: (Kind | undefined)[];
  #size = 0;

  /** Half as many kinds are remembered, then it begins anew. A power of two. */
  constructor(places = 2048) {
    this.#known = new Array(places);
  }

  /** The action, which is ASCII, stands in `bytes` from `start` to `end`. */
  of(traits: Traits, bytes: DataView, start: number, end: number): Kind {
    const last = this.#known.length - 1;
    const first = hashOf(traits, bytes, start, end) & last;
    let place = first;
    for (;;) {
      const known = this.#known[place];
      if (known === undefined) break;
      if (isLike(known, traits) && isWritten(known, bytes, start, end)) return known;
      place = (place + 1) & last;
    }
    if (2 * this.#size > last) {
      this.#known.fill(undefined);
      this.#size = 0;
      place = first;
    }
    const kind = makeKind(this.#size, traits, bytes, start, end);
    this.#known[place] = kind;
    this.#size += 1;
    return kind;
  }
}

function hashOf(traits: Traits, bytes: DataView, start: number, end: number) {
  const { present, escaped, code, address, same, late } = traits;
  let hash = present ^ ((code ?? 0) << 8) ^ (address << 20) ^ (same << 24) ^ (late ? lateBit : 0);
  hash ^= Math.imul(escaped, odd);
  let at = start;
  for (; at + wordBytes <= end; at += wordBytes) hash = Math.imul(hash, odd) ^ bytes.getInt32(at);
  for (; at < end; at += 1) hash = Math.imul(hash, odd) ^ bytes.getUint8(at);
  hash = Math.imul(hash ^ (hash >>> 15), odd);
  return hash ^ (hash >>> 15);
}

function makeKind(number: number, traits: Traits, bytes: DataView, start: number, end: number): Kind {
  const { origin, present, escaped, code, address, same, late } = traits;
  const written = kept(new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start));
  const action = written.toString("latin1");
  const tags: string[] = [];
  if (!actionSpec(action).known) tags.push(unknownActionTag);
  if (address === invalidAddress) tags.push(invalidAddressTag);
  if (late) tags.push(lateTag);
  const { length } = written;
  return {
    number,
    origin,
    present,
    escaped,
    code,
    address,
    same,
    late,
    action,
    tags,
    written: viewOf(written),
    length,
  };
}

function isLike(kind: Kind, { origin, present, escaped, code, address, same, late }: Traits): boolean {
  if (kind.present !== present || kind.code !== code || kind.origin !== origin) return false;
  if (kind.escaped !== escaped) return false;
  return kind.address === address && kind.same === same && kind.late === late;
}

function isWritten({ written, length }: Kind, bytes: DataView, start: number, end: number): boolean {
  return length === end - start && sameBytes(written, 0, bytes, start, length);
}
