import type { RegularEvent } from "../event/regular-event.ts";
import { kernelBytes, kernelNumbers, kernelPlaces } from "../kernel/kernel.ts";
import { type Part, Writer } from "../text/writer.ts";

const { sharedAt, sharedBytes, sharedMost } = kernelPlaces;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
const longest = sharedBytes - numberBytes;
/** The first ones are those of identities. */
const firstPlace = 2;
const writer = new Writer(sharedBytes);

/** What a part writes of all events that have the same time, or were observed together, in the kernel. */
export class SharedText {
  /** Its length, and behind it the text. */
  readonly at: number;
  readonly #write: Part<RegularEvent>;
  readonly #by: "time" | "observed";
  /** Of what object it was written. */
  #of: object | undefined;
  #whole = false;

  constructor(write: Part<RegularEvent>, by: "time" | "observed", place: number) {
    this.#write = write;
    this.#by = by;
    this.at = sharedAt + place * sharedBytes;
  }

  /** Becomes that of this event. False: it is too long, or not to be written. */
  become(event: RegularEvent): boolean {
    const of = event[this.#by];
    if (of !== this.#of) this.#make(event, of);
    return this.#whole;
  }

  #make(event: RegularEvent, of: object): void {
    writer.clear();
    this.#whole = this.#write(writer, event) && writer.size <= longest;
    this.#of = of;
    if (!this.#whole) return;
    kernelNumbers[this.at / numberBytes] = writer.size;
    kernelBytes.set(writer.written(), this.at + numberBytes);
  }
}

const known = new Map<Part<RegularEvent>, SharedText>();

/** The text of a part that says that it is one; undefined for others, and where there is no more room. */
export function sharedText(write: Part<RegularEvent>): SharedText | undefined {
  if (write.of !== "time" && write.of !== "observed") return undefined;
  const place = firstPlace + known.size;
  if (!known.has(write) && place < sharedMost) known.set(write, new SharedText(write, write.of, place));
  return known.get(write);
}
