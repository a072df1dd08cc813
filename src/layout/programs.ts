import { kernelBytes, kernelPlaces } from "../kernel/kernel.ts";

const { programsAt, programsMost } = kernelPlaces;
/** The kernel copies 16 bytes at a time, and numbers stand at multiples of 4. */
const alignment = 16;
/** Counted up when the room for programs was cleared. */
let generation = 0;
let free = programsAt;

/** Another one when no program lies where it was any more. */
export function programsGeneration(): number {
  return generation;
}

/**
 * What the kernel writes an event by (kernel/write.ts). It lies in the kernel as long as there is room: then
 * all begin anew, each when it is wanted.
 */
export class Program {
  readonly #bytes: Buffer;
  #generation = -1;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Where in the kernel it begins; -1 where it is too long. */
  get at(): number {
    if (this.#generation === generation) return this.#at;
    const { length } = this.#bytes;
    if (length > programsMost) return -1;
    if (free + length > programsAt + programsMost) {
      generation += 1;
      free = programsAt;
    }
    kernelBytes.set(this.#bytes, free);
    this.#at = free;
    this.#generation = generation;
    free += Math.ceil(length / alignment) * alignment;
    return this.#at;
  }
}
