import type { RegularEvent } from "../event/regular-event.ts";
import type { Part, Section, Writer } from "../text/writer.ts";

/** What stands between two constants of a layout. */
export type Blank =
  | { readonly type: "value"; readonly key: number }
  | { readonly type: "whole" }
  | { readonly type: "part"; readonly write: Part<never> }
  | { readonly type: "open"; readonly section: Section }
  | { readonly type: "close"; readonly section: Section }
  | { readonly type: "end" };

/** A constant, and the blank behind it. */
export interface Strip {
  readonly constant: Buffer;
  readonly blank: Blank;
}

const value = 0;
const whole = 1;
const part = 2;
const open = 3;
const close = 4;
const end = 5;
const codes = { value, whole, part, open, close, end } as const;

/** Up to so many bytes a loop copies faster than a call. */
const fewBytes = 40;

/**
 * What the events of one kind are written as: the same bytes, and between them what differs. Which is all
 * that is left to be done for each.
 */
export class Layout {
  readonly #constants: readonly Buffer[];
  readonly #codes: Uint8Array;
  readonly #keys: Uint8Array;
  readonly #parts: readonly (Part<RegularEvent> | undefined)[];
  readonly #sections: readonly (Section | undefined)[];
  readonly #begun: number[] = [];
  /** What it takes without its blanks, bytes. */
  readonly #size: number;
  /** Blanks that take a part of the record, at most all of it. */
  readonly #copies: number;

  constructor(strips: readonly Strip[]) {
    const blanks = strips.map(({ blank }) => blank);
    this.#constants = strips.map(({ constant }) => constant);
    this.#codes = Uint8Array.from(blanks, ({ type }) => codes[type]);
    this.#keys = Uint8Array.from(blanks, (blank) => (blank.type === "value" ? blank.key : 0));
    this.#parts = blanks.map((blank) =>
      blank.type === "part" ? (blank.write as Part<RegularEvent>) : undefined,
    );
    this.#sections = blanks.map((blank) => ("section" in blank ? blank.section : undefined));
    this.#size = this.#constants.reduce((sum, { length }) => sum + length, 0);
    this.#copies = blanks.filter(({ type }) => type === "value" || type === "whole").length;
  }

  /**
   * Writes an event of its kind. False: it is not written as the others are, and what was written is of no
   * use.
   */
  write(event: RegularEvent, into: Writer): boolean {
    const { bytes: record, starts, ends } = event;
    const most = this.#size + this.#copies * record.length;
    into.room(most);
    // Of an event that was not written to its end some may be there.
    if (this.#begun.length > 0) this.#begun.length = 0;
    const constants = this.#constants;
    for (let step = 0; step < constants.length; step += 1) {
      const { bytes } = into;
      let { size } = into;
      const constant = constants[step] as Buffer;
      const { length } = constant;
      if (length > fewBytes) {
        bytes.set(constant, size);
        size += length;
      } else for (let at = 0; at < length; at += 1) bytes[size++] = constant[at] as number;
      switch (this.#codes[step]) {
        case value: {
          const key = this.#keys[step] as number;
          const last = ends[key] as number;
          const first = starts[key] as number;
          if (last - first > fewBytes) size += record.copy(bytes, size, first, last);
          else for (let at = first; at < last; at += 1) bytes[size++] = record[at] as number;
          into.size = size;
          break;
        }
        case whole:
          bytes.set(record, size);
          into.size = size + record.length;
          break;
        case end:
          into.size = size;
          return true;
        default:
          into.size = size;
          if (!this.#fill(step, event, into)) return false;
          into.room(most);
      }
    }
    return true;
  }

  #fill(step: number, event: RegularEvent, into: Writer): boolean {
    const section = this.#sections[step];
    if (section === undefined) return (this.#parts[step] as Part<RegularEvent>)(into, event);
    if (this.#codes[step] === close) return into.close(section, this.#begun.pop() as number);
    this.#begun.push(into.open(section));
    return true;
  }
}
