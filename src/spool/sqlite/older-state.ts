import { builtin } from "../../builtin.ts";
import { identityOfFile, isSameFile, type Marker, readMarker, runOf } from "../marker.ts";
import type { StateChange } from "../spool-state.ts";
import { type StateFiles, sizeOf, stamp, syncDirectory } from "../state-directory.ts";
import type { Witness, WitnessFile } from "../witness.ts";

const { lstatSync, renameSync } = builtin("node:fs");

/** A run that was seen alive so lately may still be: it is seen every few seconds. */
export const aliveMs = 20_000;

/**
 * Whether the state is an older one than the last run left, or a copy. Nothing is taken over: whoever looks
 * next finds the same. A log that does not fit the database is set aside, so that nobody reads it into that.
 */
export function lookedAt(
  files: StateFiles,
  { witness, now }: { readonly witness: WitnessFile | undefined; readonly now: () => number },
): readonly StateChange[] {
  const { directory } = files;
  const marker = readMarker(files);
  const older = olderThan(files, marker, witness?.read());
  if (older !== undefined) {
    setForeignLogAside(files, marker, now());
    return [{ found: "older", directory, ...older }];
  }
  const { note, seenAt = 0 } = marker;
  const isCopy =
    note !== undefined && runOf(files) !== 0 && !isSameFile(note.file, identityOfFile(files.database));
  return isCopy ? [{ found: "copied", directory, seenAt, ended: note.ended }] : [];
}

/** The run that left something younger than this database, as far as somebody knows of it. */
function olderThan(
  files: StateFiles,
  { id, note, seenAt }: Marker,
  witness: Witness | undefined,
): { readonly seenAt?: number; readonly ended?: boolean } | undefined {
  const run = runOf(files);
  if (run === 0) return undefined;
  const known = (runs: readonly (number | undefined)[]) => runs.includes(run);
  if (witness !== undefined && !(witness.id === id && known(witness.runs))) return { seenAt: witness.at };
  if (note === undefined || known([note.run, note.next])) return undefined;
  return { ...(seenAt !== undefined && { seenAt }), ended: note.ended };
}

/**
 * A log that was written by the last run does not fit a database that was put in its place since: replayed
 * into it, it would damage what the backup holds.
 */
function setForeignLogAside(files: StateFiles, { seenAt }: Marker, now: number): void {
  if (seenAt === undefined || sizeOf(files.wal) === 0 || sizeOf(files.database) === 0) return;
  const changed = (path: string) => lstatSync(path).ctimeMs;
  const end = seenAt + aliveMs / 2;
  if (changed(files.wal) > end || changed(files.database) <= end) return;
  renameSync(files.wal, `${files.wal}.replaced-${stamp(now)}`);
  syncDirectory(files);
}
