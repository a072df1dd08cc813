import type { Stats } from "node:fs";
import { builtin } from "../../builtin.ts";

const { lstatSync } = builtin("node:fs");

/** Of what has that name; undefined where nothing has. */
export function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Whether both are one file, whatever names it has. */
export function isSame(one: Stats | undefined, other: Stats | undefined): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev;
}
