import type { SpooledRecord } from "../../record/record.ts";
import type { Limit, Standing } from "../spool.ts";
import type { Backlog, OutputState } from "../spool-state.ts";
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
  }));
}

/** What follows `after` in the run, but for what this output has given up or set aside. */
export function readDelivered(
  { chunks, letters, side }: State,
  output: string,
  after: number,
  limit: Limit,
): SpooledRecord[] {
  const aside = new Set(side.seqs(output));
  for (let from = after; ; ) {
    const records = chunks.read(from, limit);
    const last = records.at(-1)?.seq;
    if (last === undefined) return [];
    const dead = new Set(letters.seqs(output, from, last));
    const left = records.filter(({ seq }) => !aside.has(seq) && !dead.has(seq));
    if (left.length > 0) return left;
    from = last;
  }
}

/** How far an output is. Its dead letters may take `maxLetterBytes`. */
export function standingOf(
  { positions, side, stretches, letters, destinations }: State,
  output: string,
  maxLetterBytes: number,
): Standing {
  const stretch = stretches.of(output);
  const moved = destinations.moved(output);
  return {
    position: positions.of(output).position,
    lastId: side.lastId(output),
    suspects: side.count(output, "suspect"),
    retried: side.count(output, "retry"),
    heartbeats: side.count(output, "heartbeat"),
    ...(stretch === undefined ? {} : { stretch }),
    sideFull: side.full(output),
    ...(moved === undefined ? {} : { moved }),
    lettersFull: letters.bytes(output) >= maxLetterBytes,
  };
}
