import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SpoolError } from "./spool-error.ts";

/**
 * File systems of other machines (statfs(2) f_type): their locks and caches cannot be trusted with a
 * write-ahead log.
 */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB2"],
  [0xff534d42, "CIFS"],
  [0x5346414f, "AFS"],
  [0x564c, "NCP"],
]);

/** The files of a state directory. */
export function stateFiles(directory: string) {
  const database = join(directory, "spool.db");
  return {
    directory,
    database,
    wal: `${database}-wal`,
    /** A new database while it is filled from a damaged one. */
    unfinished: `${database}.new`,
    /** Says that state exists, so that an emptied database is noticed. */
    marker: join(directory, "STATE"),
    /** The marker while it is written. */
    unfinishedMarker: join(directory, "STATE.new"),
    /** Asks for a rebuild at the next start. */
    rebuild: join(directory, "REBUILD"),
    lock: join(directory, "LOCK"),
    /** Whom to blame when the lock is taken; never decides anything. */
    pid: join(directory, "PID"),
  };
}
/** The paths in a state directory. */
export type StateFiles = ReturnType<typeof stateFiles>;

/** What a state directory is held to. */
export interface DirectoryRules {
  /** The user we are; without it ownership is not checked. */
  readonly uid: number | undefined;
  /** f_type of the file system a path is on. */
  readonly fileSystemType: (path: string) => number;
}

/** The type of the file system at `path` (statfs(2) f_type). */
export const systemFileSystemType = (path: string): number => statfsSync(path).type;

/** Makes the directory when it is missing, and refuses one that others could read, change or swap. */
export function prepareStateDirectory(files: StateFiles, rules: DirectoryRules): void {
  const { directory } = files;
  let found = look(directory);
  if (found === undefined) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    found = lstatSync(directory);
  }
  if (found.isSymbolicLink())
    throw unsafe(
      `state_dir ${directory} is a symbolic link`,
      "set state_dir to the real path of the directory",
    );
  if (!found.isDirectory())
    throw unsafe(
      `state_dir ${directory} is not a directory`,
      "set state_dir to a directory, or remove what is there",
    );
  if (rules.uid !== undefined && found.uid !== rules.uid)
    throw unsafe(
      `state_dir ${directory} belongs to user ${found.uid}, not to ${rules.uid}`,
      `run this as that user: setpriv --reuid ${found.uid} --clear-groups, or sudo -u '#${found.uid}'. Only to give the state to another user for good: chown -R ${rules.uid} ${directory}`,
    );
  if ((found.mode & 0o077) !== 0)
    throw unsafe(
      `state_dir ${directory} is open to other users (mode ${(found.mode & 0o777).toString(8)})`,
      `chmod 700 ${directory} (with systemd: StateDirectoryMode=0700)`,
    );
  // What is written through a link that somebody left while the directory was open to others would land
  // elsewhere.
  const { directory: _, ...named } = files;
  for (const file of [...Object.values(named), `${files.database}-shm`, `${files.database}-journal`]) {
    const stat = look(file);
    if (stat !== undefined && !stat.isFile())
      throw unsafe(`${file} is not a regular file`, "remove it, or set another state_dir");
  }
  const network = networkFileSystems.get(rules.fileSystemType(directory) >>> 0);
  if (network !== undefined)
    throw unsafe(`state_dir ${directory} is on ${network}`, "set state_dir to a directory on a local disk");
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function unsafe(message: string, fix: string): SpoolError {
  return new SpoolError("unsafe_directory", message, fix);
}

/**
 * The id of the state that should be here. `existed` without an id: the marker is there but cannot be read.
 */
export function readMarker({ marker }: StateFiles): { readonly existed: boolean; readonly id?: string } {
  if (!existsSync(marker)) return { existed: false };
  const id = /^state ([0-9a-f]{32})$/m.exec(readFileSync(marker, "latin1"))?.[1];
  return id === undefined ? { existed: true } : { existed: true, id };
}

/** Only after the database is on disk: a crash in between must not look like lost state. */
export function writeMarker(files: StateFiles, id: string): void {
  const text = `This directory holds the state of wandb-audit-forwarder. Back up and move it as a whole.\nstate ${id}\n`;
  writeFileSync(files.unfinishedMarker, text, { mode: 0o600, flush: true });
  renameSync(files.unfinishedMarker, files.marker);
  syncDirectory(files);
}

/** Makes new names and renames survive a power cut. */
export function syncDirectory({ directory }: StateFiles): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** SQLite gives the files it makes beside the database the same mode. */
export function createPrivate(path: string): void {
  closeSync(openSync(path, "a", 0o600));
}

/** Bytes of a file; 0 when there is none. */
export function sizeOf(path: string): number {
  return look(path)?.size ?? 0;
}

/** Asks for a rebuild at the next start; best effort, because the disk may be what is broken. */
export function askForRebuild({ rebuild }: StateFiles): void {
  try {
    writeFileSync(rebuild, "the database was found damaged\n", { mode: 0o600 });
  } catch {
    // The damage will be met again.
  }
}

/** Moves the database away under a name that tells what and when; SQLite finds a log beside it again. */
export function setAsideDatabase(files: StateFiles, suffix: string): void {
  const target = `${files.database}.${suffix}`;
  // The log first: left behind, it would be replayed into the next database.
  if (existsSync(files.wal)) renameSync(files.wal, `${target}-wal`);
  if (existsSync(files.database)) renameSync(files.database, target);
  rmSync(`${files.database}-shm`, { force: true });
  syncDirectory(files);
}

/** `20260801T101112345Z`, for file names. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:.]/g, "");
}
