import { readEvent } from "./event";
import { endsAt, kindBytes, kindsAt, kindsMost, rolesAt, startsAt, stateAt } from "./places";
import { isDottedQuad, isSameText } from "./text";

// A row of the table of kinds, which src/layout/run.ts fills: eight numbers (the keys that have a value, those
// that are written with escapes, the other traits, how long the action is, where the program of its layout
// begins, how much that writes at most: bytes, and how often all of the record, and one for whoever filled it),
// and the action. A row that is free has no keys.

const actionAt: i32 = 32;
const longestAction: i32 = kindBytes - actionAt;

/** Places in the table of roles. */
const timestamp: i32 = 0;
const action: i32 = 1;
const code: i32 = 2;
const address: i32 = 3;
const people: i32 = 4;
const peopleEnd: i32 = 8;

const quotation: i32 = 0x22;
const zero: i32 = 0x30;
const odd: i32 = 0x9e3779b1;

/** What is wrong with an event that has no row here, whatever the table knows. */
const unfit: i32 = -1;

/**
 * The row of the kind of the event that `readEvent` has read last; 0 where the table has none. Only events
 * have one whose address, if any, is one of IPv4.
 */
export function kindOfEvent(): i32 {
  const traits = traitsOfEvent();
  if (traits === unfit) return 0;
  const row = rowFor(traits);
  return load<i32>(row) === 0 ? 0 : row;
}

/**
 * Adds the kind of the record from `from` to `to`, see `kindOfEvent`. Gives back whether it is there now:
 * there is no room for very long actions.
 */
export function addKind(from: i32, to: i32, program: i32, bytes: i32, records: i32, number: i32): bool {
  if (readEvent(from, to) === -1) return false;
  const traits = traitsOfEvent();
  if (traits === unfit) return false;
  const start = startOf(roleKey(action));
  const length = endOf(roleKey(action)) - start;
  if (length > longestAction) return false;
  const row = rowFor(traits);
  store<i32>(row, load<i32>(stateAt));
  store<i32>(row, load<i32>(stateAt, 4), 4);
  store<i32>(row, traits, 8);
  store<i32>(row, length, 12);
  store<i32>(row, program, 16);
  store<i32>(row, bytes, 20);
  store<i32>(row, records, 24);
  store<i32>(row, number, 28);
  memory.copy(row + actionAt, start, length);
  return true;
}

/** The row that has the kind of the event, or else the free one that it gets. */
function rowFor(traits: i32): i32 {
  const start = startOf(roleKey(action));
  const length = endOf(roleKey(action)) - start;
  let place = hashOf(load<i32>(stateAt) ^ traits ^ (load<i32>(stateAt, 4) * odd), start, length);
  let row = rowAt(place);
  while (load<i32>(row) !== 0 && !isOfEvent(row, traits, start, length)) {
    place += 1;
    row = rowAt(place);
  }
  return row;
}

function rowAt(place: i32): i32 {
  return kindsAt + (place & (kindsMost - 1)) * kindBytes;
}

function isOfEvent(row: i32, traits: i32, start: i32, length: i32): bool {
  if (load<i32>(row) !== load<i32>(stateAt) || load<i32>(row, 4) !== load<i32>(stateAt, 4)) return false;
  if (load<i32>(row, 8) !== traits || load<i32>(row, 12) !== length) return false;
  return isSameText(row + actionAt, start, length);
}

function hashOf(others: i32, start: i32, length: i32): i32 {
  let hash = others;
  let at = start;
  const end = start + length;
  for (; at + 4 <= end; at += 4) hash = (hash * odd) ^ load<i32>(at);
  for (; at < end; at += 1) hash = (hash * odd) ^ <i32>load<u8>(at);
  hash = (hash ^ (hash >>> 15)) * odd;
  return hash ^ (hash >>> 15);
}

/**
 * Response code, whether there is an address, and which people are the same; -1 where it has no row. A row is
 * that of an event which was looked at as a whole: what has the same keys, the same action and the same code is
 * not looked at for what is wrong with these.
 */
function traitsOfEvent(): i32 {
  const ip = roleKey(address);
  const addressed = has(ip);
  if (!isText(roleKey(timestamp)) || (addressed && !isDottedQuad(startOf(ip), endOf(ip)))) return unfit;
  const response = responseCode();
  if (response === unfit) return unfit;
  return response | ((addressed ? 1 : 0) << 10) | (samePeople() << 11);
}

/** 0: there is none. */
function responseCode(): i32 {
  const key = roleKey(code);
  if (!has(key)) return 0;
  const start = startOf(key);
  if (endOf(key) - start !== 3 || isText(key)) return unfit;
  return (digit(start) * 10 + digit(start + 1)) * 10 + digit(start + 2);
}

function digit(at: i32): i32 {
  return <i32>load<u8>(at) - zero;
}

/** A bit for each two of the keys that name people whose values are the same, of those that have one. */
function samePeople(): i32 {
  let same = 0;
  let bit = 1;
  for (let one = people; one < peopleEnd; one += 1) {
    const key = roleKey(one);
    if (!has(key)) continue;
    for (let other = one + 1; other < peopleEnd; other += 1, bit <<= 1)
      if (isSame(key, roleKey(other))) same |= bit;
  }
  return same;
}

function isSame(one: i32, other: i32): bool {
  if (!has(other)) return false;
  const length = endOf(one) - startOf(one);
  return endOf(other) - startOf(other) === length && isSameText(startOf(one), startOf(other), length);
}

/** The key of an entry's time. */
export function timeKey(): i32 {
  return roleKey(timestamp);
}

function roleKey(role: i32): i32 {
  return load<u8>(rolesAt + role);
}

function has(key: i32): bool {
  return (load<i32>(stateAt) & (1 << key)) !== 0;
}

/** It has a value, which is written as a text. */
function isText(key: i32): bool {
  return has(key) && load<u8>(startOf(key) - 1) === quotation;
}

/** Where the value of a key begins. */
export function startOf(key: i32): i32 {
  return load<i32>(startsAt + key * 4);
}

/** Where it ends. */
export function endOf(key: i32): i32 {
  return load<i32>(endsAt + key * 4);
}
