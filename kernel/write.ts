import { beginAttribute } from "./attribute";
import { copy, copyEscaped } from "./copy";
import { endsAt, hexAt, startsAt, stateAt } from "./places";
import { closeCounted, closeLine, closeMessage, closePlain, openSection } from "./sections";

// A step of a program: six numbers, its constant, and the name of an attribute; src/layout/steps.ts makes it.
// The numbers: how many bytes the constant has, what comes behind it, which one, what it is to the program,
// where the next step begins, counted from this one, and one more.

const value: i32 = 0;
const whole: i32 = 1;
const uid: i32 = 2;
const shared: i32 = 3;
const trimmed: i32 = 4;
const attribute: i32 = 5;
const domain: i32 = 6;
const open: i32 = 7;
const message: i32 = 8;
const plain: i32 = 9;
const line: i32 = 10;
const counted: i32 = 11;
const quoted: i32 = 12;
/** The last step of all. */
export const end: i32 = 15;
const headBytes: i32 = 24;
const uidBytes: i32 = 16;
const quotation: i32 = 0x22;
/** What an attribute has that has no key. */
const record: i32 = -1;
const stopped: i32 = -1;

/**
 * Writes an event's bytes to `into`, from this step on, as far as that is to be copied: the record stands
 * from `from` to `to`, its uid at `uidAt`. Gives back the step that it stopped at; where it wrote to is left
 * in the state.
 */
export function write(step: i32, into: i32, from: i32, to: i32, uidAt: i32): i32 {
  let at = step;
  let out = into;
  for (;;) {
    const length = load<i32>(at);
    copy(out, at + headBytes, length);
    out += length;
    if (load<i32>(at, 4) === value) {
      // Most are.
      const which = load<i32>(at, 8);
      out = copied(out, load<i32>(startsAt + which), load<i32>(endsAt + which));
    } else {
      store<i32>(stateAt, out);
      out = fill(at, out, from, to, uidAt);
      if (out === stopped) break;
    }
    at += load<i32>(at, 16);
  }
  return at;
}

/** Writes what comes behind a step's constant, and is no value. Gives back where it ends. */
function fill(step: i32, out: i32, from: i32, to: i32, uidAt: i32): i32 {
  const which = load<i32>(step, 8);
  switch (load<i32>(step, 4)) {
    case whole:
      return copied(out, from, to);
    case uid:
      return writeUid(out, uidAt);
    case shared:
      return copied(out, which + 4, which + 4 + load<i32>(which));
    case trimmed: {
      if (isEscaped(which)) return stopped;
      const start = load<i32>(startsAt + which * 4);
      const end = load<i32>(endsAt + which * 4);
      const more = load<i32>(step, 20);
      if (end - start > more >> 8 || load<u8>(start) === 0x20 || load<u8>(end - 1) === 0x20) return stopped;
      return copyEscaped(out, start, end - start, more & 0xff);
    }
    case attribute:
      return writeAttribute(step, out, from, to, uidAt, which);
    case domain:
      return writeDomain(step, out, which);
    case open:
      return openSection(out, which);
    case message:
      return closeMessage(out);
    case plain:
      return closePlain(out, which);
    case line:
      return closeLine(out, which);
    case counted:
      return closeCounted(out, which);
    case quoted:
      return copyEscaped(out, from, to - from, quotation);
    default:
      return stopped;
  }
}

function writeAttribute(step: i32, into: i32, from: i32, to: i32, uidAt: i32, which: i32): i32 {
  const name = nameOf(step);
  const nameBytes = load<i32>(step, 20);
  if (which < record) return writeUid(beginAttribute(into, name, nameBytes, 2 * uidBytes), uidAt);
  if (which === record) return copied(beginAttribute(into, name, nameBytes, to - from), from, to);
  if (isEscaped(which)) return stopped;
  const start = load<i32>(startsAt + which * 4);
  const end = load<i32>(endsAt + which * 4);
  return copied(beginAttribute(into, name, nameBytes, end - start), start, end);
}

/** What stands behind the last `@`, with what is in front of it, and a quotation mark; nothing where nothing does. */
function writeDomain(step: i32, into: i32, key: i32): i32 {
  if (isEscaped(key)) return stopped;
  const start = load<i32>(startsAt + key * 4);
  const end = load<i32>(endsAt + key * 4);
  let at = end;
  while (at > start && load<u8>(at - 1) !== 0x40) at -= 1;
  if (at === start || at === end) return into;
  const nameBytes = load<i32>(step, 20);
  copy(into, nameOf(step), nameBytes);
  let out = into + nameBytes;
  for (; at < end; at += 1, out += 1) {
    const byte: i32 = load<u8>(at);
    store<u8>(out, byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);
  }
  store<u8>(out, quotation);
  return out + 1;
}

function nameOf(step: i32): i32 {
  return step + headBytes + ((load<i32>(step) + 3) & ~3);
}

/** The text of this key is written with escapes, as `readEvent` has left it. */
function isEscaped(key: i32): bool {
  return (load<i32>(stateAt, 4) & (1 << key)) !== 0;
}

function copied(out: i32, from: i32, to: i32): i32 {
  copy(out, from, to - from);
  return out + to - from;
}

function writeUid(out: i32, at: i32): i32 {
  for (let byte = 0; byte < uidBytes; byte += 1)
    store<u16>(out + 2 * byte, load<u16>(hexAt + 2 * <i32>load<u8>(at + byte)));
  return out + 2 * uidBytes;
}
