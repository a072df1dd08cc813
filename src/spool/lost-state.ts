import { readMarker } from "./marker.ts";
import { segmentPaths, setAsideSegments } from "./segment/segment-files.ts";
import { SpoolError } from "./spool-error.ts";
import type { Damage } from "./spool-state.ts";
import { type StateFiles, setAsideDatabase, sizeOf, stamp } from "./state-directory.ts";

/** There was state, and it is not there. */
export function isStateLost(error: unknown): error is SpoolError {
  return error instanceof SpoolError && error.failure === "state_lost";
}

const accepted = "the state was lost and this was accepted";

/** Such a loss among the damage of a state, of an earlier version too: it has no kind of its own. */
export function isLossOfState({ firstSeq, count, reason }: Damage): boolean {
  return firstSeq === 0 && count === 0 && reason.startsWith(accepted);
}

/** Sets aside what there is. Gives back the loss that the next state begins with. `at`: epoch ms. */
export function acceptStateLoss(files: StateFiles, lost: SpoolError, at: number): Damage {
  const suffix = `lost-${stamp(at)}`;
  setAsideDatabase(files, suffix);
  setAsideSegments(files, suffix);
  const reason = `${accepted} (${lost.message}); what there was is kept as *.${suffix}`;
  return { firstSeq: 0, count: 0, source: "", at, reason };
}

/** `what` is the matter, and how the state is had again. */
export function stateLost({ directory, marker }: StateFiles, what: string): SpoolError {
  return new SpoolError(
    "state_lost",
    `${directory} held state, but ${what}`,
    `restore ${directory} from a backup; or start once with --accept-state-loss: it sets the damaged files aside, ` +
      `reads every source from its start again, and sends again what was delivered (under the same uids). ${marker} is what says that state existed`,
  );
}

/** Throws where state was, and no database is left of it. SQLite would take an emptied one for new. */
export function refuseWithoutDatabase(files: StateFiles): void {
  if (sizeOf(files.database) > 0) return;
  if (readMarker(files).existed || segmentPaths(files.directory).length > 0)
    throw stateLost(files, "the database is missing or empty");
}

/** The error for a state of which nothing is left: it was last seen at epoch milliseconds `at`. */
export function stateGone({ directory }: StateFiles, at: number): SpoolError {
  return new SpoolError(
    "state_lost",
    `${directory} held state at ${new Date(at).toISOString()}, and there is none now`,
    `see whether its disk is mounted, or restore ${directory} from a backup; or start once with --accept-state-loss: ` +
      "every source is read from its start, and everything is sent again (under the same uids)",
  );
}
