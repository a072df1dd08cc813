import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { builtin } from "../../builtin.ts";
import { SpoolError } from "../spool-error.ts";
import { failure } from "./failure.ts";

const { statSync } = builtin("node:fs");

/**
 * One connection, with errors as SpoolErrors. After an error that leaves doubt about the disk it refuses
 * everything.
 */
export interface Database {
  /** Several statements without values. */
  exec(sql: string): void;
  run(sql: string, ...values: SQLInputValue[]): void;
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  /** One row at a time, for what may not fit in memory. */
  each<Row>(sql: string, ...values: SQLInputValue[]): Generator<Row, void>;
  /** All of `work` or nothing. Inside another transaction it is a part of that one. */
  transaction<T>(work: () => T): T;
  /** What was written since it began may still be taken back. */
  inTransaction(): boolean;
  /** Before each commit this is done; where it fails there is none. */
  beforeCommit(work: () => void): void;
  /** Why nothing may be done any more. */
  broken(): SpoolError | undefined;
  /** Nothing may be done any more, not even what a close writes: the file is somebody else's. */
  abandon(why: SpoolError): void;
  /** Pages in use and the file of the write-ahead log, in bytes. */
  bytes(): number;
  walBytes(): number;
  /** What the database file holds but does not use, in bytes: it is written to before the file grows. */
  freeBytes(): number;
  /** Moves the write-ahead log into the database, as far as the disk has room. `kept`: its file stays. */
  checkpoint(file?: "kept"): void;
  close(): void;
}

/** The path of a database that is never written to disk. */
export const inMemory = ":memory:";

/** Larger pages make a chunk's chain of pages shorter; smaller ones make a small commit smaller. */
const pageBytes = 8192;
/** KiB, as SQLite wants it: negative. */
const cachePages = -2048;

/** How a database is opened. `maxBytes` bounds its size, with some room for what is not records. */
export interface DatabaseOptions {
  readonly maxBytes: number;
  /** For salvage: goes on after damage was met, to read what can be read. */
  readonly tolerant?: boolean;
  /** Called when damage was met. */
  readonly onDamage?: () => void;
}

/** Opens or makes the database at `path`, with settings that make commits durable. Throws SpoolError. */
export function database(path: string, options: DatabaseOptions): Database {
  return new SqliteDatabase(path, options);
}

class SqliteDatabase implements Database {
  readonly #path: string;
  readonly #options: DatabaseOptions;
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #beforeCommit: (() => void)[] = [];
  #broken: SpoolError | undefined;
  #abandoned = false;
  #depth = 0;

  constructor(path: string, options: DatabaseOptions) {
    this.#path = path;
    this.#options = options;
    this.#sqlite = this.#guard(() => new DatabaseSync(path, { timeout: 0 }));
    try {
      this.#guard(() => prepareConnection(this.#sqlite, this.#onDisk, options.maxBytes));
    } catch (error) {
      this.#sqlite.close();
      throw error;
    }
  }

  exec(sql: string): void {
    this.#guard(() => this.#sqlite.exec(sql));
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#guard(() => void this.#statement(sql).run(...values));
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guard(() => this.#statement(sql).get(...values) as Row | undefined);
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guard(() => this.#statement(sql).all(...values) as Row[]);
  }

  *each<Row>(sql: string, ...values: SQLInputValue[]): Generator<Row, void> {
    const rows = this.#guard(() => this.#sqlite.prepare(sql).iterate(...values));
    try {
      for (;;) {
        const step = this.#guard(() => rows.next());
        if (step.done === true) return;
        yield step.value as Row;
      }
    } finally {
      // Whoever does not want them all leaves no query open: the log could not be written back behind it.
      rows.return?.();
    }
  }

  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.exec("BEGIN IMMEDIATE");
    this.#depth++;
    try {
      const result = work();
      for (const before of this.#beforeCommit) this.#guard(before);
      this.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#sqlite.isTransaction && this.#broken === undefined) this.exec("ROLLBACK");
      throw error;
    } finally {
      this.#depth--;
    }
  }

  inTransaction(): boolean {
    return this.#depth > 0;
  }

  beforeCommit(work: () => void): void {
    this.#beforeCommit.push(work);
  }

  broken(): SpoolError | undefined {
    return this.#broken;
  }

  abandon(why: SpoolError): void {
    this.#broken = why;
    this.#abandoned = true;
  }

  bytes(): number {
    const inUse = () =>
      (this.#pragma("page_count") - this.#pragma("freelist_count")) * this.#pragma("page_size");
    return this.#guard(inUse) + this.walBytes();
  }

  walBytes(): number {
    return this.#onDisk ? (statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0) : 0;
  }

  freeBytes(): number {
    return this.#guard(() => this.#pragma("freelist_count") * this.#pragma("page_size"));
  }

  checkpoint(file?: "kept"): void {
    if (!this.#onDisk) return;
    try {
      this.exec(`PRAGMA wal_checkpoint(${file === "kept" ? "RESTART" : "TRUNCATE"})`);
    } catch (error) {
      // What was committed is safe in the log; a full disk only means that it stays there for now.
      if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    }
  }

  close(): void {
    if (this.#sqlite.isOpen && !this.#abandoned) this.#sqlite.close();
  }

  get #onDisk(): boolean {
    return this.#path !== inMemory;
  }

  #guard<T>(work: () => T): T {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      return work();
    } catch (error) {
      const found = failure(error);
      if (found instanceof SpoolError && found.failure === "corrupt") this.#options.onDamage?.();
      if (found instanceof SpoolError && !this.#passes(found)) this.#broken ??= found;
      throw found;
    }
  }

  /**
   * After a failed fsync the kernel forgets the pages and SQLite would go on as if they were written: never
   * commit again.
   */
  #passes({ failure }: SpoolError): boolean {
    return failure === "full" || (failure === "corrupt" && this.#options.tolerant === true);
  }

  #statement(sql: string): StatementSync {
    let found = this.#statements.get(sql);
    if (found === undefined) {
      found = this.#sqlite.prepare(sql);
      this.#statements.set(sql, found);
    }
    return found;
  }

  #pragma(name: string): number {
    const row = this.#statement(`PRAGMA ${name}`).get();
    return Number(Object.values(row ?? {})[0]);
  }
}

function prepareConnection(sqlite: DatabaseSync, onDisk: boolean, maxBytes: number): void {
  // First of all: with it SQLite never needs the -shm file, and nobody else gets in between.
  sqlite.exec("PRAGMA locking_mode = EXCLUSIVE");
  sqlite.exec(`PRAGMA page_size = ${pageBytes}`);
  if (onDisk) sqlite.exec("PRAGMA journal_mode = WAL");
  // NORMAL would lose what was committed since the last checkpoint when power fails; kill -9 never shows
  // that.
  sqlite.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
  // SQLite ignores errors of its own checkpoints; ours are checked.
  sqlite.exec("PRAGMA wal_autocheckpoint = 0");
  sqlite.exec(`PRAGMA cache_size = ${cachePages}; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0`);
  sqlite.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
  const room = maxBytes + Math.max(16 * 1024 * 1024, maxBytes / 20);
  const pages = Math.min(Math.ceil(room / readBack(sqlite, "page_size")), 0xfffffffe);
  sqlite.exec(`PRAGMA max_page_count = ${pages}`);
  if (!onDisk) return;
  // Takes the lock now instead of at the first write.
  sqlite.exec("BEGIN EXCLUSIVE; COMMIT");
  const found = {
    locking_mode: readBack(sqlite, "locking_mode"),
    journal_mode: readBack(sqlite, "journal_mode"),
    synchronous: readBack(sqlite, "synchronous"),
  };
  if (found.locking_mode !== "exclusive" || found.journal_mode !== "wal" || found.synchronous !== 2)
    throw new SpoolError(
      "io",
      `SQLite did not take the settings that make commits durable: ${JSON.stringify(found)}`,
      "use a local file system for state_dir, and Node's own SQLite",
    );
}

// biome-ignore lint/suspicious/noExplicitAny: a pragma gives a number or a text, and the caller knows which.
function readBack(sqlite: DatabaseSync, pragma: string): any {
  return Object.values(sqlite.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
}
