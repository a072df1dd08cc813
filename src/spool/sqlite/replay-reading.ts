import type { Backfill, BackfillPlan } from "../backfill.ts";
import type { Replay, ReplayPlan, ReplayStep } from "../replay.ts";
import type { ReadFor, TakenPiece } from "../replays.ts";
import { knownBytes } from "../store.ts";
import { behind, bufferOf, inParts } from "./known-pieces.ts";
import type { State } from "./state.ts";

/** What waits for one replay takes no more than this part of the room that records have. */
const partOfRoom = 8;
/** So many records are looked at together. */
const perLook = { events: 4096, bytes: 4 * 1024 * 1024 };

/**
 * A replay begins: the days that it wants are read from their sources. Of these, what is from the place
 * `before` in the run on is not wanted: it is sent from there. In the caller's transaction.
 */
export function beginReading(
  state: State,
  id: string,
  { days = [] }: ReplayPlan,
  before: number,
  at: number,
) {
  const { again, backfills } = state;
  for (const span of days) {
    if (backfills.of(span.source)?.state === "running") continue;
    again.readFor(span.source, id);
    backfills.plan(span, at);
  }
  if (days.length > 0) takeRestOfAppend(state, id, before);
}

/** As `Store.planBackfill`: one that a person wants for its own sake. In the caller's transaction. */
export function planBackfill({ again, backfills }: State, plan: BackfillPlan, at: number): Backfill {
  const { source } = plan;
  if (backfills.of(source)?.state !== "running") again.forget(source);
  return backfills.plan(plan, at);
}

/** A backfill as people see it, with the replay that it is for. */
export function shownBackfill({ again, backfills, replays }: State, source: string): Backfill | undefined {
  const found = backfills.shown(source);
  const output = replays.withId(again.idOf(source) ?? "")?.output;
  return found === undefined || output === undefined ? found : { ...found, output };
}

/** The last replay of an output, with the days that are read for it. */
export function shownReplay({ again, backfills, replays }: State, output: string): Replay | undefined {
  const replay = replays.of(output);
  if (replay === undefined) return undefined;
  const days = again.sourcesOf(replay.id).flatMap((source) => backfills.shown(source) ?? []);
  const { next, free } = again.place(replay.id);
  return days.length === 0 ? replay : { ...replay, days, waiting: free - next };
}

/** It got on: all of it, or what is left of it, in the caller's transaction. */
export function advanceReplay(state: State, output: string, step: ReplayStep, at: number): void {
  const { replays, again } = state;
  if (replays.running(output)?.id !== step.id) return;
  const lost = step.part === "shown" ? again.advance(step.id, step.nextSeq, at) : 0;
  replays.advance(output, step, { open: isOpen(state, step.id), lost }, at);
  if (replays.running(output) === undefined) endReading(state, step.id, at);
}

/** False: none is under way. In the caller's transaction. */
export function cancelReplay(state: State, output: string, at: number): boolean {
  const id = state.replays.running(output)?.id;
  const cancelled = state.replays.cancel(output, at);
  if (id !== undefined) endReading(state, id, at);
  return cancelled;
}

/** The same of a backfill: with it ends the replay that it is for. */
export function cancelBackfill(state: State, source: string, at: number): boolean {
  const id = state.again.idOf(source);
  const output = id === undefined ? undefined : state.replays.withId(id)?.output;
  if (state.backfills.of(source)?.state !== "running") return false;
  if (output !== undefined) cancelReplay(state, output, at);
  state.backfills.cancel(source, at);
  return true;
}

/** Days of sources that are not in the configuration any more will never be read. */
export function cancelRetired(state: State, sources: readonly string[], at: number): void {
  for (const source of state.backfills.running())
    if (!sources.includes(source)) cancelBackfill(state, source, at);
}

/** What of days that are done with is known to have been handed over need not be known any more. */
export function dropTaken({ again, backfills }: State, source: string): void {
  const id = again.idOf(source);
  if (id === undefined) return;
  const left = again.sourcesOf(id).flatMap((each) => {
    const { state, next = 0 } = backfills.of(each) ?? {};
    return state === "running" ? [next] : [];
  });
  again.dropKeys(id, Math.min(...left));
}

/** Whether more comes from sources than was sent. */
function isOpen(state: State, id: string): boolean {
  const { next, free } = state.again.place(id);
  return next < free || isRead(state, id);
}

/** Whether days are still read for it. */
export function isRead({ again, backfills }: State, id: string): boolean {
  return again.sourcesOf(id).some((source) => backfills.of(source)?.state === "running");
}

/** As `Replays.readFor`; records have so much room. */
export function readFor(
  { again, replays, backfills }: State,
  source: string,
  maxBytes: number,
): ReadFor | undefined {
  const id = again.idOf(source);
  const replay = id === undefined ? undefined : replays.withId(id);
  if (id === undefined || replay?.state !== "running") return undefined;
  if (backfills.of(source)?.state !== "running") return undefined;
  const { output, filter } = replay;
  return { id, output, filter, bytes: again.bytes(id), mostBytes: maxBytes / partOfRoom };
}

/** As `Replays.taken`. */
export function* taken(state: State, id: string, instance: string, day: number): Generator<TakenPiece, void> {
  const { again, replays, tables } = state;
  const { firstSeq = Number.POSITIVE_INFINITY } = replays.withId(id) ?? {};
  yield* again.keys(id, day);
  const rest = `WHERE instance = ? AND day = ? AND first_seq >= ? AND due = 0 ${behind}`;
  for (const { row, sound } of inParts(
    (after) => tables.known.checked(rest, instance, day, firstSeq, after),
    (known) => known.firstSeq,
  ))
    if (sound && row.records.length % knownBytes === 0) yield { form: "known", bytes: bufferOf(row.records) };
}

/** Nothing is read for it any more, and nothing waits. */
function endReading({ again, backfills }: State, id: string, at: number): void {
  for (const source of again.sourcesOf(id)) backfills.cancel(source, at);
  again.clear(id);
}

/**
 * The ledger knows of an append where it begins, and `before` may be in the midst of one: what of it is from
 * there on is named one by one.
 */
function takeRestOfAppend({ db, chunks, again }: State, id: string, before: number): void {
  const next = db.get<{ seq: number | null }>(
    "SELECT min(first_seq) AS seq FROM known WHERE first_seq >= ?",
    before,
  );
  const end = next?.seq ?? chunks.meta().head + 1;
  const uids = new Map<number, string[]>();
  for (let after = before - 1; after < end - 1; ) {
    const records = chunks.read(after, perLook).filter(({ seq }) => seq < end);
    const last = records.at(-1);
    if (last === undefined) break;
    after = last.seq;
    for (const { day, uid } of records) {
      const ofDay = uids.get(day);
      if (ofDay === undefined) uids.set(day, [uid]);
      else ofDay.push(uid);
    }
  }
  for (const [day, ofDay] of uids) again.take(id, day, Buffer.from(ofDay.join(""), "hex"));
}
