import type { LatenessOfDay } from "../lateness.ts";
import { migrations } from "../migrations/all.ts";
import { atRest, schemaAtRest } from "./at-rest.ts";
import { type LatenessRow, latenessOfRow } from "./lateness-days.ts";

/** How late records of a source came; undefined too where the state is of another version. See `atRest`. */
export function latenessAtRest(stateDir: string, source: string): readonly LatenessOfDay[] | undefined {
  return atRest(stateDir, (db) => {
    if (schemaAtRest(db) !== migrations.length) return undefined;
    const rows = db.prepare("SELECT * FROM lateness WHERE source = ? ORDER BY day").all(source);
    return (rows as unknown as LatenessRow[]).flatMap((row) => latenessOfRow(row) ?? []);
  });
}
