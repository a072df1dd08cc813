import type { RegularEvent } from "../event/regular-event.ts";
import { kernel, kernelBytes, kernelNumbers, kernelPlaces } from "../kernel/kernel.ts";
import { place } from "../record/known-keys.ts";
import type { Origin } from "../record/origin.ts";
import type { SpooledRecords } from "../record/record.ts";
import type { RecordInPlace } from "../record/record-in-place.ts";
import { layAhead, windowEnd } from "../record/record-window.ts";
import type { Instant } from "../time/clock.ts";
import type { KernelKinds, RunKinds } from "./kernel-kinds.ts";
import { roomForParts } from "./layout.ts";
import { sizeAt } from "./steps.ts";

const { stateAt, writtenAt, writtenMost, runEndsAt, lastTimeAt, lastTimeMost } = kernelPlaces;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
const state = stateAt / numberBytes;
/** Why a run rests (kernel/run.ts); for any other reason it is over, or has to be carried to its goal. */
const [otherTime, stopped] = [1, 3] as const;
/** Where in the state stands what a run leaves behind. */
const [takenAt, headAt, outAt, stepAt, kindAt, membersAt] = [3, 4, 5, 6, 7, 8] as const;

/** What a run may have: of the records behind the one at `place` so many, and so many bytes of payloads. */
export interface RunReach {
  readonly records: SpooledRecords;
  readonly place: number;
  readonly count: number;
  readonly room: number;
}

/** Where the events of a run go. */
export interface RunTaker {
  /** One behind the other; where each ends. Good until it comes back. */
  written(origin: Origin, bytes: Buffer, ends: Int32Array): void;
  /** When so many of them happened, in the order in which they come. */
  happened(time: Instant, count: number): void;
}

/** The one whose text the kernel has. */
let lastTime: Instant | undefined;

/**
 * Writes the events of the records that follow `record` in its chunk, as long as they are of kinds that are
 * known, and of its day: in the kernel, but for what that cannot do. Gives back how many there were; the next
 * one, if any, goes the way of every event.
 */
export function writeRun(
  kinds: RunKinds,
  event: RegularEvent,
  record: RecordInPlace,
  origin: Origin,
  reach: RunReach,
  into: RunTaker,
): number {
  const table = kinds.of(origin);
  table.lay();
  if (table.rows.length === 0) return 0;
  event.attend(record, origin);
  const { memory, day } = record;
  let at = record.to;
  let { room } = reach;
  let done = 0;
  if (lastTime === undefined || !isShared(table, event, lastTime)) forgetTime();
  while (done < reach.count) {
    const from = layAhead(memory, at);
    const most = Math.min(room, writtenMost - roomForParts);
    carry(kernel.beginRun(from, windowEnd(), reach.count - done, day, most), table, event, reach, done, into);
    const taken = kernelNumbers[state + takenAt] as number;
    if (taken === 0) break;
    const ends = kernelNumbers.subarray(runEndsAt / numberBytes, runEndsAt / numberBytes + taken);
    const size = ends[taken - 1] as number;
    into.written(origin, kernelBytes.subarray(writtenAt, writtenAt + size), ends);
    at += (kernelNumbers[state + headAt] as number) - from;
    room -= size;
    done += taken;
  }
  if (done > 0) reach.records.reached?.(reach.place + 1 + done, at);
  return done;
}

/** Lets the run go on as long as it rests for something that can be done. */
function carry(
  why: number,
  table: KernelKinds,
  event: RegularEvent,
  { records, place: before }: RunReach,
  done: number,
  into: RunTaker,
): void {
  let told = 0;
  for (;;) {
    const taken = kernelNumbers[state + takenAt] as number;
    if (why === otherTime) {
      if (taken > told) into.happened(lastTime as Instant, taken - told);
      told = taken;
      if (!becomeLast(table, event)) return;
      why = kernel.goOn();
    } else if (why === stopped) {
      records.look?.(before + 1 + done + taken);
      const end = fill(table, event);
      if (end === -1) break;
      const step = kernelNumbers[state + stepAt] as number;
      why = kernel.goOnFrom(step + (kernelNumbers[step / numberBytes + sizeAt] as number), end);
    } else break;
  }
  const taken = kernelNumbers[state + takenAt] as number;
  if (taken > told) into.happened(lastTime as Instant, taken - told);
}

/** Writes what the kernel has stopped at; -1: not as it usually is. */
function fill(table: KernelKinds, event: RegularEvent): number {
  const row = table.rows[kernelNumbers[state + kindAt] as number];
  if (row === undefined) return -1;
  event.become(row.kind, kernelNumbers[state + membersAt] as number, kernelNumbers[state + headAt] as number);
  try {
    return row.layout.fill(
      kernelNumbers[state + stepAt] as number,
      event,
      kernelNumbers[state + outAt] as number,
    );
  } catch {
    // Whoever writes it by itself meets the same, and says so.
    return -1;
  }
}

/** The time of the event that the kernel has read becomes the last one's. */
function becomeLast(table: KernelKinds, event: RegularEvent): boolean {
  forgetTime();
  const [start, end] = [event.start(place.timestamp), event.end(place.timestamp)];
  if (end - start > lastTimeMost || !event.readTime() || !isShared(table, event, event.time)) return false;
  kernelNumbers[lastTimeAt / numberBytes] = end - start;
  kernelBytes.copyWithin(lastTimeAt + numberBytes, start, end);
  lastTime = event.time;
  return true;
}

function forgetTime(): void {
  kernelNumbers[lastTimeAt / numberBytes] = -1;
  lastTime = undefined;
}

/** What events share that have this time lies in the kernel. */
function isShared(table: KernelKinds, event: RegularEvent, time: Instant): boolean {
  event.time = time;
  for (const text of table.shared) if (!text.become(event)) return false;
  return true;
}
