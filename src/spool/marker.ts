import { builtin } from "../builtin.ts";
import type { Host } from "./host.ts";
import { type StateFiles, sizeOf, syncDirectory } from "./state-directory.ts";

const {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  utimesSync,
  writeFileSync,
} = builtin("node:fs");

/** Where the application id stands in the header of a SQLite database. */
const runOffset = 68;

/** Tells a file from a copy of it. */
export interface FileIdentity {
  readonly inode: bigint;
  /** When it was made, epoch nanoseconds; 0 where the file system does not keep it. */
  readonly born: bigint;
}

/** What a run leaves beside the database, so that the next one can tell whether it is still the same. */
export interface RunNote {
  /** Stands in the database too, and is another one with every start and every orderly end. */
  readonly run: number;
  /** The database may have this one already. */
  readonly next?: number;
  readonly host: Host;
  readonly file: FileIdentity;
  /** It ended in order. */
  readonly ended: boolean;
}

/** What the marker file says. */
export interface Marker {
  readonly existed: boolean;
  /** The id of the state that should be here; absent when the marker is there and cannot be read. */
  readonly id?: string;
  readonly note?: RunNote;
  /** When a run was last seen alive, epoch milliseconds. */
  readonly seenAt?: number;
}

/** The marker of the state that should be here. */
export function readMarker({ marker }: StateFiles): Marker {
  if (!existsSync(marker)) return { existed: false };
  const text = readFileSync(marker, "latin1");
  const id = /^state ([0-9a-f]{32})$/m.exec(text)?.[1];
  if (id === undefined) return { existed: true };
  const note = noteIn(text);
  return { existed: true, id, ...(note && { note, seenAt: lstatSync(marker).mtimeMs }) };
}

/** Only after the database is on disk: a crash in between must not look like lost state. */
export function writeMarker(files: StateFiles, id: string, note?: RunNote): void {
  const head = "This directory holds the state of wandb-audit-forwarder. Back up and move it as a whole.\n";
  const text = `${head}state ${id}\n${note === undefined ? "" : noteText(note)}`;
  writeFileSync(files.unfinishedMarker, text, { mode: 0o600, flush: true });
  renameSync(files.unfinishedMarker, files.marker);
  syncDirectory(files);
}

/** Says that the run is alive. */
export function touchMarker({ marker }: StateFiles, now: number): void {
  utimesSync(marker, now / 1000, now / 1000);
}

/** What the file at `path` is, apart from its content; undefined when there is none. */
export function identityOfFile(path: string): FileIdentity | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : { inode: found.ino, born: found.birthtimeNs };
}

/** Whether both are one file. */
export function isSameFile(one: FileIdentity | undefined, other: FileIdentity | undefined): boolean {
  return one?.inode === other?.inode && one?.born === other?.born;
}

/**
 * The number of the run in the database file itself; 0 where nothing was said, or there is no database. Never
 * while SQLite has it open: to close a descriptor gives up all locks that this process has on the file.
 */
export function runOf({ database }: StateFiles): number {
  if (sizeOf(database) < runOffset + 4) return 0;
  const handle = openSync(database, "r");
  try {
    const bytes = Buffer.alloc(4);
    readSync(handle, bytes, 0, 4, runOffset);
    return bytes.readUInt32BE();
  } finally {
    closeSync(handle);
  }
}

function noteText({ run, next, host, file, ended }: RunNote): string {
  const rest = next === undefined ? "" : ` next ${hex(next)}`;
  return `run ${hex(run)}${rest} ${ended ? "ended" : "running"}\nfile ${file.inode} ${file.born}\nhost ${host.id} ${host.name}\n`;
}

function noteIn(text: string): RunNote | undefined {
  const run = /^run ([0-9a-f]{8})(?: next ([0-9a-f]{8}))? (ended|running)$/m.exec(text);
  const file = /^file (\d{1,20}) (\d{1,20})$/m.exec(text);
  const host = /^host ([0-9a-f]{16}) ([\x21-\x7e]{1,64})$/m.exec(text);
  if (run === null || file === null || host === null) return undefined;
  return {
    run: Number.parseInt(run[1] as string, 16),
    ...(run[2] !== undefined && { next: Number.parseInt(run[2], 16) }),
    host: { id: host[1] as string, name: host[2] as string },
    file: { inode: BigInt(file[1] as string), born: BigInt(file[2] as string) },
    ended: run[3] === "ended",
  };
}

function hex(run: number): string {
  return run.toString(16).padStart(8, "0");
}
