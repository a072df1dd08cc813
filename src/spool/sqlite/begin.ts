import { noteConfiguration } from "./configured.ts";
import { registerOutputs } from "./register-outputs.ts";
import { registerSources } from "./register-sources.ts";
import { freeOwnName } from "./rename-source.ts";
import { noteReplaced } from "./replaced-states.ts";
import { cancelRetired } from "./replay-reading.ts";
import type { State } from "./state.ts";
import type { SqliteStoreOptions } from "./store-options.ts";

/** What a store begins with: whom it serves, and what of that changed. In the caller's transaction. */
export function begin(state: State, options: SqliteStoreOptions, at: number): void {
  noteReplaced(state, options.changes, at);
  freeOwnName(state, at);
  registerSources(state, options, at);
  const { outputs, places, sources, configuration, activity, onRename } = options;
  if (activity !== undefined) state.activity.settle(activity);
  if (outputs === undefined) return;
  if (sources.length > 0) cancelRetired(state, sources, at);
  for (const [from, to] of registerOutputs(state, outputs, places, at)) onRename(from, to);
  state.holds.keepOnly(outputs, sources);
  if (configuration !== undefined) noteConfiguration(state, configuration, at);
}
