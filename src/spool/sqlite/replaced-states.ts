import type { ReplacedState, StateChange } from "../spool-state.ts";
import type { State } from "./state.ts";

/** Where a directory is copied anew for each start, it is found each time. */
const mostKept = 100;

/** All that is known of, oldest first; `unnoted` is found at `at`, and not written down. */
export function replacedStates(
  state: State,
  unnoted: readonly StateChange[],
  at: number,
): readonly ReplacedState[] {
  // One that was changed on disk is found at the check of the whole, and is no reason to end.
  const noted = state.tables.replacedState
    .checked("ORDER BY id")
    .filter(({ sound }) => sound)
    .map(({ row: { found, at, fromAt, seenAt } }) => ({ found, at, from: fromAt, seenAt }));
  return [...noted, ...unnoted.flatMap((change) => foundIn(state, noted.at(-1), change, at) ?? [])];
}

/** Writes down what a start has found, before anything is read. Joins the transaction. */
export function noteReplaced(state: State, changes: readonly StateChange[], at: number): void {
  const { db, tables, own } = state;
  for (const change of changes) {
    const [last] = tables.replacedState.rows("ORDER BY id DESC LIMIT 1");
    const replaced = foundIn(state, last, change, at);
    if (replaced === undefined) continue;
    const { found, from: fromAt, seenAt } = replaced;
    tables.replacedState.put({ id: (last?.id ?? 0) + 1, found, at, fromAt, seenAt });
    own.tell({ action: "state_replaced", ...toldOf(found, fromAt, seenAt) }, at);
    db.run("DELETE FROM replaced_state WHERE id <= ?", (last?.id ?? 0) + 1 - mostKept);
  }
}

/** Undefined where it is none, or `last` already. */
function foundIn(
  state: State,
  last: Pick<ReplacedState, "found" | "seenAt"> | undefined,
  change: StateChange,
  at: number,
): ReplacedState | undefined {
  if (change.found !== "older" && change.found !== "copied") return undefined;
  const { found } = change;
  const seenAt = floorOf(change.seenAt);
  // A start that ended before it had taken the state over has found the same.
  if (last?.found === found && last.seenAt === seenAt) return undefined;
  return { found, at, from: knownTo(state, found === "copied" ? seenAt : null, at), seenAt };
}

/** The last that this state has of its own use. A copy that fits its marker was in use until that says. */
function knownTo({ tables, sources, chunks }: State, marked: number | null, at: number): number | null {
  const times = [
    ...sources.states().map((each) => each.lastSuccess),
    ...tables.mark.rows("ORDER BY at DESC LIMIT 1").map((mark) => mark.at),
    chunks.observedMs(chunks.meta().head),
    marked,
  ].filter((time) => typeof time === "number");
  const last = Math.max(...times);
  // A clock that was ahead tells nothing.
  return times.length > 0 && last <= at ? last : null;
}

function toldOf(found: ReplacedState["found"], from: number | null, seen: number | null) {
  const iso = (time: number) => new Date(time).toISOString();
  return {
    found,
    ...(from !== null && { from: iso(from) }),
    ...(seen !== null && { seen_until: iso(seen) }),
  };
}

function floorOf(time: number | undefined): number | null {
  return time === undefined ? null : Math.floor(time);
}
