import { asciiText, entryEnd, memberBytes, readMembers, slotBytes, slots, spanOf } from "./members";
import { linesAt, rowsAt, rowsMost, spansAt, spansMost, stateAt } from "./places";
import { isSameText } from "./text";

const newline: i32 = 0x0a;
const rowBytes: i32 = 16;

/** What a row says of its time: that it says not what happened, or not when. */
const undated: i32 = 0;
/** Another than that of the row before. */
const otherTime: i32 = 1;
const sameTime: i32 = 2;

/**
 * Reads the lines from `start` to `size`, both counted from `linesAt`, as long as they are regular entries,
 * and as far as there is room. Of each a row says where it starts and ends, which number of `spansAt` is the
 * first of it, and what its time is; what happened and when stand at the keys `action` and `timestamp`. Gives
 * back how many; the first number behind all of theirs is left in the state.
 */
export function readRows(start: i32, size: i32, action: i32, timestamp: i32): i32 {
  const to = linesAt + size;
  const lastSpans = spansAt + spansMost - slotBytes - slots * memberBytes;
  let spans = spansAt;
  let count = 0;
  let at = linesAt + start;
  let last = 0;
  while (at < to && count < rowsMost && spans <= lastSpans) {
    const members = readMembers(at, to, spans, linesAt);
    if (members === -1) break;
    const end = linesAt + entryEnd(spans, members);
    if (end >= to || load<u8>(end) !== newline) break;
    const row = rowsAt + count * rowBytes;
    store<i32>(row, at - linesAt);
    store<i32>(row, end - linesAt, 4);
    store<i32>(row, (spans - spansAt) >> 2, 8);
    const time = textOf(spans, timestamp);
    const isDated = time !== 0 && textOf(spans, action) !== 0;
    store<i32>(row, isDated ? (isSame(last, time) ? sameTime : otherTime) : undated, 12);
    if (isDated) last = time;
    count += 1;
    spans += slotBytes + members * memberBytes;
    at = end + 1;
  }
  store<i32>(stateAt, (spans - spansAt) >> 2);
  return count;
}

/** Where the numbers of a member stand that is a text without escapes, and not empty; 0 where it is none. */
function textOf(spans: i32, key: i32): i32 {
  const member = load<i32>(spans + key * 4);
  if (member === 0) return 0;
  const span = spanOf(spans, member);
  const isText = (load<i32>(span, 4) & ~asciiText) === 0;
  return isText && load<i32>(span, 12) > load<i32>(span, 8) ? span : 0;
}

/** Two of these, of which the first may be none. */
function isSame(one: i32, other: i32): bool {
  if (one === 0) return false;
  const start = load<i32>(one, 8);
  const length = load<i32>(one, 12) - start;
  const from = load<i32>(other, 8);
  if (load<i32>(other, 12) - from !== length) return false;
  return isSameText(linesAt + start, linesAt + from, length);
}
