import { copy } from "./copy";
import { keptAt, linesAt, rowEndsAt, rowStartsAt, rowUidsAt } from "./places";

const uidBytes: i32 = 16;
const headBytes: i32 = 27;

/**
 * Writes rows, from `first` up to `end`, as src/spool/chunk/chunk-codec.ts has records without a fault, one
 * behind the other. Gives back where they end.
 */
export function writeRecords(first: i32, end: i32, day: i32, flags: i32): i32 {
  let out = keptAt;
  for (let row = first; row < end; row += 1) {
    const start = load<i32>(rowStartsAt + row * 4);
    const size = load<i32>(rowEndsAt + row * 4) - start;
    v128.store(out, v128.load(rowUidsAt + row * uidBytes));
    store<i32>(out, day, 16);
    store<u8>(out, flags, 20);
    store<u16>(out, 0, 21);
    store<i32>(out, size, 23);
    copy(out + headBytes, linesAt + start, size);
    out += headBytes + size;
  }
  return out;
}
