import { execFile, spawnSync } from "node:child_process";
import { createCipheriv } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { type ActiveDayRow, activeOnDisk } from "./activity.ts";

/** What is on disk, read with SQLite's own program and a few lines about the layout; nothing of the forwarder is used. */
export interface StateOnDisk {
  readonly integrity: string;
  readonly stateId: string;
  readonly head: number;
  readonly oldest: number;
  readonly records: readonly StoredRecord[];
  readonly cursors: ReadonlyMap<string, Cursor>;
  readonly outputs: readonly OutputRow[];
  readonly books: readonly BookRow[];
  readonly outputBooks: readonly OutputBookRow[];
  readonly deadLetters: readonly DeadLetterRow[];
  /** What waits beside the runs of the outputs. */
  readonly side: readonly SideRow[];
  /** Outputs and sources that wait for a person. */
  readonly holds: readonly HoldRow[];
  readonly damages: number;
  /** Who was active: `day user`, and the last second of that day. */
  readonly active: ReadonlyMap<string, number>;
}

export interface StoredRecord {
  readonly seq: number;
  readonly source: string;
  readonly uid: string;
  readonly day: number;
  readonly late: boolean;
  readonly line: string;
}

/** Milliseconds: everything before was read completely. */
export interface Cursor {
  readonly watermark?: number;
}

interface OutputRow {
  readonly name: string;
  readonly position: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
}

interface PlaceRow {
  readonly output: string;
  readonly seq: number;
  readonly uid: string;
}

interface DeadLetterRow extends PlaceRow {
  readonly reason: string;
}

interface SideRow extends PlaceRow {
  readonly source: string;
  readonly day: number;
}

interface HoldRow {
  readonly output: string;
  readonly source: string;
  readonly told: number;
}

interface BookRow {
  readonly source: string;
  readonly day: number;
  readonly fetched: number;
  readonly known: number;
  readonly new: number;
}

interface OutputBookRow {
  readonly output: string;
  readonly source: string;
  readonly day: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  readonly skipped: number;
  readonly lost: number;
}

export const sqlitePresent = spawnSync("sqlite3", ["--version"]).status === 0;
const run = promisify(execFile);

/** Looks at a copy, so that looking changes nothing: SQLite would empty the log of a database that nobody has open. */
export async function stateOnDisk(stateDir: string): Promise<StateOnDisk> {
  const copy = mkdtempSync(join(tmpdir(), "inspect-"));
  try {
    for (const name of readdirSync(stateDir))
      if (/^(?:spool\.db(?:-wal)?|records-\d+)$/.test(name))
        copyFileSync(join(stateDir, name), join(copy, name));
    return await read(join(copy, "spool.db"));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function read(database: string): Promise<StateOnDisk> {
  async function rows<Row>(sql: string): Promise<Row[]> {
    const { stdout } = await run("sqlite3", ["-json", database, sql], { maxBuffer: 2 ** 30 });
    return stdout.trim() === "" ? [] : (JSON.parse(stdout) as Row[]);
  }
  const [integrity] = await rows<{ integrity_check: string }>("PRAGMA integrity_check(1)");
  const [meta] = await rows<{ id: string; oldest: number; head: number }>(
    "SELECT state_id AS id, oldest, head FROM meta",
  );
  const chunks = await rows<ChunkOnDisk>(
    "SELECT first_seq AS first, count, source, hex(bytes) AS hex, segment, start, size, crc FROM chunk ORDER BY first_seq",
  );
  const directory = dirname(database);
  const torn = chunks.filter(
    (chunk) => chunk.segment !== null && checksumOf(bytesOf(chunk, directory)) !== chunk.crc,
  );
  const sources = await rows<{ name: string; cursor: string | null }>("SELECT name, cursor FROM source");
  const [damages] = await rows<{ number: number }>("SELECT count(*) AS number FROM damage");
  return {
    integrity:
      torn.length > 0
        ? `the bytes of ${torn.length} chunks are not on the disk`
        : (integrity?.integrity_check ?? "no answer"),
    stateId: meta?.id ?? "",
    head: meta?.head ?? 0,
    oldest: meta?.oldest ?? 1,
    records: chunks
      .filter((chunk) => !torn.includes(chunk))
      .flatMap((chunk) => recordsOf(chunk.first, chunk.count, chunk.source, bytesOf(chunk, directory))),
    cursors: new Map(sources.map(({ name, cursor }) => [name, JSON.parse(cursor ?? "{}") as Cursor])),
    outputs: await rows<OutputRow>("SELECT name, position, delivered, filtered, dead FROM output"),
    books: await rows<BookRow>("SELECT source, day, fetched, known, new FROM book"),
    outputBooks: await rows<OutputBookRow>(
      "SELECT output, source, day, delivered, filtered, dead, skipped, lost FROM output_book",
    ),
    deadLetters: await rows<DeadLetterRow>("SELECT output, seq, uid, reason FROM dead_letter"),
    side: await rows<SideRow>("SELECT output, seq, uid, source, day FROM side"),
    holds: await rows<HoldRow>("SELECT output, source, told FROM hold"),
    damages: damages?.number ?? 0,
    active: activeOnDisk(await rows<ActiveDayRow>("SELECT day, hex(users) AS hex FROM active_day")),
  };
}

interface ChunkOnDisk {
  readonly first: number;
  readonly count: number;
  readonly source: string;
  /** Of what lies in the row. */
  readonly hex: string;
  readonly segment: number | null;
  readonly start: number;
  readonly size: number;
  readonly crc: number;
}

function bytesOf({ hex, segment, start, size }: ChunkOnDisk, directory: string): Buffer {
  if (segment === null) return Buffer.from(hex, "hex");
  const path = join(directory, `records-${String(segment).padStart(6, "0")}`);
  return existsSync(path) ? readFileSync(path).subarray(start, start + size) : Buffer.alloc(0);
}

/** CRC-32; of 128 KiB and more 2^48 and six bytes of a GMAC. */
function checksumOf(bytes: Buffer): number {
  if (bytes.length < 128 * 1024) return crc32(bytes);
  const authentication = createCipheriv("aes-128-gcm", Buffer.alloc(16), Buffer.alloc(12)).setAAD(bytes);
  authentication.final();
  return 2 ** 48 + authentication.getAuthTag().readUIntBE(0, 6);
}

/** Version 1; then for each record uid 16, day 4, flags 1, length of the fault 2, length of the bytes 4, fault, bytes. */
function recordsOf(first: number, count: number, source: string, chunk: Buffer): StoredRecord[] {
  const records: StoredRecord[] = [];
  let at = 1;
  while (at < chunk.length) {
    const start = at + 27 + chunk.readUInt16LE(at + 21);
    const end = start + chunk.readUInt32LE(at + 23);
    records.push({
      seq: first + records.length,
      source,
      uid: chunk.toString("hex", at, at + 16),
      day: chunk.readInt32LE(at + 16),
      late: ((chunk[at + 20] as number) & 1) === 1,
      line: chunk.toString("utf8", start, end),
    });
    at = end;
  }
  if (records.length !== count) throw new Error(`the chunk at ${first} has ${records.length} of ${count}`);
  return records;
}

export function bytesOnDisk(directory: string): number {
  return files(directory).reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Everything in all files, for finding what must not be there. */
export function everythingOnDisk(directory: string): Buffer {
  return Buffer.concat(files(directory).map((file) => readFileSync(file)));
}

function files(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
