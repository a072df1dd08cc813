import { isHarmless } from "./harmless";
import { asciiText, digits, entryEnd, escapedText, memberBytes, readMembers, slotBytes } from "./members";
import { endsAt, idsAt, membersAt, startsAt, stateAt } from "./places";

/** Every double holds whole numbers of so many digits exactly. */
const longestNumber: i32 = 15;

/**
 * Reads the record from `from` to `to`, which is to be a regular entry and nothing else: where the value of
 * each key stands, and in the state three numbers with a bit for each key: it has a value, that is written
 * with escapes, it is not ASCII or escaped. Gives back how many members it has, -1 for any other
 * record, and where a value holds what is not sent as it is.
 */
export function readEvent(from: i32, to: i32): i32 {
  const size = readMembers(from, to, membersAt, 0);
  if (size === -1 || entryEnd(membersAt, size) !== to) return -1;
  let present = 0;
  let escaped = 0;
  let wide = 0;
  const first = membersAt + slotBytes;
  const behind = first + size * memberBytes;
  for (let member = first; member < behind; member += memberBytes) {
    const key = load<i32>(member);
    const form = load<i32>(member, 4);
    const start = load<i32>(member, 8);
    const end = load<i32>(member, 12);
    if (form === digits) {
      if (end - start > longestNumber) return -1;
      if (end - start === 1 && load<u8>(start) === 0x30 && load<u8>(idsAt + key) === 1) continue;
    } else if (form !== asciiText) {
      if (!isHarmless(start, end)) return -1;
      if (form === escapedText) escaped |= 1 << key;
      wide |= 1 << key;
    }
    if (end === start) continue;
    present |= 1 << key;
    store<i32>(startsAt + key * 4, start);
    store<i32>(endsAt + key * 4, end);
  }
  store<i32>(stateAt, present);
  store<i32>(stateAt, escaped, 4);
  store<i32>(stateAt, wide, 8);
  return size;
}
