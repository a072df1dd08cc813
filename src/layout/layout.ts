import type { RegularEvent } from "../event/regular-event.ts";
import { kernel, kernelBytes, kernelNumbers, kernelPlaces } from "../kernel/kernel.ts";
import { type Part, type Section, Writer } from "../text/writer.ts";
import { Program } from "./programs.ts";
import { type SharedText, sharedText } from "./shared-texts.ts";

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

const { stateAt, writtenAt, writtenMost } = kernelPlaces;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
/** What the kernel does by itself, and what it stops at. */
const codes = { value: 0, whole: 1, uid: 2, shared: 3, part: 4, open: 5, close: 6, end: 7 } as const;
/** In front of a step's constant. */
const headNumbers = 4;
const headBytes = headNumbers * numberBytes;
/** What parts and sections of an event take by themselves is less. */
const roomForParts = 64 * 1024;

/** What the kernel has written of an event: its memory, into which parts write too. */
const draft = new Writer(0);
const draftBytes = kernelBytes.subarray(writtenAt, writtenAt + writtenMost);
const draftView = new DataView(kernelBytes.buffer, writtenAt, writtenMost);

/**
 * What the events of one kind are written as: the same bytes, and between them what differs. Which is all
 * that is left to be done for each, and most of it by the kernel.
 */
export class Layout {
  readonly #program: Program;
  readonly #blanks: readonly Blank[];
  readonly #begun: number[] = [];
  /** All constants, bytes. */
  readonly #constantBytes: number;
  /** Blanks that take a part of the record, at most all of it. */
  readonly #copies: number;
  readonly #hasUid: boolean;
  readonly #shared: readonly SharedText[];

  constructor(strips: readonly Strip[]) {
    const blanks = strips.map(({ blank }) => blank);
    const steps = strips.map(stepOf);
    this.#program = new Program(Buffer.concat(steps));
    this.#blanks = blanks;
    this.#constantBytes = strips.reduce((sum, { constant }) => sum + constant.length, 0);
    this.#copies = blanks.filter(({ type }) => type === "value" || type === "whole").length;
    this.#hasUid = steps.some((step) => step.readInt32LE(numberBytes) === codes.uid);
    this.#shared = blanks.flatMap((blank) => sharedOf(blank) ?? []);
  }

  /**
   * Writes an event of its kind, the one that was read last. False: it is not written as the others are, and
   * what was written is of no use.
   */
  write(event: RegularEvent, into: Writer): boolean {
    const { from, to, uidAt } = event;
    if (this.#constantBytes + this.#copies * (to - from) + roomForParts > writtenMost) return false;
    if (this.#hasUid && uidAt === -1) return false;
    for (const text of this.#shared) if (!text.become(event)) return false;
    let step = this.#program.at;
    if (step === -1) return false;
    // Of an event that was not written to its end some may be there.
    if (this.#begun.length > 0) this.#begun.length = 0;
    let end = writtenAt;
    for (;;) {
      step = kernel.write(step, end, from, to, uidAt);
      end = kernelNumbers[stateAt / numberBytes] as number;
      const head = step / numberBytes;
      if (kernelNumbers[head + 1] === codes.end) break;
      draft.bytes = draftBytes;
      draft.view = draftView;
      draft.size = end - writtenAt;
      if (!this.#fill(kernelNumbers[head + 2] as number, event) || draft.bytes !== draftBytes) return false;
      end = writtenAt + draft.size;
      step += kernelNumbers[head + 3] as number;
    }
    into.copy(kernelBytes, writtenAt, end);
    return true;
  }

  #fill(place: number, event: RegularEvent): boolean {
    const blank = this.#blanks[place] as Blank;
    if (blank.type === "part") return (blank.write as Part<RegularEvent>)(draft, event);
    if (blank.type === "close") return draft.close(blank.section, this.#begun.pop() as number);
    if (blank.type === "open") this.#begun.push(draft.open(blank.section));
    return true;
  }
}

/** As kernel/write.ts takes it. What it stops at is told by its place among the blanks. */
function stepOf({ constant, blank }: Strip, place: number): Buffer {
  const [code, which] = codeOf(blank, place);
  const size = headBytes + Math.ceil(constant.length / numberBytes) * numberBytes;
  const step = Buffer.alloc(size);
  step.set(Buffer.from(Int32Array.of(constant.length, code, which, size).buffer));
  step.set(constant, headBytes);
  return step;
}

function codeOf(blank: Blank, place: number): readonly [code: number, which: number] {
  if (blank.type === "value") return [codes.value, blank.key * numberBytes];
  if (blank.type === "part" && blank.write.of === "uid") return [codes.uid, 0];
  const shared = sharedOf(blank);
  return shared === undefined ? [codes[blank.type], place] : [codes.shared, shared.at];
}

function sharedOf(blank: Blank): SharedText | undefined {
  return blank.type === "part" ? sharedText(blank.write as Part<RegularEvent>) : undefined;
}
