import type { RegularEvent } from "../event/regular-event.ts";
import { kernel, kernelBytes, kernelNumbers, kernelPlaces } from "../kernel/kernel.ts";
import { type Part, Writer } from "../text/writer.ts";
import { Program } from "./programs.ts";
import type { SharedText } from "./shared-texts.ts";
import {
  type Blank,
  blankAt,
  codeAt,
  endCode,
  needsUid,
  type Strip,
  sharedOf,
  sizeAt,
  stepMost,
  stepOf,
} from "./steps.ts";

const { stateAt, writtenAt, writtenMost, begunAt } = kernelPlaces;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
/** How many sections are open, and where the first of them begins (kernel/sections.ts). */
const open = stateAt / numberBytes + 9;
const begun = begunAt / numberBytes;
/** What parts and sections of an event take by themselves is less, by and large. */
export const roomForParts = 64 * 1024;

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
  /** What the kernel writes at most: bytes, and how often all of the record. */
  readonly most: { readonly bytes: number; readonly records: number };
  /** What has to be there before. */
  readonly shared: readonly SharedText[];
  readonly #needsUid: boolean;

  constructor(strips: readonly Strip[]) {
    const most = strips.map(stepMost);
    this.most = {
      bytes: most.reduce((sum, { bytes }) => sum + bytes, 0),
      records: most.reduce((sum, { records }) => sum + records, 0),
    };
    this.#program = new Program(Buffer.concat(strips.map(stepOf)));
    this.#blanks = strips.map(({ blank }) => blank);
    this.#needsUid = this.#blanks.some(needsUid);
    this.shared = this.#blanks.flatMap((blank) => sharedOf(blank) ?? []);
  }

  /**
   * Writes an event of its kind, the one that was read last. False: it is not written as the others are, and
   * what was written is of no use.
   */
  write(event: RegularEvent, into: Writer): boolean {
    const { from, to, uidAt } = event;
    // The kernel does not look whether there is room: what it will write has its own, and parts the rest.
    let left = writtenMost - this.most.bytes - this.most.records * (to - from);
    if (left < roomForParts) return false;
    if (this.#needsUid && uidAt === -1) return false;
    for (const text of this.shared) if (!text.become(event)) return false;
    let step = this.at;
    if (step === -1) return false;
    // Of an event that was not written to its end some may be open.
    kernelNumbers[open] = 0;
    let end = writtenAt;
    for (;;) {
      step = kernel.write(step, end, from, to, uidAt);
      const start = kernelNumbers[stateAt / numberBytes] as number;
      const head = step / numberBytes;
      if (kernelNumbers[head + codeAt] === endCode) {
        into.copy(kernelBytes, writtenAt, start);
        return true;
      }
      end = this.fill(step, event, start);
      left -= end - start;
      if (end === -1 || left < 0) return false;
      step += kernelNumbers[head + sizeAt] as number;
    }
  }

  /** Where in the kernel its program begins; -1 where that has no room. */
  get at(): number {
    return this.#program.at;
  }

  /** Writes what the kernel has stopped at. Gives back where it ends; -1: not as it usually is. */
  fill(step: number, event: RegularEvent, start: number): number {
    const blank = this.#blanks[kernelNumbers[step / numberBytes + blankAt] as number] as Blank;
    draft.bytes = draftBytes;
    draft.view = draftView;
    draft.size = start - writtenAt;
    const done = this.#write(blank, event);
    // What needed more room has got another memory.
    return done && draft.bytes === draftBytes ? writtenAt + draft.size : -1;
  }

  #write(blank: Blank, event: RegularEvent): boolean {
    if (blank.type === "part") return (blank.write as Part<RegularEvent>)(draft, event);
    // All that opens one is done by the kernel.
    if (blank.type !== "close") return false;
    kernelNumbers[open] = (kernelNumbers[open] as number) - 1;
    return draft.close(blank.section, kernelNumbers[begun + (kernelNumbers[open] as number)] as number);
  }
}
