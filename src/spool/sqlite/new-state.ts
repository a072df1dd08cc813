import type { Segments } from "../segment/segments.ts";
import type { Damage } from "../spool-state.ts";
import type { Database } from "./database.ts";
import { migrate, startState } from "./migrate.ts";
import { loadState, stateOf } from "./state.ts";
import type { StoreOptions } from "./store-options.ts";

/**
 * Tables and heading at once: a crash leaves an empty database or a whole one. `loss`: it begins because
 * another state was lost, and says so. Gives back the id of the state.
 */
export function newState(
  db: Database,
  segments: Segments,
  { clock, random }: Pick<StoreOptions, "clock" | "random">,
  loss?: Damage,
): string {
  return db.transaction(() => {
    migrate(db);
    const id = startState(db, Math.floor(clock.now()), random);
    if (loss !== undefined) tellLoss(db, segments, loss);
    return id;
  });
}

function tellLoss(db: Database, segments: Segments, loss: Damage): void {
  const state = stateOf(
    db,
    segments,
    () => loss.at,
    () => {},
  );
  loadState(state);
  state.damages.note(loss);
  state.own.tell({ action: "loss_accepted", loss: "state" }, loss.at);
}
