import { readEvent } from "./event";
import { endOf, kindOfEvent, startOf, timeKey } from "./kinds";
import { lastTimeAt, runEndsAt, runMost, stateAt, writtenAt, writtenMost } from "./places";
import { isSameText } from "./text";
import { end, write } from "./write";

// Records of a chunk as src/spool/chunk/chunk-codec.ts lays them, one behind the other: a head of its uid, its
// day, its flags, and the lengths of its fault, of which a flag tells, and of its bytes.
const dayAt: i32 = 16;
const flagsAt: i32 = 20;
const bytesAt: i32 = 23;
const headBytes: i32 = 27;

/** Where in the state stands how many sections are open, see `sections.ts`. */
const openAt: i32 = 36;

/** Why a run rests: nothing more is in reach, or the next record is no event of a kind that is known here. */
const rested: i32 = 0;
/** The next record has another time: to go on, that has to become the last one's. */
const otherTime: i32 = 1;
/** What is written of the next record has no room. */
const full: i32 = 2;
/** The event of the record at hand was written up to a step that is for others. */
const stopped: i32 = 3;
/** It does not rest. */
const taking: i32 = 4;

let at: i32 = 0;
let reach: i32 = 0;
let left: i32 = 0;
let day: i32 = 0;
let out: i32 = 0;
let most: i32 = 0;
let taken: i32 = 0;
let row: i32 = 0;
let members: i32 = 0;

/**
 * Writes the events of the records from the head at `from` on, up to `to`, as long as they are of one day, have
 * no flags and no faults, and are of kinds that the table knows; `count` of them at most, and behind
 * `writtenAt`, where `room` bytes are theirs. Gives back why it rests. In the state from the fourth number on:
 * how many were taken; the head of the next record; where the next event goes; and where it has stopped, the
 * step, the number of the kind, and how many members the record has.
 */
export function beginRun(from: i32, to: i32, count: i32, ofDay: i32, room: i32): i32 {
  at = from;
  reach = to;
  left = min(count, runMost);
  day = ofDay;
  out = writtenAt;
  most = writtenAt + room;
  taken = 0;
  return rest(follow());
}

/** The same, where it rested with `otherTime`, and that is the last time now. */
export function goOn(): i32 {
  return rest(follow());
}

/** The same, where it rested with `stopped`, and the event is written up to `into` and goes on with `step`. */
export function goOnFrom(step: i32, into: i32): i32 {
  out = into;
  const bytes = load<i32>(at, bytesAt);
  if (writtenAt + writtenMost - into < mostOf(bytes)) return rest(full);
  const why = writeOn(step);
  return rest(why === taking ? follow() : why);
}

function rest(why: i32): i32 {
  store<i32>(stateAt, taken, 12);
  store<i32>(stateAt, at, 16);
  store<i32>(stateAt, out, 20);
  return why;
}

function follow(): i32 {
  while (left > 0) {
    if (at + headBytes > reach) return rested;
    const from = at + headBytes;
    const bytes = load<i32>(at, bytesAt);
    if (bytes < 0 || bytes > reach - from) return rested;
    if (load<i32>(at, dayAt) !== day || load<u8>(at, flagsAt) !== 0) return rested;
    members = readEvent(from, from + bytes);
    if (members === -1) return rested;
    row = kindOfEvent();
    if (row === 0) return rested;
    if (!hasLastTime()) return otherTime;
    if (most - out < mostOf(bytes)) return full;
    store<i32>(stateAt, 0, openAt);
    const why = writeOn(load<i32>(row, 16));
    if (why !== taking) return why;
  }
  return rested;
}

/** What the event at hand takes at most, of a record of so many bytes, without what others write. */
function mostOf(bytes: i32): i32 {
  return load<i32>(row, 20) + load<i32>(row, 24) * bytes;
}

/** Writes the event at hand from this step on. Gives back why it is not taken, where it is not. */
function writeOn(step: i32): i32 {
  const from = at + headBytes;
  const to = from + load<i32>(at, bytesAt);
  const last = write(step, out, from, to, at);
  out = load<i32>(stateAt);
  if (load<i32>(last, 4) !== end) {
    store<i32>(stateAt, last, 24);
    store<i32>(stateAt, load<i32>(row, 28), 28);
    store<i32>(stateAt, members, 32);
    return stopped;
  }
  // What others have written is as long as they like.
  if (out > most) return full;
  store<i32>(runEndsAt + taken * 4, out - writtenAt);
  taken += 1;
  left -= 1;
  at = to;
  return taking;
}

function hasLastTime(): bool {
  const start = startOf(timeKey());
  const length = endOf(timeKey()) - start;
  return length === load<i32>(lastTimeAt) && isSameText(lastTimeAt + 4, start, length);
}
