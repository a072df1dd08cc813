import type { SourceState } from "../spool-state.ts";
import { tellGaps } from "./gap-facts.ts";
import { cancelBackfill, shownBackfill } from "./replay-reading.ts";
import { takeRoles } from "./roles.ts";
import type { State } from "./state.ts";
import type { SqliteStoreOptions } from "./store-options.ts";
import { keptOf } from "./witness-facts.ts";

/**
 * The sources of the configuration go on where they were, as long as they read the same log; `at` is epoch
 * milliseconds.
 */
export function registerSources(
  state: State,
  { sources: names, origins: configured, witnesses, onMove }: SqliteStoreOptions,
  at: number,
): void {
  const { sources, origins } = state;
  sources.register(names, witnesses);
  for (const [source, origin] of configured) {
    const before = origins.settle(source, origin, sources.untouched(source));
    if (before !== undefined) onMove(source, before, origin.baseUrl);
  }
  takeRoles(state, names, at);
}

/**
 * A person agrees that a source reads another log now, at epoch milliseconds. Days of the old one are not
 * wanted any more. False: nothing was asked.
 */
export function startOver(state: State, source: string, at: number): boolean {
  const { sources, origins, ledger, sweeps, lateness, witnessDays, closedDays } = state;
  if (origins.change(source) === undefined) return false;
  const before = sources.gaps(source);
  origins.agree(source);
  sources.forget(source);
  ledger.forgetSource(source);
  sweeps.forget(source);
  lateness.forget(source);
  witnessDays.forget(source);
  closedDays.forget(source);
  cancelBackfill(state, source, at);
  tellGaps(state, source, before, () => "start_over", at);
  return true;
}

/** How far each source was read, and everything else that is known of it. `now` is epoch milliseconds. */
export function sourceStates(state: State, now: number): SourceState[] {
  const { sources, lateness, witnessDays, closedDays, holds } = state;
  return sources.states((source) => ({
    ...{ backfill: shownBackfill(state, source), lateness: lateness.of(source) },
    ...{ witnessed: witnessDays.of(source), ...holds.shown({ output: "", source }) },
    closed: closedDays.shown(source, (day) => keptOf(state, source, day), now),
  }));
}
