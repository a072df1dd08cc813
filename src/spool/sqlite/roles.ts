import { tellGaps } from "./gap-facts.ts";
import { cancelBackfill } from "./replay-reading.ts";
import { damagedHere, witnessedOnly } from "./sources.ts";
import type { State } from "./state.ts";

/** What the role of a source means for what it left in the other one. In the caller's transaction. */
export function takeRoles(state: State, names: readonly string[], at: number): void {
  for (const source of names) {
    const primary = state.sources.primaryFor(source);
    if (primary === source) becomePrimary(state, source, at);
    else becomeWitness(state, source, primary, at);
  }
}

/** Its cursor is beyond records that it was shown and that nobody kept: their days are read once more. */
function becomePrimary(state: State, source: string, at: number): void {
  const { sources, witnessDays } = state;
  const all = witnessDays.of(source);
  if (all.length === 0) return;
  const before = sources.gaps(source);
  for (const { day, open, missing, trouble } of all)
    if (open || missing > 0 || trouble !== undefined)
      sources.addGap({ source, day, reason: witnessedOnly, at });
  witnessDays.forget(source);
  tellGaps(state, source, before, () => "filled", at);
}

/** What it reads from now on brings nothing back: days that are owed to it are owed to a primary. */
function becomeWitness(state: State, source: string, primary: string, at: number): void {
  const { sources, witnessDays } = state;
  cancelBackfill(state, source, at);
  const [before, ofPrimary] = [sources.gaps(source), sources.gaps(primary)];
  for (const gap of before) {
    if (gap.reason === damagedHere) sources.addGap({ ...gap, source: primary });
    else if (gap.reason === witnessedOnly) witnessDays.shown(source, [gap.day]);
    else continue;
    sources.dropGap(source, gap.day);
  }
  tellGaps(state, source, before, () => "not_wanted", at);
  tellGaps(state, primary, ofPrimary, () => "filled", at);
}
