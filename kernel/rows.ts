import { entryEnd, memberBytes, readMembers, slotBytes, slots } from "./members";
import { linesAt, rowsAt, rowsMost, spansAt, spansMost, stateAt } from "./places";

const newline: i32 = 0x0a;
const rowBytes: i32 = 12;

/**
 * Reads the lines from `start` to `size`, both counted from `linesAt`, as long as they are regular entries,
 * and as far as there is room. Of each a row says where it starts and ends, and which number of `spansAt` is
 * the first of it. Gives back how many; the first number behind all of theirs is left in the state.
 */
export function readRows(start: i32, size: i32): i32 {
  const to = linesAt + size;
  const lastSpans = spansAt + spansMost - slotBytes - slots * memberBytes;
  let spans = spansAt;
  let count = 0;
  let at = linesAt + start;
  while (at < to && count < rowsMost && spans <= lastSpans) {
    const members = readMembers(at, to, spans, linesAt);
    if (members === -1) break;
    const end = linesAt + entryEnd(spans, members);
    if (end >= to || load<u8>(end) !== newline) break;
    const row = rowsAt + count * rowBytes;
    store<i32>(row, at - linesAt);
    store<i32>(row, end - linesAt, 4);
    store<i32>(row, (spans - spansAt) >> 2, 8);
    count += 1;
    spans += slotBytes + members * memberBytes;
    at = end + 1;
  }
  store<i32>(stateAt, (spans - spansAt) >> 2);
  return count;
}
