import type { SeenUser } from "../activity.ts";

/**
 * Who was active on one day, as one block: for each user the length of the id, 1 byte; when it was last
 * active, 3 bytes, little-endian seconds of the day; the id. A set with the greatest time: whatever comes a
 * second time changes nothing.
 */
export class ActiveDay {
  readonly #places = new Map<string, number>();
  #bytes: Buffer;
  #size: number;
  /** There were others, for whom there was no room. */
  more: boolean;

  /** `bytes` are what `block` gave, or empty. Throws where they are not. */
  constructor(bytes: Uint8Array, more: boolean) {
    this.#bytes = Buffer.from(bytes);
    this.#size = bytes.length;
    this.more = more;
    for (let at = 0; at < this.#size; at += headBytes + (this.#bytes[at] as number))
      this.#places.set(idAt(this.#bytes, at), at);
  }

  get byteLength(): number {
    return this.#bytes.length + this.#places.size * bytesPerPlace;
  }

  get block(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Whether this user is a new one of the day: `added`, `later` than before, or nothing changes. */
  see(user: string, second: number): "added" | "later" | "same" | "full" {
    const at = this.#places.get(user);
    if (at === undefined) return this.#add(user, second);
    if (second <= this.#bytes.readUIntLE(at + 1, 3)) return "same";
    this.#bytes.writeUIntLE(second, at + 1, 3);
    return "later";
  }

  users(): SeenUser[] {
    return Array.from(this.#places, ([user, at]) => ({ user, second: this.#bytes.readUIntLE(at + 1, 3) }));
  }

  #add(user: string, second: number): "added" | "full" {
    const id = Buffer.from(user);
    const hasRoom = this.#places.size < mostUsers && this.#size + headBytes + id.length <= mostBytes;
    if (!hasRoom || id.length > 255) {
      this.more = true;
      return "full";
    }
    const at = this.#size;
    this.#size += headBytes + id.length;
    if (this.#size > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(firstBytes, 2 * this.#size));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#bytes.writeUInt8(id.length, at);
    this.#bytes.writeUIntLE(second, at + 1, 3);
    id.copy(this.#bytes, at + headBytes);
    this.#places.set(user, at);
    return "added";
  }
}

const headBytes = 4;
/** What a place takes in memory, about. */
const bytesPerPlace = 80;
const firstBytes = 256;
/** More than any organization has: no log makes a day grow without end. */
const mostUsers = 100_000;
/** So many of them with UUIDs as ids: the block is written once more with each append. */
const mostBytes = 4 * 1024 * 1024;

function idAt(bytes: Buffer, at: number): string {
  return bytes.toString("utf8", at + headBytes, at + headBytes + (bytes[at] as number));
}
