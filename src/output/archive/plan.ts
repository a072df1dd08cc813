import { hash } from "node:crypto";
import { placeOfLine } from "../../archive/line.ts";
import type { Payloads } from "../payloads.ts";

/** A file as it is planned. */
export interface PlannedFile {
  readonly name: string;
  readonly records: number;
  /** SHA-256 over the uids in ascending order, a line for each: which records they are. */
  readonly uids: string;
  /** SHA-256 over the file. */
  readonly sha256: string;
}

/** How a batch is stored. Its text is what the plan is written down as. */
export interface BatchPlan {
  /** What the names of its files begin with. */
  readonly stem: string;
  readonly files: readonly PlannedFile[];
  /** Names of files in which records of it were found. */
  readonly found: readonly string[];
}

/** Reads the text of a plan; undefined where a version wrote it that had others. */
export function readPlan(text: string | undefined): BatchPlan | undefined {
  if (text === undefined) return undefined;
  try {
    const { stem, files, found } = JSON.parse(text) as Partial<BatchPlan>;
    if (typeof stem === "string" && Array.isArray(files) && Array.isArray(found))
      return { stem, files, found };
  } catch {
    // Below.
  }
  return undefined;
}

/** Indexes of the lines of a batch, and their uids, by the UTC day that they are filed under. */
export function linesByDay(batch: Payloads): Map<number, { readonly index: number; readonly uid: string }[]> {
  const days = new Map<number, { readonly index: number; readonly uid: string }[]>();
  for (let index = 0; index < batch.count; index += 1) {
    const { day, uid } = placeOfLine(batch.at(index));
    const lines = days.get(day) ?? [];
    lines.push({ index, uid });
    if (lines.length === 1) days.set(day, lines);
  }
  return days;
}

/** See `PlannedFile.uids`. */
export function digestOfUids(uids: readonly string[]): string {
  return hash(
    "sha256",
    [...uids]
      .sort()
      .map((uid) => `${uid}\n`)
      .join(""),
    "hex",
  );
}
