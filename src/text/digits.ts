const digitZero = 0x30;
const greatestInt = 0x7fff_ffff;
const hexDigits = Buffer.from("0123456789abcdef");

/** How many digits a whole number has, from 0 to 2^53 - 1. */
export function digitCount(value: number): number {
  let count = 1;
  for (let least = 10; least <= value; least *= 10) count += 1;
  return count;
}

/** Writes the last `count` digits of a whole number, zeros in front where it has fewer. */
export function putDigits(bytes: Buffer, start: number, value: number, count: number): void {
  let at = start + count - 1;
  let rest = value;
  for (; rest > greatestInt && at >= start; at -= 1) {
    const tens = Math.floor(rest / 10);
    bytes[at] = digitZero + (rest - tens * 10);
    rest = tens;
  }
  // Whole numbers of 32 bits are divided much faster.
  for (let int = rest | 0; at >= start; at -= 1) {
    const tens = (int / 10) | 0;
    bytes[at] = digitZero + (int - tens * 10);
    int = tens;
  }
}

/** Writes the hexadecimal digits of `count` bytes that stand at `from` of `source`. */
export function putHex(bytes: Buffer, start: number, source: Buffer, from: number, count: number): void {
  let at = start;
  for (let index = 0; index < count; index += 1) {
    const byte = source[from + index] as number;
    bytes[at++] = hexDigits[byte >> 4] as number;
    bytes[at++] = hexDigits[byte & 15] as number;
  }
}
