import type { Entry } from "../record/entry.ts";
import { literal, number, plainString } from "../record/json-scanner.ts";
import { viewOf } from "../text/copy.ts";
import { isHarmless } from "../text/harmless.ts";

/** Every double holds whole numbers of so many digits exactly. */
const longestNumber = 15;
const letterE = 0x65;

/** The record of an event as it was written, for whoever copies from it. */
export interface AsWritten {
  /** The memory in which it stands, maybe among others. */
  readonly memory: Buffer;
  /** Of the same memory, for `copyBytes`. */
  readonly view: DataView;
  /** Where in the memory it starts and ends. */
  readonly from: number;
  readonly to: number;
  /**
   * Of a record that is nothing but known keys with texts and digits that need no escapes: what
   * `readRegularAt` says of its members, and how many they are.
   */
  readonly members?: Int32Array | undefined;
  readonly memberCount: number;
  /** Where in the memory the 16 bytes of its uid stand; -1 where only their text is known. */
  readonly uidAt: number;
  /** Whether the known key at this place has a value. */
  has(place: number): boolean;
  /**
   * The value of a key that has one can be copied as it stands: what it says is what is written there, and
   * nothing in it is hostile. Otherwise it has to be made from the text.
   */
  isCopyable(place: number): boolean;
  /**
   * The same between the quotation marks of a JSON string, where it may be escaped: what is written there is
   * what `quote` would write.
   */
  isCopyableInside(place: number): boolean;
  /** Where in the memory a value that can be copied starts and ends. */
  start(place: number): number;
  end(place: number): number;
  /** `actor_ip` is one address and nothing else, written as it is shown. */
  readonly addressCopyable: boolean;
  /** The whole record is one line of harmless UTF-8, with numbers that every reader takes. */
  readonly copyable: boolean;
}

/** The same of any entry. */
export class EntryAsWritten implements AsWritten {
  readonly memory: Buffer;
  readonly from = 0;
  readonly to: number;
  readonly uidAt = -1;
  readonly memberCount = 0;
  readonly #entry: Entry;
  /** A bit for each key of `knownKeys` that has a value. */
  readonly #present: number;
  /** A bit for each key whose value is not the one that stands there. */
  readonly #changed: number;
  /** Entries whose address stands there as it is shown are regular, see `RegularEvent`. */
  readonly addressCopyable = false;
  #copyable: boolean | undefined;
  #view: DataView | undefined;

  constructor(entry: Entry, present: number, changed: number) {
    this.memory = entry.bytes;
    this.to = entry.bytes.length;
    this.#entry = entry;
    this.#present = present;
    this.#changed = changed;
  }

  get view(): DataView {
    this.#view ??= viewOf(this.memory);
    return this.#view;
  }

  has(place: number): boolean {
    return (this.#present & (1 << place)) !== 0;
  }

  isCopyable(place: number): boolean {
    if ((this.#changed & (1 << place)) !== 0) return false;
    const entry = this.#entry;
    const at = entry.at(place);
    if (entry.isAscii(at)) return true;
    return entry.form(at) === plainString && isHarmless(this.memory, entry.start(at), entry.end(at));
  }

  isCopyableInside(place: number): boolean {
    return this.isCopyable(place);
  }

  start(place: number): number {
    return this.#entry.start(this.#entry.at(place));
  }

  end(place: number): number {
    return this.#entry.end(this.#entry.at(place));
  }

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
        return entry.isAscii(at) || isHarmless(this.memory, start, end);
      case number:
        return isNarrow(this.memory, start, end);
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
