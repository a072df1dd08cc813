import { createHash } from "node:crypto";

/** By so many bytes a volume is known again, at its beginning and before the end of what was read of it. */
const printBytes = 4096;

/** A part of a volume's bytes, and what they were. */
export interface Print {
  readonly from: number;
  readonly to: number;
  /** 24 hexadecimal digits of SHA-256. */
  readonly hash: string;
}

/** Remembers the first and the last bytes of what goes by. */
export class PrintMaker {
  #offset: number;
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  readonly #from: number;

  /** What goes by begins at `from`. */
  constructor(from: number) {
    this.#offset = from;
    this.#from = from;
  }

  passed(bytes: Buffer): void {
    this.#offset += bytes.length;
    if (this.#from === 0 && this.#head.length < printBytes)
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, printBytes - this.#head.length)]);
    this.#tail =
      bytes.length >= printBytes
        ? Buffer.from(bytes.subarray(-printBytes))
        : Buffer.concat([this.#tail, bytes]).subarray(-printBytes);
  }

  /** Of the last bytes; of the first ones too where these went by. Nothing went by: nothing. */
  prints(): Print[] {
    const { length } = this.#tail;
    const tail = { from: this.#offset - length, to: this.#offset, hash: hashOf(this.#tail) };
    const head = { from: 0, to: this.#head.length, hash: hashOf(this.#head) };
    if (length === 0) return [];
    return this.#head.length === 0 || tail.from === 0 ? [tail] : [head, tail];
  }
}

/** Whether a volume still has the bytes that it had. `open` reads some of them. */
export async function hasPrints(
  prints: readonly Print[],
  open: (from: number, to: number) => AsyncIterable<Buffer>,
): Promise<boolean> {
  for (const { from, to, hash } of prints) {
    const parts: Buffer[] = [];
    for await (const part of open(from, to)) parts.push(part);
    if (hashOf(Buffer.concat(parts)) !== hash) return false;
  }
  return prints.length > 0;
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 24);
}
