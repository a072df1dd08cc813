import { dirname } from "node:path";
import { builtin } from "../builtin.ts";

const { realpathSync, statSync } = builtin("node:fs");

/** What the unit hides from the service: ProtectHome and PrivateTmp (systemd.exec(5)). */
const hidden = ["/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"];

/** Of the service: its tmpfiles.d sees to it that it may enter. */
const own = "/etc/wandb-audit-forwarder";
const instead = `copy the file to ${own}`;

/** As whom the service reads, as far as that is known. */
export interface ServiceAccount {
  readonly user: number | undefined;
  readonly group: number | undefined;
}

/** Why the service cannot read a file that root can; undefined: it can, or there is no such file. */
export function unseen(file: string, account: ServiceAccount, notSeen = hidden): string | undefined {
  if (isHidden(file, notSeen)) return `the service does not see that folder: ${instead}`;
  const closed = closedFolder(file, account);
  if (closed !== undefined) return `the user of the service may not enter ${closed}: ${instead}`;
  return isClosed(file, account) ? "the user of the service may not read it: chmod 0644" : undefined;
}

/** Whether the unit hides it from the service, whatever rights there are. */
export function isHidden(path: string, notSeen: readonly string[] = hidden): boolean {
  const real = realOf(path);
  return notSeen.some((folder) => path.startsWith(folder) || real?.startsWith(folder) === true);
}

/** What of a log, or of the folder of a pattern, the service may not enter or read by the modes there are. */
export function closedOf(log: string, account: ServiceAccount): string | undefined {
  const there = realOf(log) === undefined ? log.replace(/[^/]*[*?[{].*$/, "") : log;
  return closedFolder(there, account) ?? (isClosed(there, account) ? there : undefined);
}

function closedFolder(file: string, account: ServiceAccount): string | undefined {
  const real = realOf(file);
  if (real === undefined) return undefined;
  return [...above(file), ...above(real)].find((folder) => folder !== own && !may(folder, 1, account));
}

function isClosed(file: string, account: ServiceAccount): boolean {
  const real = realOf(file);
  return real !== undefined && !may(real, 4, account);
}

/** Undefined: it is not there. */
function realOf(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : realpathSync(path);
}

/** Its folders, the nearest first. */
function above(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...above(folder)];
}

/** By the right of the owner, of a group, or of everybody: the first of them that it is counts alone. */
function may(path: string, right: number, { user, group }: ServiceAccount): boolean {
  const { mode, uid, gid } = statSync(path);
  return (mode & (uid === user ? right << 6 : gid === group ? right << 3 : right)) !== 0;
}
