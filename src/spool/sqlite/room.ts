import { hasNoRoom } from "../../system-code.ts";
import { sizeText } from "../../text/amounts.ts";
import type { Clock } from "../../time/clock.ts";
import { freeBytes } from "../free-bytes.ts";
import { SpoolError } from "../spool-error.ts";
import { type Database, inMemory } from "./database.ts";
import { ownReserveBytes } from "./own-events.ts";

/**
 * Space for new records: what the limit and the disk leave. Everything else the spool does may pass the
 * limit a little.
 */
export interface Room {
  /** Throws SpoolError `full` when an append of so many bytes would pass the limit. */
  claim(bytes: number): void;
  /** It was not taken: the error says by whom, as SQLite has a limit of its own. */
  refused(bytes: number, error: unknown): void;
  /** Bytes that count. */
  taken(): number;
  /** An append like the one that was refused last would be refused again. */
  full(): boolean;
  /** It was refused for the disk's sake. */
  diskFull(): boolean;
  /**
   * It is full, and what pruning frees could make room: where the disk has none for the log only files can.
   */
  pruningHelps(): boolean;
}

/**
 * What records leave free on the disk: without it positions could not be written down, and deliveries would
 * stop.
 */
const reservedBytes = 1024 * 1024;

/** What an append takes beside its bytes: heads of records, identities, and the pages of the books. */
const bytesPerRecord = 64;
const bytesPerAppend = 64 * 1024;

/** What an append of so many records, of so many bytes, takes, about. */
export function appendBytes(records: number, bytes: number): number {
  return bytes + records * bytesPerRecord + bytesPerAppend;
}

/** So many outputs that are not configured any more may have left dead letters. */
const outputsGone = 8;
/** What waits beside one output, with some room. */
const mostSideBytes = 128 * 1024 * 1024;

/**
 * What SQLite may use at most: `maxBytes`, our own records, and what waits beside the run of each output and
 * in its dead letters, which is told by bounds of its own long before.
 */
export function databaseBytes({
  maxBytes,
  maxLetterBytes = maxBytes,
  outputs = [],
}: {
  readonly maxBytes: number;
  readonly maxLetterBytes?: number | undefined;
  readonly outputs?: readonly string[] | undefined;
}): number {
  return maxBytes + ownReserveBytes + (outputs.length + outputsGone) * (2 * maxLetterBytes + mostSideBytes);
}

/** How long a quota is left alone after a refusal, milliseconds; twice as long after each further one. */
const quotaWaitMs = 2_000;
const quotaWaitMostMs = 60_000;

/** What room is looked for with. */
export interface RoomOptions {
  readonly clock: Pick<Clock, "monotonic">;
  readonly maxBytes: number;
  /** Bytes that count. */
  readonly counted: () => number;
  /** Pruning would remove a file. */
  readonly freesFile: () => boolean;
}

/** The room of `db`, and what lies beside it, in the file system of `directory`. */
export function room(db: Database, directory: string, options: RoomOptions): Room {
  const { clock, maxBytes, counted, freesFile } = options;
  let wanted = 0;
  /** Also where the file system shows room: of a quota it knows nothing. */
  let byDisk = false;
  /** Of a quota only another try tells: none before `triedAgainAt`. `claimed`: nothing refused since then. */
  let waitMs = 0;
  let triedAgainAt = 0;
  let claimed = false;

  /**
   * An append takes its size at most in the write-ahead log and once more in the database; a checkpoint frees
   * the log.
   */
  const passes = (bytes: number) => counted() - db.walBytes() + 2 * bytes > maxBytes;

  /** Room for so many bytes in the log, and so many that the database grows by. */
  function diskTakes(bytes: number, growth: number): boolean {
    if (directory === inMemory) return true;
    // What is in the log needs its place in the database as well, or no checkpoint could free the log.
    return freeBytes(directory) > db.walBytes() + bytes + growth + reservedBytes;
  }

  const diskHas = (bytes: number) => diskTakes(bytes, Math.max(0, bytes - db.freeBytes()));
  const leftAlone = () => clock.monotonic() < triedAgainAt;
  const full = () => wanted > 0 && (passes(wanted) || !diskHas(wanted) || leftAlone());
  const noRoomOnDisk = () =>
    new SpoolError("full", "the disk of state_dir is full", "make room on the disk of state_dir");

  return {
    claim(bytes) {
      if (leftAlone()) throw noRoomOnDisk();
      if (counted() + 2 * bytes > maxBytes) {
        db.checkpoint();
        if (passes(bytes)) {
          wanted = bytes;
          byDisk = false;
          throw new SpoolError(
            "full",
            `the spool has reached its limit of ${sizeText(maxBytes)}`,
            "see which output holds the backlog (status), or raise spool.max_bytes",
          );
        }
      }
      if (!diskHas(bytes)) {
        db.checkpoint();
        if (!diskHas(bytes)) {
          wanted = bytes;
          byDisk = true;
          throw noRoomOnDisk();
        }
      }
      wanted = 0;
      if (claimed) waitMs = 0;
      claimed = true;
    },
    refused(bytes, error) {
      wanted = bytes;
      byDisk = hasNoRoom(error instanceof SpoolError ? error.cause : error);
      claimed = false;
      if (!byDisk || !diskHas(bytes)) return;
      waitMs = Math.min(quotaWaitMostMs, 2 * waitMs || quotaWaitMs);
      triedAgainAt = clock.monotonic() + waitMs;
    },
    taken: counted,
    full,
    diskFull: () => wanted > 0 && (!diskHas(wanted) || (byDisk && !passes(wanted))),
    pruningHelps: () => full() && (diskTakes(wanted, 0) || freesFile()),
  };
}
