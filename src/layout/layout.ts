import type { RegularEvent } from "../event/regular-event.ts";
import { copyBytes, viewOf } from "../text/copy.ts";
import { kept, type Part, type Section, type Writer } from "../text/writer.ts";

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
/** Of each step. */
const numbers = 3;
/** Longer ones are copied faster by the call that copies a whole piece of memory. */
const mostOfConstant = 96;
/** The same of the call that copies a part of one. */
const mostOfRecord = 160;
const codes = { value, whole, part, open, close, end } as const;

/**
 * What the events of one kind are written as: the same bytes, and between them what differs. Which is all
 * that is left to be done for each.
 */
export class Layout {
  /** One behind the other. */
  readonly #constants: DataView;
  /** All of them, bytes. */
  readonly #constantBytes: number;
  /** For each step its constant alone, where it is long. */
  readonly #long: readonly (Buffer | undefined)[];
  /** For each step the bytes of its constant, its code, and the key of a value. */
  readonly #steps: Int32Array;
  readonly #parts: readonly (Part<RegularEvent> | undefined)[];
  readonly #sections: readonly (Section | undefined)[];
  readonly #begun: number[] = [];
  /** Blanks that take a part of the record, at most all of it. */
  readonly #copies: number;

  constructor(strips: readonly Strip[]) {
    const blanks = strips.map(({ blank }) => blank);
    const constants = kept(Buffer.concat(strips.map(({ constant }) => constant)));
    this.#constants = viewOf(constants);
    this.#constantBytes = constants.length;
    let before = 0;
    this.#long = strips.map(({ constant: { length } }) => {
      before += length;
      return length > mostOfConstant ? constants.subarray(before - length, before) : undefined;
    });
    this.#steps = Int32Array.from(
      strips.flatMap(({ constant, blank }) => [
        constant.length,
        codes[blank.type],
        blank.type === "value" ? blank.key : 0,
      ]),
    );
    this.#parts = blanks.map((blank) =>
      blank.type === "part" ? (blank.write as Part<RegularEvent>) : undefined,
    );
    this.#sections = blanks.map((blank) => ("section" in blank ? blank.section : undefined));
    this.#copies = blanks.filter(({ type }) => type === "value" || type === "whole").length;
  }

  /**
   * Writes an event of its kind. False: it is not written as the others are, and what was written is of no
   * use.
   */
  write(event: RegularEvent, into: Writer): boolean {
    const { starts, ends } = event;
    const { view: record, from, to } = event.record;
    const constants = this.#constants;
    const steps = this.#steps;
    const most = this.#constantBytes + this.#copies * (to - from);
    into.room(most);
    // Of an event that was not written to its end some may be there.
    if (this.#begun.length > 0) this.#begun.length = 0;
    let { view, size } = into;
    let begin = 0;
    for (let step = 0; ; step += numbers) {
      const length = steps[step] as number;
      if (length > mostOfConstant) into.bytes.set(this.#long[step / numbers] as Buffer, size);
      else copyBytes(constants, begin, view, size, length);
      begin += length;
      size += length;
      switch (steps[step + 1]) {
        case value: {
          const key = steps[step + 2] as number;
          const start = starts[key] as number;
          const count = (ends[key] as number) - start;
          copyBytes(record, start, view, size, count);
          size += count;
          break;
        }
        case whole:
          if (to - from > mostOfRecord) event.record.memory.copy(into.bytes, size, from, to);
          else copyBytes(record, from, view, size, to - from);
          size += to - from;
          break;
        case end:
          into.size = size;
          return true;
        default:
          into.size = size;
          if (!this.#fill(step / numbers, event, into)) return false;
          into.room(most);
          ({ view, size } = into);
      }
    }
  }

  #fill(step: number, event: RegularEvent, into: Writer): boolean {
    const section = this.#sections[step];
    if (section === undefined) return (this.#parts[step] as Part<RegularEvent>)(into, event);
    if (this.#steps[step * numbers + 1] === close) return into.close(section, this.#begun.pop() as number);
    this.#begun.push(into.open(section));
    return true;
  }
}
