import { varintBytes, writeVarint } from "./attribute";
import { isHarmless } from "./harmless";
import { begunAt, stateAt, writtenAt } from "./places";

// Sections of what is written (src/text/writer.ts), the last of which are closed first. Where the ones that are
// open begin stands at `begunAt`, counted from `writtenAt`, and how many they are in the state: whoever writes
// what the kernel cannot opens and closes them as well. What closes one gives back where it ends, -1 where that
// is for others: it is open still.

const depthAt: i32 = 36;
const stopped: i32 = -1;

/** Of nearly all messages of protobuf, and of counted ones, what stands in front of them. */
const usualVarint: i32 = 2;
const usualDigits: i32 = 3;

const space: i32 = 0x20;
const equals: i32 = 0x3d;
const backslash: i32 = 0x5c;

/** Begins one, behind so many bytes that are left free. */
export function openSection(out: i32, reserve: i32): i32 {
  const depth = load<i32>(stateAt, depthAt);
  store<i32>(begunAt + depth * 4, out + reserve - writtenAt);
  store<i32>(stateAt, depth + 1, depthAt);
  return out + reserve;
}

/** Puts a length in front of it, as protobuf has it. */
export function closeMessage(out: i32): i32 {
  const begun = last();
  const moved = varintBytes(out - begun) - usualVarint;
  if (moved !== 0) memory.copy(begun + moved, begun, out - begun);
  writeVarint(begun - usualVarint, out - begun);
  drop();
  return out + moved;
}

/** It is a value of CEF as it is: so long at most, nothing to trim, nothing to escape. */
export function closePlain(out: i32, most: i32): i32 {
  const begun = last();
  if (out === begun || out - begun > most || !isPlain(begun, out)) return stopped;
  drop();
  return out;
}

/** So long at most, and one line. */
export function closeLine(out: i32, most: i32): i32 {
  const begun = last();
  if (out - begun > most || !isLine(begun, out)) return stopped;
  drop();
  return out;
}

/** The same, with its length and a space in front of it. */
export function closeCounted(out: i32, most: i32): i32 {
  const begun = last();
  const length = out - begun;
  if (length > most || !isLine(begun, out)) return stopped;
  const digits = length < 10 ? 1 : length < 100 ? 2 : length < 1000 ? 3 : length < 10_000 ? 4 : 5;
  if (length >= 100_000) return stopped;
  const moved = digits - usualDigits;
  if (moved !== 0) memory.copy(begun + moved, begun, length);
  let rest = length;
  for (let at = begun + moved - 2; at >= begun - usualDigits - 1; at -= 1) {
    store<u8>(at, 0x30 + (rest % 10));
    rest /= 10;
  }
  store<u8>(begun + moved - 1, space);
  drop();
  return out + moved;
}

function last(): i32 {
  return writtenAt + load<i32>(begunAt + (load<i32>(stateAt, depthAt) - 1) * 4);
}

function drop(): void {
  store<i32>(stateAt, load<i32>(stateAt, depthAt) - 1, depthAt);
}

function isPlain(start: i32, end: i32): bool {
  if (load<u8>(start) === space || load<u8>(end - 1) === space) return false;
  let ascii = true;
  for (let at = start; at < end; at += 16) {
    const bytes = v128.load(at);
    const wanted = (1 << min(16, end - at)) - 1;
    const special = v128.or(
      v128.eq<i8>(bytes, i8x16.splat(<i8>equals)),
      v128.eq<i8>(bytes, i8x16.splat(<i8>backslash)),
    );
    if ((i8x16.bitmask(special) & wanted) !== 0) return false;
    const beyond = v128.or(v128.lt<u8>(bytes, i8x16.splat(<i8>space)), v128.ge<u8>(bytes, i8x16.splat(0x7f)));
    if ((i8x16.bitmask(beyond) & wanted) !== 0) ascii = false;
  }
  return ascii || isHarmless(start, end);
}

/** It has no character that ends a line, or a message. */
function isLine(start: i32, end: i32): bool {
  for (let at = start; at < end; at += 16) {
    const bytes = v128.load(at);
    const ends = v128.or(
      v128.or(v128.eq<i8>(bytes, i8x16.splat(0x0a)), v128.eq<i8>(bytes, i8x16.splat(0x0d))),
      v128.eq<i8>(bytes, i8x16.splat(0)),
    );
    if ((i8x16.bitmask(ends) & ((1 << min(16, end - at)) - 1)) !== 0) return false;
  }
  return true;
}
