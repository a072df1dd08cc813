import type { Cursor, OwedDay } from "../../record/reading.ts";
import { progressOf } from "./round/progress.ts";

/** The days that were missed and have not been read yet. Of a newer program's cursor nothing is known. */
export function owes(cursor: Cursor): readonly OwedDay[] {
  try {
    const { missed = [], failed = {} } = progressOf(cursor).round ?? {};
    return missed.map((day) => ({ day, failures: failed[day]?.failures ?? 0 }));
  } catch {
    return [];
  }
}
