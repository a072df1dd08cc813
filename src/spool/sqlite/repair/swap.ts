import { basename, join } from "node:path";
import { builtin } from "../../../builtin.ts";
import { type StateFiles, setAsideDatabase, stamp, syncDirectory } from "../../state-directory.ts";

const { readdirSync, renameSync, rmSync } = builtin("node:fs");

/**
 * A finished replacement carries its time in its name, so that a crash at any point of the swap can be taken
 * up again.
 */
export function salvagedName(files: StateFiles, now: number): string {
  return `${files.database}.salvaged-${stamp(now)}`;
}

/** Puts a finished replacement in the place of the damaged database, which is kept as `*.corrupt-<time>`. */
export function finishSwap(files: StateFiles): void {
  const prefix = `${basename(files.database)}.salvaged-`;
  const finished = readdirSync(files.directory).find((name) => name.startsWith(prefix));
  if (finished !== undefined) {
    setAsideDatabase(files, `corrupt-${finished.slice(prefix.length)}`);
    renameSync(join(files.directory, finished), files.database);
    syncDirectory(files);
    rmSync(files.rebuild, { force: true });
  }
}
