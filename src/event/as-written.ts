import type { Entry } from "../record/entry.ts";
import { literal, number, plainString } from "../record/json-scanner.ts";
import { isHarmless } from "../text/harmless.ts";
import type { Writer } from "../text/writer.ts";

/** Every double holds whole numbers of so many digits exactly. */
const longestNumber = 15;
const letterE = 0x65;

/** The record of an event as it was written, for whoever copies from it. */
export class AsWritten {
  readonly bytes: Buffer;
  readonly #entry: Entry;
  /** A bit for each key of `knownKeys` that has a value. */
  readonly #present: number;
  /** A bit for each key whose value is not the one that stands there. */
  readonly #changed: number;
  #copyable: boolean | undefined;

  constructor(entry: Entry, present: number, changed: number) {
    this.bytes = entry.bytes;
    this.#entry = entry;
    this.#present = present;
    this.#changed = changed;
  }

  /** Whether the known key at this place has a value. */
  has(place: number): boolean {
    return (this.#present & (1 << place)) !== 0;
  }

  /**
   * The number of the member whose value can be copied as it stands: what it says is what is written there,
   * and nothing in it is hostile. -1 where it has to be made from the text.
   */
  member(place: number): number {
    if ((this.#changed & (1 << place)) !== 0) return -1;
    const entry = this.#entry;
    const at = entry.at(place);
    if (entry.isAscii(at)) return at;
    const plain = entry.form(at) === plainString;
    return plain && isHarmless(this.bytes, entry.start(at), entry.end(at)) ? at : -1;
  }

  start(member: number): number {
    return this.#entry.start(member);
  }

  end(member: number): number {
    return this.#entry.end(member);
  }

  /** Writes the value at this place between `before` and `after`; false where it cannot be copied. */
  enclose(into: Writer, before: Buffer, place: number, after: number): boolean {
    const at = this.member(place);
    if (at === -1) return false;
    const entry = this.#entry;
    into.enclosed(before, this.bytes, entry.start(at), entry.end(at), after);
    return true;
  }

  /** The whole record is one line of harmless UTF-8, with numbers that every reader takes. */
  get copyable(): boolean {
    this.#copyable ??= this.#isCopyable();
    return this.#copyable;
  }

  #isCopyable(): boolean {
    const entry = this.#entry;
    if (!entry.regular) return false;
    for (let at = 0; at < entry.size; at += 1) if (!this.#isCopyableValue(at)) return false;
    return true;
  }

  #isCopyableValue(at: number): boolean {
    const entry = this.#entry;
    const start = entry.start(at);
    const end = entry.end(at);
    switch (entry.form(at)) {
      case plainString:
        return entry.isAscii(at) || isHarmless(this.bytes, start, end);
      case number:
        return isNarrow(this.bytes, start, end);
      case literal:
        return true;
      default:
        return false;
    }
  }
}

/** A number of few digits without an exponent. */
function isNarrow(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > longestNumber) return false;
  for (let at = start; at < end; at += 1) if (((bytes[at] as number) | 0x20) === letterE) return false;
  return true;
}
