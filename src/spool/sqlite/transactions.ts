import type { OwnAction } from "../../own/own-fact.ts";
import { SpoolError } from "../spool-error.ts";
import type { Database } from "./database.ts";
import type { OwnEvents } from "./own-events.ts";

/** What the write-ahead log may take, and at most so large a part of the room that there is. */
const walLimit = 16 * 1024 * 1024;
const walPart = 1 / 16;
/** Its file is cut off when it is larger than that, by so much. */
const walFileFactor = 1.5;

/** Runs `work` in one transaction and gives back what it does. Throws SpoolError, and what `work` throws. */
export type Change = <T>(work: () => T) => T;

/** How a store of `maxBytes` changes: all that follows. `reload` makes memory follow the disk. */
export function changing(db: Database, reload: () => void, maxBytes: number): Change {
  const limit = Math.min(walLimit, maxBytes * walPart);
  const whole = boundingLog(db, limit, freeingLog(db, reloading(db, reload)));
  // A part of another change ends with that: until then the log can neither be written back nor freed.
  return (work) => (db.inTransaction() ? work() : whole(work));
}

/** Tells what our own events are, once they are on disk. */
export function tellingOwn(
  change: Change,
  own: Pick<OwnEvents, "takeFresh">,
  tell: (actions: readonly OwnAction[]) => void,
): Change {
  return (work) => {
    const result = change(work);
    const fresh = own.takeFresh();
    if (fresh.length > 0) tell(fresh);
    return result;
  };
}

/** What is in memory follows the disk, also when the transaction is rolled back. */
function reloading(db: Database, reload: () => void): Change {
  return (work) => {
    try {
      return db.transaction(work);
    } catch (error) {
      if (db.broken() === undefined) reload();
      throw error;
    }
  };
}

/**
 * On a full disk, what the write-ahead log takes may be all that is missing: frees it, and tries once more.
 */
function freeingLog(db: Database, change: Change): Change {
  return (work) => {
    try {
      return change(work);
    } catch (error) {
      if (!(error instanceof SpoolError && error.failure === "full") || db.walBytes() === 0) throw error;
      db.checkpoint();
      return change(work);
    }
  };
}

/**
 * Keeps the write-ahead log from growing without end. Its file stays and is written over: to a file system a
 * file that grows is twice the work of one that does not, with each commit. That the log has come to the end
 * of its file shows when this grows a little more.
 */
function boundingLog(db: Database, limit: number, change: Change): Change {
  let before = 0;
  return (work) => {
    const result = change(work);
    const bytes = db.walBytes();
    if (bytes > limit * walFileFactor) db.checkpoint();
    else if (bytes > limit && bytes > before) db.checkpoint("kept");
    before = bytes;
    return result;
  };
}
