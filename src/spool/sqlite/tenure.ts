import type { Random } from "../../random.ts";
import { hasNoRoom } from "../../system-code.ts";
import { durationText } from "../../text/amounts.ts";
import { diskError, throwUnlessTooMany } from "../disk-error.ts";
import type { Host } from "../host.ts";
import { stateGone } from "../lost-state.ts";
import {
  identityOfFile,
  isSameFile,
  type Marker,
  type RunNote,
  readMarker,
  touchMarker,
  writeMarker,
} from "../marker.ts";
import { SpoolError } from "../spool-error.ts";
import type { StateChange } from "../spool-state.ts";
import type { StateFiles } from "../state-directory.ts";
import type { WitnessFile } from "../witness.ts";
import type { Database } from "./database.ts";
import { aliveMs, lookedAt } from "./older-state.ts";

/** Who takes the state, and who is told what became of it since the last run. */
export interface TenureOptions {
  readonly host: Host;
  readonly witness: WitnessFile | undefined;
  readonly now: () => number;
  readonly random: Random;
  readonly onChange: (change: StateChange) => void;
}

/** The time for which a run has the state. */
export interface Tenure {
  /** What is not as the last run left it. */
  readonly changes: readonly StateChange[];
  /**
   * There is no state, and no marker: throws SpoolError `state_lost` when a run left some here all the same.
   */
  refuseIfGone(): void;
  /** The database is open: tells of the changes, and takes the state over. */
  begin(db: Database, id: string): void;
  /** This run is alive. Throws SpoolError `displaced` when another one has taken the state over. */
  look(): void;
  /** The database lies in another file now, with the same content. */
  moved(): void;
  /** The end in order: what is copied from now on is younger than what was copied while this ran. */
  end(): void;
}

/**
 * Looks at what the last run left, before the database is opened. Throws SpoolError `locked` when a run on
 * another host seems to be alive.
 */
export function tenure(files: StateFiles, options: TenureOptions): Tenure {
  return new StateTenure(files, options);
}

class StateTenure implements Tenure {
  readonly changes: readonly StateChange[];
  readonly #files: StateFiles;
  readonly #options: TenureOptions;
  readonly #marker: Marker;
  #db: Database | undefined;
  /** What it has open, whatever has its name by now. */
  #opened: ReturnType<typeof identityOfFile>;
  #id = "";
  #note: RunNote | undefined;

  constructor(files: StateFiles, options: TenureOptions) {
    this.#files = files;
    this.#options = options;
    this.#marker = readMarker(files);
    refuseWhileAlive(files, this.#marker, options);
    this.changes = [...lookedAt(files, options), ...otherHost(files, this.#marker, options.host)];
  }

  refuseIfGone(): void {
    const { at } = this.#options.witness?.read() ?? {};
    if (at !== undefined) throw stateGone(this.#files, at);
  }

  begin(db: Database, id: string): void {
    const { onChange } = this.#options;
    for (const change of this.changes) onChange(change);
    this.#db = db;
    this.#opened = identityOfFile(this.#files.database);
    this.#id = id;
    this.#take(false);
  }

  look(): void {
    if (this.#note === undefined) return;
    const { note, existed } = readMarker(this.#files);
    if (note !== undefined && !this.#isOurs(note)) throw this.#takenOver(note.host);
    if (!existed) this.#write(this.#note);
    else touch(this.#files, this.#options.now());
  }

  moved(): void {
    const file = identityOfFile(this.#files.database);
    if (this.#note !== undefined && file !== undefined) this.#write({ ...this.#note, file });
  }

  end(): void {
    try {
      const { note } = readMarker(this.#files);
      if (this.#db?.broken() !== undefined || note === undefined || !this.#isOurs(note)) return;
      this.#take(true);
    } catch (error) {
      // The next run takes this one for killed.
      throwUnlessTooMany(error);
    }
  }

  /**
   * First the files say that another number may be in the database, then it is put there, then that it is: a
   * kill in between is no older copy. Where the disk is full, everything stays as it is.
   */
  #take(ended: boolean): void {
    const { host, random, witness } = this.#options;
    const [db, file] = [this.#db, identityOfFile(this.#files.database)];
    if (db === undefined || file === undefined || !isSameFile(file, this.#opened)) return;
    this.#note ??= this.#marker.note;
    db.checkpoint();
    if (db.walBytes() > 0) return;
    const [before, run] = [runNoted(db), newRun(random)];
    const note = { host, file, ended };
    if (!this.#write({ ...note, ended: false, run: before, next: run })) return;
    witness?.write(this.#id, [before, run]);
    try {
      db.exec(`PRAGMA application_id = ${run}`);
    } catch (error) {
      if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    }
    db.checkpoint();
    if (db.walBytes() > 0 || runNoted(db) !== run) return;
    if (this.#write({ ...note, run })) witness?.write(this.#id, [run]);
  }

  /** False where the disk is full: then the marker stays as it is, and tells the next run less. */
  #write(note: RunNote): boolean {
    try {
      writeMarker(this.#files, this.#id, note);
      this.#note = note;
      return true;
    } catch (error) {
      if (!hasNoRoom(error)) throw diskError(error);
      return false;
    }
  }

  #isOurs({ run, next }: RunNote): boolean {
    return run === this.#note?.run && next === this.#note?.next;
  }

  #takenOver({ name }: Host): SpoolError {
    const error = new SpoolError(
      "displaced",
      `state_dir ${this.#files.directory} was taken over by another daemon, on host ${name}`,
      "one state belongs to one daemon: stop one of them, or give it a state_dir of its own. What both delivered has the same uids",
    );
    this.#db?.abandon(error);
    return error;
  }
}

/** With an empty log, what the file itself has. */
const runNoted = (db: Database) =>
  db.get<{ application_id: number }>("PRAGMA application_id")?.application_id ?? 0;

/** Not 0, which says nothing, and a number that a SQLite header holds. */
function newRun(random: Random): number {
  return random.bytes(4).readUInt32BE() & 0x7fffffff || 1;
}

function refuseWhileAlive(
  files: StateFiles,
  { note, seenAt = 0 }: Marker,
  { host, now }: TenureOptions,
): void {
  if (note === undefined || note.ended || note.host.id === host.id) return;
  const agoMs = Math.abs(now() - seenAt);
  if (agoMs >= aliveMs) return;
  throw new SpoolError(
    "locked",
    `state_dir ${files.directory} is in use on host ${note.host.name}, where a daemon was alive ${durationText(agoMs / 1000)} ago`,
    `stop it there, or give this one a state_dir of its own. If it was killed or its host is gone, this starts ${aliveMs / 1000} s after it was last seen`,
  );
}

function otherHost({ directory }: StateFiles, { note, seenAt = 0 }: Marker, host: Host): StateChange[] {
  if (note === undefined || note.host.id === host.id) return [];
  return [{ found: "other_host", directory, seenAt, ended: note.ended, host: note.host.name }];
}

function touch(files: StateFiles, now: number): void {
  try {
    touchMarker(files, now);
  } catch {
    // Then another host takes this run for dead, and is noticed when it takes the state over.
  }
}
