const digitZero = 0x30;
const greatestInt = 0x7fff_ffff;

/** How many digits a whole number has, from 0 to 2^53 - 1. */
export function digitCount(value: number): number {
  let count = 1;
  for (let least = 10; least <= value; least *= 10) count += 1;
  return count;
}

/** Writes a whole number with so many digits, which it has at most: zeros in front where it has fewer. */
export function putDigits(bytes: Buffer, start: number, value: number, count: number): void {
  if (value > greatestInt) {
    const millions = Math.floor(value / 1_000_000);
    putDigits(bytes, start, millions, count - 6);
    putDigits(bytes, start + count - 6, value - millions * 1_000_000, 6);
    return;
  }
  // Whole numbers of 32 bits are divided much faster.
  let rest = value | 0;
  for (let at = start + count - 1; at >= start; at -= 1) {
    const tens = (rest / 10) | 0;
    bytes[at] = digitZero + (rest - tens * 10);
    rest = tens;
  }
}

/** Writes the hexadecimal digits of `count` bytes that stand at `from` of `source`. */
export function putHex(into: DataView, start: number, source: Buffer, from: number, count: number): void {
  for (let index = 0; index < count; index += 1)
    into.setUint16(start + 2 * index, hexPairs[source[from + index] as number] as number);
}

/** The same of bytes that are the characters of a text in Latin-1. */
export function putHexOf(into: DataView, start: number, bytes: string): void {
  for (let index = 0; index < bytes.length; index += 1)
    into.setUint16(start + 2 * index, hexPairs[bytes.charCodeAt(index)] as number);
}

const hexDigits = Buffer.from("0123456789abcdef");
/** The two digits of each byte. */
const hexPairs = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.of(hexDigits[byte >> 4] as number, hexDigits[byte & 15] as number).readUInt16BE(),
);
