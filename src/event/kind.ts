import type { Origin } from "../record/origin.ts";
import { sameBytes } from "../text/same-bytes.ts";
import { kept } from "../text/writer.ts";
import { actionSpec } from "./actions.ts";

/** The tag of an action that W&B did not document when this was made. */
export const unknownActionTag = "wandb_unknown_action";
/** The tag of what was found after a complete read that should have shown it. */
export const lateTag = "wandb_late";

/** What two events have in common that only differ in their values, beside the action. */
export interface Traits {
  readonly origin: Origin;
  /** A bit for each key of `knownKeys` that has a value. */
  readonly present: number;
  readonly code: number | undefined;
  /** How the actor's address is written, see `addressForm`. */
  readonly address: number;
  /** A bit for each two of the keys that name people whose values are the same. */
  readonly same: number;
  readonly late: boolean;
}

/** Events with the same traits and the same action: whatever a format decides it decides for all of them. */
export interface Kind extends Traits {
  readonly action: string;
  readonly tags: readonly string[];
  /** The action as it was written. */
  readonly written: Buffer;
}

/** None of the other traits reaches it in a hash. */
const lateBit = 1 << 30;
const noTags: never[] = [];
const unknownAction = [unknownActionTag];
const late = [lateTag];
const lateAndUnknown = [...unknownAction, lateTag];

/** Finds the kind of an event. Two events of one kind get the same object, as long as that is remembered. */
export class KindTable {
  readonly #known: (Kind | undefined)[];

  /** So many are remembered (a power of two): the one that came last in each place. */
  constructor(places = 1024) {
    this.#known = new Array(places);
  }

  /** The action, which is ASCII, stands in `bytes` from `start` to `end`. */
  of(traits: Traits, bytes: Buffer, start: number, end: number): Kind {
    let hash = traits.present ^ ((traits.code ?? 0) << 8) ^ (traits.address << 20) ^ (traits.same << 24);
    if (traits.late) hash ^= lateBit;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const place = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (this.#known.length - 1);
    const known = this.#known[place];
    if (known !== undefined && isLike(known, traits) && isWritten(known, bytes, start, end)) return known;
    const kind = makeKind(traits, bytes.subarray(start, end));
    this.#known[place] = kind;
    return kind;
  }
}

function makeKind(traits: Traits, written: Buffer): Kind {
  const { origin, present, code, address, same } = traits;
  const action = written.toString("latin1");
  const tags = tagsOf(actionSpec(action).known, traits.late);
  return { origin, present, code, address, same, late: traits.late, action, tags, written: kept(written) };
}

function tagsOf(known: boolean, isLate: boolean): readonly string[] {
  if (known) return isLate ? late : noTags;
  return isLate ? lateAndUnknown : unknownAction;
}

function isLike(kind: Kind, { origin, present, code, address, same, late }: Traits): boolean {
  if (kind.present !== present || kind.code !== code || kind.origin !== origin) return false;
  return kind.address === address && kind.same === same && kind.late === late;
}

function isWritten({ written }: Kind, bytes: Buffer, start: number, end: number): boolean {
  const { length } = written;
  return length === end - start && sameBytes(written, 0, bytes, start, length);
}
