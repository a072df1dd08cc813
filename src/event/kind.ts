import type { Origin } from "../record/origin.ts";
import { sameBytes } from "../text/same-bytes.ts";
import { kept } from "../text/writer.ts";
import { actionSpec } from "./actions.ts";

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
}

/** Events with the same traits and the same action: whatever a format decides it decides for all of them. */
export interface Kind extends Traits {
  readonly action: string;
  readonly tags: readonly string[];
  /** The action as it was written. */
  readonly written: Buffer;
}

const knownAction: never[] = [];
const unknownAction = ["wandb_unknown_action"];

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
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const place = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (this.#known.length - 1);
    const known = this.#known[place];
    if (known !== undefined && isLike(known, traits) && isWritten(known, bytes, start, end)) return known;
    const kind = makeKind(traits, bytes.subarray(start, end));
    this.#known[place] = kind;
    return kind;
  }
}

function makeKind({ origin, present, code, address, same }: Traits, written: Buffer): Kind {
  const action = written.toString("latin1");
  const tags = actionSpec(action).known ? knownAction : unknownAction;
  return { origin, present, code, address, same, action, tags, written: kept(written) };
}

function isLike(kind: Kind, { origin, present, code, address, same }: Traits): boolean {
  if (kind.present !== present || kind.code !== code || kind.origin !== origin) return false;
  return kind.address === address && kind.same === same;
}

function isWritten({ written }: Kind, bytes: Buffer, start: number, end: number): boolean {
  const { length } = written;
  return length === end - start && sameBytes(written, 0, bytes, start, length);
}
