import type { State } from "./state.ts";
import type { SqliteStoreOptions } from "./store-options.ts";

/** The sources of the configuration go on where they were, as long as they read the same log. */
export function registerSources(
  { sources, origins }: State,
  { sources: names, origins: configured, onMove }: SqliteStoreOptions,
): void {
  sources.register(names);
  for (const [source, origin] of configured) {
    const before = origins.settle(source, origin, sources.untouched(source));
    if (before !== undefined) onMove(source, before, origin.baseUrl);
  }
}

/** A person agrees that a source reads another log now. False: nothing was asked. */
export function startOver({ sources, origins, ledger, sweeps, lateness }: State, source: string): boolean {
  if (origins.change(source) === undefined) return false;
  origins.agree(source);
  sources.forget(source);
  ledger.forgetSource(source);
  sweeps.forget(source);
  lateness.forget(source);
  return true;
}
