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

const { stateAt, writtenAt, writtenMost } = kernelPlaces;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
/** What parts and sections of an event take by themselves is less, by and large. */
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
  /** What the kernel writes at most: bytes, and how often all of the record. */
  readonly #bytes: number;
  readonly #records: number;
  readonly #needsUid: boolean;
  readonly #shared: readonly SharedText[];

  constructor(strips: readonly Strip[]) {
    const most = strips.map(stepMost);
    this.#program = new Program(Buffer.concat(strips.map(stepOf)));
    this.#blanks = strips.map(({ blank }) => blank);
    this.#bytes = most.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#records = most.reduce((sum, { records }) => sum + records, 0);
    this.#needsUid = this.#blanks.some(needsUid);
    this.#shared = this.#blanks.flatMap((blank) => sharedOf(blank) ?? []);
  }

  /**
   * Writes an event of its kind, the one that was read last. False: it is not written as the others are, and
   * what was written is of no use.
   */
  write(event: RegularEvent, into: Writer): boolean {
    const { from, to, uidAt } = event;
    // The kernel does not look whether there is room: what it will write has its own, and parts the rest.
    let left = writtenMost - this.#bytes - this.#records * (to - from);
    if (left < roomForParts) return false;
    if (this.#needsUid && uidAt === -1) return false;
    for (const text of this.#shared) if (!text.become(event)) return false;
    let step = this.#program.at;
    if (step === -1) return false;
    // Of an event that was not written to its end some may be there.
    if (this.#begun.length > 0) this.#begun.length = 0;
    let end = writtenAt;
    for (;;) {
      step = kernel.write(step, end, from, to, uidAt);
      const start = kernelNumbers[stateAt / numberBytes] as number;
      const head = step / numberBytes;
      if (kernelNumbers[head + codeAt] === endCode) {
        into.copy(kernelBytes, writtenAt, start);
        return true;
      }
      end = this.#fill(this.#blanks[kernelNumbers[head + blankAt] as number] as Blank, event, start);
      left -= end - start;
      if (end === -1 || left < 0) return false;
      step += kernelNumbers[head + sizeAt] as number;
    }
  }

  /** Writes what the kernel has stopped at. Gives back where it ends; -1: not as it usually is. */
  #fill(blank: Blank, event: RegularEvent, start: number): number {
    draft.bytes = draftBytes;
    draft.view = draftView;
    draft.size = start - writtenAt;
    const done = this.#write(blank, event);
    // What needed more room has got another memory.
    return done && draft.bytes === draftBytes ? writtenAt + draft.size : -1;
  }

  #write(blank: Blank, event: RegularEvent): boolean {
    if (blank.type === "part") return (blank.write as Part<RegularEvent>)(draft, event);
    if (blank.type === "close") return draft.close(blank.section, this.#begun.pop() as number);
    if (blank.type === "open") this.#begun.push(draft.open(blank.section));
    return true;
  }
}
