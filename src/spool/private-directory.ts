import type { Stats } from "node:fs";
import { dirname, join } from "node:path";
import { builtin } from "../builtin.ts";
import { counted } from "../text/amounts.ts";
import { segmentPaths } from "./segment/segment-files.ts";
import { SpoolError } from "./spool-error.ts";
import type { StateFiles } from "./state-directory.ts";

const {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statfsSync,
} = builtin("node:fs");

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

/** What a state directory is held to. */
export interface DirectoryRules {
  /** The user we are; without it ownership is not checked. */
  readonly uid: number | undefined;
  /** f_type of the file system a path is on. */
  readonly fileSystemType: (path: string) => number;
}

/** The type of the file system at `path` (statfs(2) f_type). */
export const systemFileSystemType = (path: string): number => statfsSync(path).type;

/** What other users had rights to: the state directory, or files in it. */
export interface OpenToOthers {
  readonly directory: string;
  /** Permission bits, when it is the directory itself. */
  readonly mode: number | undefined;
  /** How many of its files, by their own permission bits. */
  readonly files: number;
}

/**
 * Makes the directory when it is missing, and takes from its group what rights it has, and from everybody
 * those to its files: the kubelet, for one, opens a volume to a group at every mount. Gives back what was
 * open. Throws a SpoolError where it cannot be made private.
 */
export function prepareStateDirectory(files: StateFiles, rules: DirectoryRules): OpenToOthers | undefined {
  const { directory } = files;
  if (look(directory) === undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const open = openToOthers(files, rules);
  if (open?.mode !== undefined) closeDirectory(directory);
  if (open === undefined) return undefined;
  // Nobody else gets in any more, so what is found now stays what it is.
  const still = openToOthers(files, rules);
  if (still?.mode !== undefined)
    throw unsafe(
      `state_dir ${directory} stays open to other users (mode ${modeText(still.mode)}): this file system keeps no permissions`,
      "set state_dir to a directory on a file system that does, such as ext4 or xfs",
    );
  for (const path of looseFiles(directory, rules)) chmodSync(path, 0o600);
  return open;
}

/**
 * What other users have rights to in a directory that is there; undefined: nothing. Throws a SpoolError where
 * it cannot be made private. Changes nothing.
 */
export function openToOthers(files: StateFiles, rules: DirectoryRules): OpenToOthers | undefined {
  const { directory } = files;
  const type = rules.fileSystemType(directory);
  const found = lstatSync(directory);
  refuseDirectory(directory, { found, type }, rules.uid);
  refuseFiles(files, rules);
  const mode = (found.mode & 0o077) === 0 ? undefined : found.mode & 0o7777;
  const loose = looseFiles(directory, rules).length;
  return mode === undefined && loose === 0 ? undefined : { directory, mode, files: loose };
}

/**
 * A folder above `directory` in which every user may rename it away, so that the next start would begin
 * afresh; undefined where there is none. In a folder with the sticky bit only the owner may.
 */
export function exposedBy(directory: string): string | undefined {
  for (let above = dirname(directory); ; above = dirname(above)) {
    const found = look(above);
    if (found !== undefined && (found.mode & 0o1002) === 0o002) return above;
    if (above === dirname(above)) return undefined;
  }
}

/** What helps against that. */
export function exposedFix(above: string): string {
  return `chmod o-w ${above}, or set state_dir to a folder that only its user and root can move`;
}

/** `the directory (mode 2770) and 3 files in it` */
export function openText({ mode, files }: OpenToOthers): string {
  return [
    ...(mode === undefined ? [] : [`the directory (mode ${modeText(mode)})`]),
    ...(files === 0 ? [] : [`${counted(files, "file")} in it`]),
  ].join(" and ");
}

/** What keeps it from being opened again. */
export const openFix =
  "in Kubernetes set fsGroupChangePolicy: OnRootMismatch; elsewhere find out what changes the permissions";

function modeText(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}

function refuseDirectory(
  directory: string,
  { found, type }: { readonly found: Stats; readonly type: number },
  uid: number | undefined,
): void {
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
  if (uid !== undefined && found.uid !== uid)
    throw unsafe(
      `state_dir ${directory} belongs to user ${found.uid}, not to ${uid}`,
      ownerFix(directory, found.uid, uid),
    );
  // A group is given by whoever mounts a volume; that every user gets in is a reason to look.
  if ((found.mode & 0o007) !== 0)
    throw unsafe(
      `state_dir ${directory} is open to every user (mode ${modeText(found.mode & 0o7777)})`,
      `see whether a file in it was changed, then chmod 700 ${directory} (with systemd: StateDirectoryMode=0700)`,
    );
  const network = networkFileSystems.get(type >>> 0);
  if (network !== undefined)
    throw unsafe(`state_dir ${directory} is on ${network}`, "set state_dir to a directory on a local disk");
}

/** Where we may make folders it is a volume's mount point, or a folder that several share. */
function ownerFix(directory: string, owner: number, uid: number): string {
  if (uid !== 0 && mayMakeFolders(directory))
    return `set state_dir to a folder in it, such as ${join(directory, "state")}: it is made at the start and belongs to user ${uid} then`;
  return `run this as that user: setpriv --reuid ${owner} --clear-groups, or sudo -u '#${owner}'. Only to give the state to another user for good: chown -R ${uid} ${directory}`;
}

function mayMakeFolders(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * What was put there while the directory was open: a link would take what is written elsewhere, a file of
 * somebody else stays theirs to change.
 */
function refuseFiles(files: StateFiles, { uid }: DirectoryRules): void {
  const { directory, ...named } = files;
  const besides = [`${files.database}-shm`, `${files.database}-journal`, ...segmentPaths(directory)];
  for (const file of [...Object.values(named), ...besides]) {
    const stat = look(file);
    if (stat === undefined) continue;
    if (!stat.isFile()) throw unsafe(`${file} is not a regular file`, "remove it, or set another state_dir");
    // Root may lay down REBUILD, and needs no file of its own to change one.
    if (uid !== undefined && stat.uid !== uid && stat.uid !== 0)
      throw unsafe(
        `${file} belongs to user ${stat.uid}, not to ${uid}`,
        `find out how it came there; if it is right: chown ${uid} ${file}`,
      );
  }
}

/** Our files that others may read or write as soon as they get into the directory. */
function looseFiles(directory: string, { uid }: DirectoryRules): readonly string[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .filter((path) => {
      const stat = look(path);
      const ours = stat?.isFile() === true && (uid === undefined || stat.uid === uid);
      return ours && (stat.mode & 0o077) !== 0;
    });
}

/** By its descriptor: whoever may rename it could put a link in its place. */
function closeDirectory(directory: string): void {
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    fchmodSync(descriptor, 0o700);
  } finally {
    closeSync(descriptor);
  }
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function unsafe(message: string, fix: string): SpoolError {
  return new SpoolError("unsafe_directory", message, fix);
}
