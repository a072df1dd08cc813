import type { PlaceAnswer } from "../spool.ts";
import { samePlace } from "./destinations.ts";
import { leaveBehind, takeUp } from "./left-behind.ts";
import { aboutOutput } from "./open-holds.ts";
import { renameOutputs } from "./rename-output.ts";
import { cancelReplay } from "./replay-reading.ts";
import type { State } from "./state.ts";
import { waitingFor } from "./waiting.ts";

/** Where the outputs of a configuration deliver to, by name. An output without a row is at no known place. */
export type PlacesByName = ReadonlyMap<string, readonly string[]>;

/**
 * The outputs of the configuration begin where they were, new ones at the oldest record; others that were
 * there are abandoned. A position belongs to a destination, not to a name: one that stands under another name
 * now is given that name, and one whose destination changed is asked about. Gives back what was renamed.
 */
export function registerOutputs(
  state: State,
  names: readonly string[],
  places: PlacesByName,
  at: number,
): Map<string, string> {
  const { positions } = state;
  const renamed = newNames(state, names, places, at);
  renameOutputs(state, renamed);
  for (const name of names) {
    if (!positions.has(name)) begin(state, name);
    else if (positions.of(name).abandoned !== 0) {
      positions.put({ ...positions.of(name), abandoned: 0 });
      takeUp(state, name);
    }
    settlePlace(state, name, places.get(name));
  }
  for (const row of positions.active())
    if (!names.includes(row.name)) {
      abandon(state, row.name, at);
    }
  return new Map([...renamed].filter(([, to]) => names.includes(to)));
}

/** What a person says about an output whose destination changed. False: it did not. */
export function answerPlace(state: State, name: string, answer: PlaceAnswer, at: number): boolean {
  const { destinations, positions, chunks, books } = state;
  const moved = destinations.moved(name);
  if (moved === undefined) return false;
  state.holds.end(aboutOutput(name), at);
  if (answer === "adopt") {
    destinations.agree(name, moved.to);
    return true;
  }
  // What was delivered to the old place stays counted there, and goes on when that place is configured again.
  const before = unusedName(state, name, at);
  renameOutputs(state, new Map([[name, before]]));
  abandon(state, before, at);
  destinations.agree(before, moved.from);
  begin(state, name);
  destinations.agree(name, moved.to);
  if (answer === "start_over") return true;
  positions.put({ ...positions.of(name), position: chunks.meta().head });
  const skipped = books.missing(name, waitingFor(state, name));
  books.give(name, "skipped", skipped);
  const records = skipped.reduce((sum, { count }) => sum + count, 0);
  state.own.tell({ action: "loss_accepted", loss: "from_now", output: name, records }, at);
  return true;
}

function abandon(state: State, name: string, at: number): void {
  const { positions } = state;
  positions.put({ ...positions.of(name), abandoned: 1 });
  cancelReplay(state, name, at);
  leaveBehind(state, name);
}

function begin(state: State, name: string): void {
  const { positions, chunks, books } = state;
  const before = chunks.meta().oldest - 1;
  const counts = { delivered: 0, filtered: 0, dead: 0 };
  positions.put({ name, position: before, joinedSeq: before + 1, ...counts, abandoned: 0 });
  books.give(name, "skipped", books.missing(name, waitingFor(state, name)));
}

function settlePlace({ destinations, positions }: State, name: string, place: readonly string[] | undefined) {
  if (place === undefined) return;
  const known = destinations.of(name);
  const { delivered, dead } = positions.of(name);
  // Where nothing has arrived yet there is nothing to be asked about: an address was corrected.
  if (known === undefined || samePlace(known, place) || delivered + dead === 0)
    destinations.agree(name, place);
  else destinations.ask(name, place);
}

/** Which output that is kept gets which name. */
function newNames(
  state: State,
  names: readonly string[],
  places: PlacesByName,
  at: number,
): Map<string, string> {
  const { positions, destinations } = state;
  const renamed = new Map<string, string>();
  const isAt = (output: string, place: readonly string[] | undefined) =>
    place !== undefined && samePlace(destinations.of(output) ?? [], place);
  const staying = new Set(names.filter((name) => positions.has(name) && isAt(name, places.get(name))));
  for (const name of names) {
    if (staying.has(name)) continue;
    const found = positions
      .all()
      .find((row) => !staying.has(row.name) && !renamed.has(row.name) && isAt(row.name, places.get(name)));
    if (found !== undefined) renamed.set(found.name, name);
  }
  // Whose name is taken, and who has no other, keeps what it has under a name of its own.
  const taken = new Set(renamed.values());
  for (const name of taken)
    if (positions.has(name) && !renamed.has(name)) renamed.set(name, unusedName(state, name, at));
  return renamed;
}

function unusedName({ positions }: State, name: string, at: number): string {
  const day = new Date(at).toISOString().slice(0, 10);
  for (let count = 1; ; count++) {
    const candidate = `${name} until ${day}${count === 1 ? "" : ` (${count})`}`;
    if (!positions.has(candidate)) return candidate;
  }
}
