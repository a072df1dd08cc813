import { isOwn } from "../../own/own-origin.ts";
import type { SpooledRecord } from "../../record/record.ts";
import type { Replay, ReplayTurn, SpoolPart } from "../replay.ts";
import type { Limit, Standing } from "../spool.ts";
import type { Backlog, OutputState } from "../spool-state.ts";
import { aboutOutput } from "./open-holds.ts";
import { isRead, shownReplay } from "./replay-reading.ts";
import type { State } from "./state.ts";

/** What an output has not settled, damaged records left out. */
export function backlogOf({ positions, chunks, damages, side }: State, output: string): Backlog {
  const { position } = positions.of(output);
  const { head } = chunks.meta();
  const behind = head - position - damages.between(position, head);
  const counts = { events: behind + side.count(output), suspects: side.count(output, "suspect") };
  if (counts.events === 0) return counts;
  let oldest = position + 1;
  for (let hole = damages.at(oldest); hole !== undefined; hole = damages.at(oldest)) oldest = hole.last + 1;
  const found = [behind === 0 ? undefined : chunks.observedMs(oldest), side.oldestObserved(output)].filter(
    (each) => each !== undefined,
  );
  return found.length === 0 ? counts : { ...counts, oldestObserved: Math.min(...found) };
}

/** By name, the abandoned ones too. `maxLetterBytes` is what the dead letters of each may take. */
export function outputStates(state: State, maxLetterBytes: number): OutputState[] {
  const { positions, books, letters } = state;
  return positions.all().map(({ name, position, delivered, filtered, dead, abandoned }) => ({
    output: name,
    position,
    delivered,
    filtered,
    dead,
    dropped: books.sideTotal(name, "dropped"),
    resent: books.sideTotal(name, "resent"),
    letters: { bytes: letters.bytes(name), maxBytes: maxLetterBytes },
    backlog: backlogOf(state, name),
    abandoned: abandoned !== 0,
    ...optional(shownReplay(state, name)),
    ...manifestOf(state, name),
    ...state.holds.shown(aboutOutput(name)),
  }));
}

/**
 * What follows `after` in the run, but for what this output has given up or set aside, and our own events
 * where only a `part` is wanted.
 */
export function readDelivered(
  { chunks, letters, side }: State,
  output: string,
  after: number,
  limit: Limit,
  part?: SpoolPart,
): SpooledRecord[] {
  const aside = new Set(side.seqs(output));
  for (let from = after; ; ) {
    if (part !== undefined) from = Math.max(from, chunks.nextOfDays(from + 1, part) - 1);
    const records = chunks.read(from, limit);
    const last = records.at(-1)?.seq;
    if (last === undefined || (part !== undefined && from >= part.through)) return [];
    const dead = new Set(letters.seqs(output, from, last));
    const left = records.filter(
      (record) =>
        !aside.has(record.seq) && !dead.has(record.seq) && (part === undefined || isWithin(record, part)),
    );
    if (left.length > 0) return left;
    from = last;
  }
}

/** As `Store.resend`, at epoch milliseconds. In the caller's transaction. */
export function sendAgain(state: State, output: string, since: number, at: number): number {
  const { stretches, positions, chunks } = state;
  const { position } = positions.of(output);
  return stretches.add(output, { since, oldest: chunks.meta().oldest, position }, at);
}

function isWithin(record: SpooledRecord, { through, first, end }: SpoolPart): boolean {
  const { seq, day } = record;
  return seq <= through && day >= first && day < end && !isOwn(record);
}

/** How far an output is. Its dead letters may take `maxLetterBytes`. */
export function standingOf(state: State, output: string, maxLetterBytes: number): Standing {
  const { positions, side, stretches, replays, letters, destinations, archives } = state;
  const stretch = stretches.of(output);
  const replay = replays.running(output);
  const moved = destinations.moved(output);
  const planned = archives.planned(output);
  return {
    position: positions.of(output).position,
    lastId: side.lastId(output),
    suspects: side.count(output, "suspect"),
    retried: side.count(output, "retry"),
    heartbeats: side.count(output, "heartbeat"),
    ...(planned === undefined ? {} : { planned }),
    ...(stretch === undefined ? {} : { stretch }),
    ...(replay === undefined ? {} : { replay: turnOf(state, replay) }),
    sideFull: side.full(output),
    ...(moved === undefined ? {} : { moved }),
    lettersFull: letters.bytes(output) >= maxLetterBytes,
  };
}

function turnOf(state: State, { id, nextSeq, through, perSecond }: Replay): ReplayTurn {
  const { next, free } = state.again.place(id);
  return { id, nextSeq, through, perSecond, shown: { next, free, grows: isRead(state, id) } };
}

function optional(replay: Replay | undefined): Pick<OutputState, "replay"> {
  return replay === undefined ? {} : { replay };
}

function manifestOf({ archives }: State, output: string): Pick<OutputState, "manifest"> {
  const manifest = archives.head(output);
  return manifest === undefined ? {} : { manifest };
}
