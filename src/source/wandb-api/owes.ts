import type { Concern, Cursor, OwedDay, Started } from "../../record/reading.ts";
import { newestTexts } from "./newest/newest.ts";
import { learnedTexts } from "./round/learned.ts";
import { otherOrganization } from "./round/organization.ts";
import { type Progress, progressOf } from "./round/progress.ts";
import { startedOf } from "./round/start-change.ts";

/** The days that were missed and have not been read yet. Of a newer program's cursor nothing is known. */
export function owes(cursor: Cursor): readonly OwedDay[] {
  const { missed = [], failed = {} } = known(cursor)?.round ?? {};
  return missed.map((day) => ({ day, failures: failed[day]?.failures ?? 0 }));
}

/** What was learned of the server, in words. */
export function learned(cursor: Cursor): readonly string[] {
  const { server = {}, newest } = known(cursor) ?? {};
  return [...learnedTexts(server), ...(newest === undefined ? [] : newestTexts(newest))];
}

/** Why the log may be another organization's. */
export function otherLog(cursor: Cursor): Concern | undefined {
  return otherOrganization(known(cursor)?.server.organization);
}

/** What `start` means by now. */
export function started(cursor: Cursor): Started | undefined {
  const progress = known(cursor);
  return progress === undefined ? undefined : startedOf(progress);
}

function known(cursor: Cursor): Progress | undefined {
  try {
    return progressOf(cursor);
  } catch {
    return undefined;
  }
}
