import type { SpooledRecord } from "../../record/record.ts";
import { decodeChunk, isChunk, uidsOfChunk } from "../chunk/chunk-codec.ts";
import { type ClosedDay, isReopened } from "../closed-day.ts";
import type { EventLookup, LettersOfDay, OutputTrace } from "../event-lookup.ts";
import { isLossOfState } from "../lost-state.ts";
import type { StateChange } from "../spool-state.ts";
import { type StoredBytes, storedBytes } from "./chunk-rows.ts";
import { knownIdentities, knownTwins } from "./known-twins.ts";
import { letterOf } from "./record-columns.ts";
import { replacedStates } from "./replaced-states.ts";
import type { State } from "./state.ts";
import { keptOf } from "./witness-facts.ts";

/** One step looks at so many chunks, of about a megabyte each. */
const chunksPerStep = 8;
const one = { events: 1, bytes: 1 };
const noUids = Buffer.alloc(0);
const unknownTime = { seconds: 0, nanos: 0 };

/**
 * Finds single events in the spool over `state`. Reads what is needed and keeps nothing. `now` is epoch
 * milliseconds. `unnoted`: what was found of the state and is not written down in it.
 */
export function eventLookup(
  state: State,
  now: () => number,
  unnoted: readonly StateChange[] = [],
): EventLookup {
  const { db, tables, chunks, positions } = state;

  return {
    extent: () => ({ oldest: chunks.meta().oldest, head: chunks.meta().head }),

    scan({ uid, before }) {
      const rows = chunksBefore(state, before);
      const found = recordIn(state, rows, uid);
      if (found !== undefined) return { record: found.record, before: found.first };
      return { before: rows.at(-1)?.first ?? 0 };
    },

    uids: ({ before }) => uidsBefore(state, before),

    inAppend({ uid, firstSeq }) {
      // All of an append has one time, and neighbours of the same time do no harm.
      const rows = db.all<StoredChunk>(
        `SELECT chunk.first_seq AS first, chunk.count, ${storedBytes} FROM chunk JOIN chunk AS begun
         ON begun.first_seq = ? AND begun.source = chunk.source
         AND begun.observed_seconds = chunk.observed_seconds AND begun.observed_nanos = chunk.observed_nanos
         WHERE chunk.first_seq >= begun.first_seq ORDER BY chunk.first_seq LIMIT ${chunksPerStep}`,
        firstSeq,
      );
      const found = recordIn(state, rows, uid);
      return found === undefined ? {} : { record: found.record };
    },

    beside({ uid }) {
      for (const table of [tables.deadLetter, tables.side]) {
        const found = table.checked("WHERE uid = ? ORDER BY seq DESC LIMIT 1", uid)[0];
        if (found?.sound === true) return { record: letterOf(found.row).record };
      }
      return {};
    },

    days: ({ instance }) => ({
      days: db
        .all<{ day: number }>(
          `SELECT DISTINCT day FROM known WHERE instance = ?1 UNION SELECT DISTINCT day FROM ledger
           WHERE source IN (SELECT source FROM origin WHERE instance = ?1) ORDER BY day DESC`,
          instance,
        )
        .map(({ day }) => day),
    }),

    twins: (question) => knownTwins(tables, (seq) => chunks.observedMs(seq), question),

    identities: (question) => knownIdentities(tables, question),

    traces: ({ uid, first, last }) => ({
      outputs: positions.all().map(({ name, position, abandoned }) => ({
        output: name,
        position,
        abandoned: abandoned !== 0,
        ...traceOf(state, name, { uid, first, last, position, now: now() }),
      })),
    }),

    sources: () => ({
      sources: state.sources.states((source) => ({
        ...{ backfill: undefined, lateness: [] },
        witnessed: state.witnessDays.of(source),
      })),
    }),

    ...daysLookup(state, now, unnoted),
  };
}

/** What is asked about whole days, and what vouches for them. */
function daysLookup(
  state: State,
  now: () => number,
  unnoted: readonly StateChange[],
): Pick<EventLookup, "closed" | "books" | "letters" | "left" | "losses" | "replaced" | "heads"> {
  const { db, tables, positions, books, damages, archives } = state;
  return {
    closed({ source, day }) {
      const kept = keptOf(state, source, day);
      const closedBy = (name: string) => state.closedDays.of(name).get(day);
      const isDone = (each: ClosedDay | undefined) => each !== undefined && !isReopened(each, kept, now());
      const others = state.origins.alike(source).filter((name) => name !== source);
      const covered = others.some((name) => isDone(closedBy(name)));
      const closed = closedBy(source);
      return closed === undefined ? { covered } : { closed, covered, reopened: !isDone(closed) };
    },

    books: ({ day }) => ({
      books: books.rows(positions.all().map(({ name }) => name)).filter((row) => row.day === day),
    }),

    letters: ({ day }) => ({
      letters: db.all<LettersOfDay>(
        `SELECT source, output, reason, count(*) AS events FROM dead_letter WHERE day = ?
         GROUP BY source, output, reason ORDER BY source, output, reason`,
        day,
      ),
    }),

    left: ({ day }) => ({
      left: tables.leftBehind
        .rows("WHERE day = ? ORDER BY source, output", day)
        .map(({ source, output, records }) => ({ source, output, records })),
    }),

    losses: () => ({
      losses: damages
        .all()
        .filter(isLossOfState)
        .map(({ at }) => at),
    }),

    replaced: () => ({ replaced: replacedStates(state, unnoted, now()) }),

    heads: () => ({
      heads: positions.all().flatMap(({ name }) => {
        const head = archives.head(name);
        return head === undefined ? [] : [{ output: name, ...head }];
      }),
    }),
  };
}

/** A chunk as it lies on disk: not looked at yet. */
interface StoredChunk extends StoredBytes {
  readonly first: number;
  readonly count: number;
}

/** Of one step, the newest first. */
function chunksBefore({ db }: State, before: number): StoredChunk[] {
  return db.all<StoredChunk>(
    `SELECT first_seq AS first, count, ${storedBytes} FROM chunk WHERE first_seq < ?
     ORDER BY first_seq DESC LIMIT ${chunksPerStep}`,
    before,
  );
}

function uidsBefore(state: State, before: number): ReturnType<EventLookup["uids"]> {
  const rows = chunksBefore(state, before);
  const uids = Buffer.concat(
    rows.map((row) => {
      const bytes = state.chunkRows.bytesOf(row);
      return bytes !== undefined && isChunk(bytes, row.count) ? uidsOfChunk(bytes, row.count) : noUids;
    }),
  );
  return { uids: uids.toString("base64"), before: rows.at(-1)?.first ?? 0 };
}

/** The verified record with this uid, where one of these chunks has it. */
function recordIn(
  { chunks, chunkRows }: State,
  rows: Iterable<StoredChunk>,
  uid: string,
): { readonly record: SpooledRecord; readonly first: number } | undefined {
  const wanted = Buffer.from(uid, "hex");
  for (const row of rows) {
    const { first, count } = row;
    const bytes = chunkRows.bytesOf(row);
    if (bytes === undefined || bufferOver(bytes).indexOf(wanted) === -1 || !isChunk(bytes, count)) continue;
    const chunk = decodeChunk({ firstSeq: first, count, source: "", observed: unknownTime, bytes });
    for (let seq = first; seq < first + count; seq++) {
      if (chunk.record(seq).uid !== uid) continue;
      const [record] = chunks.read(seq - 1, one);
      if (record?.uid === uid) return { record: alone(record), first };
    }
  }
  return undefined;
}

/** What is traced, at this time. */
interface Traced {
  readonly uid: string;
  readonly first: number;
  readonly last: number;
  readonly position: number;
  readonly now: number;
}

function traceOf(
  { tables, milestones, stretches, destinations }: State,
  output: string,
  { uid, first, last, position, now }: Traced,
): Omit<OutputTrace, "output" | "position" | "abandoned"> {
  const beyond = position >= last;
  const [letter] = soundOnes(tables.deadLetter.checked("WHERE output = ? AND uid = ?", output, uid));
  const [side] = soundOnes(tables.side.checked("WHERE output = ? AND uid = ?", output, uid));
  const stretch = stretches.of(output);
  const [from, to] = beyond ? [milestones.passed(output, first), milestones.passed(output, last)] : [{}, {}];
  return {
    beyond,
    passed: {
      ...(from.after === undefined ? {} : { after: from.after }),
      ...(to.before === undefined ? {} : { before: Math.min(to.before, Math.max(now, from.after ?? 0)) }),
    },
    ...(letter && { letter: { reason: letter.reason, detail: letter.detail, at: letter.at } }),
    ...(side && { side: { cause: side.cause, reason: side.reason, detail: side.detail, at: side.at } }),
    again: stretch !== undefined && stretch.nextSeq <= first && last <= stretch.through,
    moved: destinations.moved(output) !== undefined,
  };
}

function soundOnes<Row>(found: readonly { readonly row: Row; readonly sound: boolean }[]): Row[] {
  return found.filter(({ sound }) => sound).map(({ row }) => row);
}

/** In memory of its own: not with the whole chunk that it came in. */
function alone(record: SpooledRecord): SpooledRecord {
  return { ...record, bytes: Uint8Array.from(record.bytes) };
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
