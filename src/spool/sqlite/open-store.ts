import { dayMs } from "../../time/clock.ts";
import { unusable } from "../disk-error.ts";
import { acceptStateLoss, isStateLost, refuseWithoutDatabase, stateLost } from "../lost-state.ts";
import { type Marker, readMarker, writeMarker } from "../marker.ts";
import { exposedBy, prepareStateDirectory, systemFileSystemType } from "../private-directory.ts";
import { segmentFiles } from "../segment/segment-files.ts";
import { segmentMemory } from "../segment/segment-memory.ts";
import type { Segments } from "../segment/segments.ts";
import type { Damage } from "../spool-state.ts";
import {
  askForRebuild,
  createPrivate,
  forgetRebuild,
  rebuildIsAsked,
  rebuildIsAskedByHand,
  type StateFiles,
  sizeOf,
  stateFiles,
} from "../state-directory.ts";
import type { OpenStore } from "../store.ts";
import { WitnessFile } from "../witness.ts";
import { type Anchor, anchor } from "./anchor.ts";
import { type Database, database, inMemory } from "./database.ts";
import { failure, isDamage } from "./failure.ts";
import { takeLock } from "./lock.ts";
import { migrate, refuseDamaged, refuseNewer, schemaVersion } from "./migrate.ts";
import { newState } from "./new-state.ts";
import { lookedAt } from "./older-state.ts";
import { salvage } from "./repair/salvage.ts";
import { finishSwap } from "./repair/swap.ts";
import { databaseBytes } from "./room.ts";
import { sqliteStore } from "./sqlite-store.ts";
import type { SqliteStoreOptions, StoreOptions } from "./store-options.ts";
import { tablesOf } from "./tables.ts";
import { type Tenure, tenure } from "./tenure.ts";

/**
 * Larger databases are not checked as a whole at the start, which takes a second per GB; their rows always
 * are when read.
 */
const quickCheckBytes = 1024 ** 3;

/** Opens or makes the spool and takes the state directory for this process. Throws SpoolError. */
export function openStore(options: StoreOptions): OpenStore {
  const { stateDir } = options;
  if (stateDir === inMemory) {
    const db = database(inMemory, { maxBytes: databaseBytes(options) });
    const segments = segmentMemory();
    newState(db, segments, options);
    return withDatabase(db, { ...options, segments }, () => {});
  }
  const files = stateFiles(stateDir);
  try {
    const { uid, fileSystemType = systemFileSystemType } = options;
    const open = prepareStateDirectory(files, { uid, fileSystemType });
    if (open !== undefined) options.onTightened?.(open);
    const above = exposedBy(stateDir);
    if (above !== undefined) options.onExposed?.(above);
    const release = takeLock(files, options.pid);
    try {
      return openLocked(files, options, release);
    } catch (error) {
      release();
      throw error;
    }
  } catch (error) {
    // Errors of the file system: no right to make the directory, a read-only disk, too many open files.
    if (!(error instanceof Error && "syscall" in error)) throw failure(error);
    throw unusable(stateDir, error);
  }
}

function openLocked(files: StateFiles, given: StoreOptions, release: () => void): OpenStore {
  finishSwap(files);
  const options = { ...given, ...changesOf(files, given) };
  try {
    return withSegments(files, options, (opening) => openOrSalvage(files, opening, release));
  } catch (error) {
    if (!isStateLost(error) || options.acceptStateLoss !== true) throw error;
    const loss = acceptStateLoss(files, error, Math.floor(options.clock.now()));
    return withSegments(files, { ...options, changes: [], unnoted: [] }, (opening) =>
      withDatabase(newDatabase(files, opening, loss), opening, release),
    );
  }
}

/** Opens with segments that nobody has read or written. Where that fails, none of them stays open. */
function withSegments(
  files: StateFiles,
  options: Omit<Opening, "segments">,
  open: (opening: Opening) => OpenStore,
): OpenStore {
  const segments = segmentFiles(files);
  try {
    return open({ ...options, segments });
  } catch (error) {
    segments.close();
    throw error;
  }
}

/** How the state is opened, and for which run. */
interface Opening extends StoreOptions, Partial<Pick<SqliteStoreOptions, "changes" | "unnoted">> {
  readonly segments: Segments;
  readonly tenure?: Tenure | undefined;
}

function openOrSalvage(files: StateFiles, options: Opening, release: () => void): OpenStore {
  const marker = readMarker(files);
  refuseWithoutDatabase(files);
  if (sizeOf(files.database) === 0) {
    options.tenure?.refuseIfGone();
    return withDatabase(newDatabase(files, options), options, release);
  }
  if (!rebuildIsAsked(files)) {
    try {
      return openExisting(files, marker, options, release);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  const { clock, random, segments } = options;
  const byHand = rebuildIsAskedByHand(files);
  const lost = salvage(files, {
    maxBytes: databaseBytes(options),
    id: marker.id,
    now: Math.floor(clock.now()),
    ...{ random, segments, byHand },
  });
  if (lost === undefined) throw stateLost(files, "the database is damaged and nothing in it can be read");
  for (const damage of lost) options.onDamage?.(damage);
  if (lost.length === 0) options.onStateChange?.({ found: "rebuilt", directory: files.directory });
  return openExisting(files, marker, options, release);
}

function openExisting(files: StateFiles, marker: Marker, options: Opening, release: () => void): OpenStore {
  const db = database(files.database, {
    maxBytes: databaseBytes(options),
    onDamage: () => askForRebuild(files),
  });
  try {
    refuseNewer(schemaVersion(db), files.database);
    if (schemaVersion(db) === 0 && marker.existed && db.get("SELECT 1 FROM sqlite_schema") === undefined)
      throw stateLost(files, "the database was emptied");
    if (sizeOf(files.database) < quickCheckBytes) refuseDamaged(db);
    if (schemaVersion(db) === 0) newState(db, options.segments, options);
    if (migrate(db)) options.onTakenOver?.();
    const id = tablesOf(db).meta.rows()[0]?.stateId;
    if (marker.id !== undefined && id !== undefined && id !== marker.id)
      throw stateLost(files, "the database belongs to another state");
    if (marker.id === undefined && id !== undefined) writeMarker(files, id);
    return withDatabase(db, options, release);
  } catch (error) {
    db.close();
    throw error;
  }
}

function newDatabase(files: StateFiles, options: Opening, loss?: Damage): Database {
  forgetRebuild(files);
  createPrivate(files.database);
  const db = database(files.database, {
    maxBytes: databaseBytes(options),
    onDamage: () => askForRebuild(files),
  });
  try {
    const id = newState(db, options.segments, options, loss);
    if (loss !== undefined) options.onDamage?.(loss);
    // Into the database itself, so that a log that goes missing is noticed.
    db.checkpoint();
    writeMarker(files, id);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function withDatabase(db: Database, options: Opening, release: () => void): OpenStore {
  const {
    stateDir,
    maxBytes,
    maxLetterBytes = maxBytes,
    keepDelivered,
    keepLedger = 400 * dayMs,
    clock,
    outputs,
    places = new Map(),
    onRename = () => {},
    sources = [],
    origins = new Map(),
    witnesses = new Map(),
    onMove = () => {},
    configuration,
    heartbeats = new Map(),
    scrub,
    onOwnEvents = () => {},
    onDamage,
    takeArrived = () => {},
  } = options;
  try {
    const store = sqliteStore(db, options.segments, {
      directory: stateDir,
      maxBytes,
      maxLetterBytes,
      keep: { delivered: keepDelivered, ledger: keepLedger },
      ...{ activity: options.activity, clock, outputs, places, onRename, takeArrived },
      ...{ sources, origins, witnesses, onMove, configuration, heartbeats, scrub, onOwnEvents },
      onDamage: onDamage ?? (() => {}),
      ...{ changes: options.changes ?? [], unnoted: options.unnoted ?? [] },
      anchor: anchorOf(db, options),
      onClose: () => leave(db, options, release),
    });
    options.tenure?.begin(db, idOf(db));
    return store;
  } catch (error) {
    db.close();
    throw error;
  }
}

function leave(db: Database, { segments, tenure }: Opening, release: () => void): void {
  try {
    tenure?.end();
  } finally {
    segments.close();
    db.close();
    release();
  }
}

function anchorOf(db: Database, { stateDir, segments, clock, tenure }: Opening): Anchor | undefined {
  if (stateDir === inMemory) return undefined;
  return anchor(db, segments, stateFiles(stateDir), { id: idOf(db), now: () => clock.now(), tenure });
}

function idOf(db: Database): string {
  return tablesOf(db).meta.rows()[0]?.stateId ?? "";
}

/** What is not as the last run left it. Where nobody takes the state over, nobody writes that down. */
function changesOf(files: StateFiles, options: StoreOptions): Omit<Opening, keyof StoreOptions | "segments"> {
  const { host, witnessFolder, clock, random, onStateChange: onChange = () => {} } = options;
  const witness = witnessFolder === undefined ? undefined : new WitnessFile(witnessFolder, files.directory);
  const now = () => clock.now();
  if (host === undefined) return { unnoted: lookedAt(files, { witness, now }) };
  const begun = tenure(files, { host, witness, now, random, onChange });
  return { tenure: begun, changes: begun.changes };
}
