import { builtin } from "../builtin.ts";

const { statSync } = builtin("node:fs");

/** What the unit hides from the service: ProtectHome and PrivateTmp (systemd.exec(5)). */
const hidden = ["/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"];

/** Why the service cannot read a file that root can; undefined: it can, or there is no such file. */
export function unseen(file: string, group: number | undefined, notSeen = hidden): string | undefined {
  if (notSeen.some((folder) => file.startsWith(folder)))
    return "the service does not see that folder: copy the file to /etc/wandb-audit-forwarder";
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || (stat.mode & 0o004) !== 0) return undefined;
  if (stat.gid === group && (stat.mode & 0o040) !== 0) return undefined;
  return "the user of the service may not read it: chmod 0644";
}
