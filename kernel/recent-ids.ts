import { memberBytes, slotBytes } from "./members";
import { creationAt, creationBytes, linesAt, recentIdsAt, rowBasesAt, rowIdsAt, spansAt } from "./places";
import { isSameText } from "./text";

// Ids that were met lately, by their bytes as they stand in a record: a table of rows of 48 bytes, four numbers
// (the generation in which it was noted, what was noted, how long it is) and the id.

const placeBits: i32 = 10;
/** So many ids are at hand. */
const places: i32 = 1 << placeBits;
const rowBytes: i32 = 48;
const idAt: i32 = 16;
const longest: i32 = 32;
/** An id is at one of so many places: at one alone, a few hundred ids would drive each other out. */
const tries: i32 = 4;
const odd: i32 = 0x9e3779b1;

/** Of who is not found. */
const unknown: i32 = -1;
/** Of a row that says nobody. */
const nobody: i32 = -2;

let noted: i32 = 0;

/** What was noted of the id at `start` in this generation, or -1. Who is not found may have been forgotten. */
export function findId(start: i32, length: i32, generation: i32): i32 {
  if (length > longest) return unknown;
  const first = placeOf(start, length);
  for (let tried = 0; tried < tries; tried += 1) {
    const row = rowAt(first + tried);
    if (load<i32>(row) === generation && isAt(row, start, length)) return load<i32>(row, 4);
  }
  return unknown;
}

/** Notes `value` of one that is not found; `generation` is 1 or more. A long one is left out. */
export function noteId(start: i32, length: i32, generation: i32, value: i32): void {
  if (length > longest) return;
  const row = rowFor(placeOf(start, length), generation);
  store<i32>(row, generation);
  store<i32>(row, value, 4);
  store<i32>(row, length, 8);
  v128.store(row, v128.load(start), idAt);
  v128.store(row, v128.load(start, 16), idAt + 16);
}

/**
 * The same as `findId` of the values that rows, from `first` up to `end`, have of a key: left at `rowIdsAt` of
 * each. -1 also where the row's action is the creation of an account, -2 where it has no such key.
 */
export function findRowIds(first: i32, end: i32, key: i32, action: i32, generation: i32): void {
  for (let row = first; row < end; row += 1) {
    const spans = spansAt + load<i32>(rowBasesAt + row * 4) * 4;
    const id = spanOf(spans, key);
    let found = nobody;
    if (isCreation(spans, action)) found = unknown;
    else if (id !== 0) {
      const start = load<i32>(id, 8);
      found = findId(linesAt + start, load<i32>(id, 12) - start, generation);
    }
    store<i32>(rowIdsAt + row * 4, found);
  }
}

/** Where the numbers of a key's member stand; 0 where it has none. */
function spanOf(spans: i32, key: i32): i32 {
  const member = load<i32>(spans + key * 4);
  return member === 0 ? 0 : spans + slotBytes + (member - 1) * memberBytes;
}

function isCreation(spans: i32, key: i32): bool {
  const action = spanOf(spans, key);
  if (action === 0) return false;
  const start = load<i32>(action, 8);
  if (load<i32>(action, 12) - start !== creationBytes) return false;
  return isSameText(creationAt, linesAt + start, creationBytes);
}

/** One that nobody of this generation has, or each of them in turn. */
function rowFor(first: i32, generation: i32): i32 {
  for (let tried = 0; tried < tries; tried += 1) {
    const row = rowAt(first + tried);
    if (load<i32>(row) !== generation) return row;
  }
  noted += 1;
  return rowAt(first + (noted & (tries - 1)));
}

function rowAt(place: i32): i32 {
  return recentIdsAt + (place & (places - 1)) * rowBytes;
}

function isAt(row: i32, start: i32, length: i32): bool {
  if (load<i32>(row, 8) !== length) return false;
  return isSameText(row + idAt, start, length);
}

/** Its words, mixed: the highest bits depend on all of them. The last word ends where the id does. */
function placeOf(start: i32, length: i32): i32 {
  let hash = length;
  if (length < 4) for (let at = 0; at < length; at += 1) hash = (hash ^ <i32>load<u8>(start + at)) * odd;
  else for (let at = 0; at < length; at += 4) hash = (hash ^ load<i32>(start + min(at, length - 4))) * odd;
  return hash >>> (32 - placeBits);
}
