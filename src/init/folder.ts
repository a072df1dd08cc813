import { dirname } from "node:path";
import { builtin } from "../builtin.ts";
import { refuse } from "./interview.ts";

const { accessSync, constants, existsSync, lstatSync, realpathSync, statSync } = builtin("node:fs");

/**
 * Where another user may put files, links and folders in place of ours, nothing is laid and nothing is kept:
 * throws InitError. Asks all the way up, and of what is not there yet where it will be made. A group with the
 * number of the user is the user's own. Nothing is asked of a system that has no users of numbers.
 */
export function mustBeOurs(path: string, user: number | undefined): void {
  if (user === undefined) return;
  const found = nearest(path);
  // Who made a link may let it lead elsewhere.
  mustBelong(found, lstatSync(found).uid, user);
  const real = realpathSync(found);
  const { gid, mode } = statSync(real);
  const byGroup = (mode & 0o020) !== 0 && gid !== 0 && gid !== user;
  if (byGroup && !isSticky(mode)) openToOthers(real);
  for (const place of upwards(real)) {
    const stat = statSync(place);
    mustBelong(place, stat.uid, user);
    if ((stat.mode & 0o002) !== 0 && !isSticky(stat.mode)) openToOthers(place);
  }
}

function mustBelong(path: string, owner: number, user: number): void {
  if (owner !== 0 && owner !== user)
    refuse(
      `${path} belongs to user ${owner}, who could change what is there: run init as that user, or name another place with -c`,
    );
}

function openToOthers(path: string): never {
  return refuse(`${path} can be written by others, who could change what is there: chmod go-w ${path}`);
}

/** Everybody makes and removes only his own there. */
function isSticky(mode: number): boolean {
  return (mode & 0o1000) !== 0;
}

function upwards(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...upwards(above)];
}

/** Throws what the system says where no file can be made in a folder, there or to be made. */
export function mustBeWritable(folder: string): void {
  accessSync(nearest(folder), constants.W_OK | constants.X_OK);
}

function nearest(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearest(above);
}
