import { dirname } from "node:path";
import { builtin } from "../builtin.ts";
import { refuse } from "./interview.ts";

const { accessSync, constants, existsSync, statSync } = builtin("node:fs");

/**
 * Where another user may put files, links and folders in place of ours, nothing is laid: throws InitError. Of
 * a folder that is not there yet, the one that it will be made in. A group with the number of the user is the
 * user's own. Nothing is asked of a system that has no users of numbers.
 */
export function mustBeOurs(folder: string, user: number | undefined): void {
  const found = nearest(folder);
  const { uid, gid, mode } = statSync(found);
  if (user === undefined) return;
  if (uid !== 0 && uid !== user)
    refuse(
      `${found} belongs to user ${uid}, who could put other files in place of these: run init as that user`,
    );
  const byGroup = (mode & 0o020) !== 0 && gid !== 0 && gid !== user;
  if ((byGroup || (mode & 0o002) !== 0) && (mode & 0o1000) === 0)
    refuse(
      `${found} can be written by others, who could put other files in place of these: chmod go-w ${found}`,
    );
}

/** Throws what the system says where no file can be made in a folder, there or to be made. */
export function mustBeWritable(folder: string): void {
  accessSync(nearest(folder), constants.W_OK | constants.X_OK);
}

function nearest(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearest(above);
}
