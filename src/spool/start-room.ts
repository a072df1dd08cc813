import { builtin } from "../builtin.ts";
import { diskError } from "./disk-error.ts";
import { SpoolError } from "./spool-error.ts";
import { sizeOf, stateFiles } from "./state-directory.ts";

const { closeSync, existsSync, openSync, rmSync, writeSync } = builtin("node:fs");

/** What a start writes beside what is in the log already, with some room. */
const startBytes = 256 * 1024;

/**
 * Whether a state that is closed now could be opened again: what is in the log goes into the database then,
 * and a start writes a little. So much is written into a file without a name, because of a quota nothing else
 * tells. Throws SpoolError: `full`, or `io` where the disk takes no writes.
 */
export function tryRoomToStart(stateDir: string): void {
  if (!existsSync(stateDir)) return;
  const { scratch, wal } = stateFiles(stateDir);
  try {
    rmSync(scratch, { force: true });
    const file = openSync(scratch, "wx", 0o600);
    try {
      rmSync(scratch);
      let left = sizeOf(wal) + startBytes;
      while (left > 0) left -= writeSync(file, Buffer.alloc(Math.min(left, startBytes)));
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    const error = diskError(thrown);
    if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    const fix = "make room on the disk of state_dir, or raise a quota there; it is tried again by itself";
    throw new SpoolError("full", "the disk of state_dir has too little room for a start", fix, error);
  }
}
