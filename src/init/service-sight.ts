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
  const real = statSync(file, { throwIfNoEntry: false }) === undefined ? undefined : realpathSync(file);
  if (notSeen.some((folder) => file.startsWith(folder) || real?.startsWith(folder) === true))
    return `the service does not see that folder: ${instead}`;
  if (real === undefined) return undefined;
  const closed = [...above(file), ...above(real)].find(
    (folder) => folder !== own && !may(folder, 1, account),
  );
  if (closed !== undefined) return `the user of the service may not enter ${closed}: ${instead}`;
  return may(real, 4, account) ? undefined : "the user of the service may not read it: chmod 0644";
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
