import type { Incident, KeptTrend } from "../trends.ts";
import type { Database } from "./database.ts";
import { sealedTable } from "./sealed-table.ts";

/** As `Incident`: `reasons` with spaces between, `held` 0 or 1. */
export interface IncidentRow extends Omit<Incident, "reasons" | "held"> {
  readonly reasons: string;
  readonly held: number;
}

/** As `KeptTrend`, and when it was written, epoch milliseconds. */
export interface TrendRow extends KeptTrend {
  readonly at: number;
}

const trendColumns: readonly (keyof TrendRow)[] = ["hop", "step", "first", "spans", "latest", "at"];
const incidentColumns: readonly (keyof IncidentRow)[] = [
  ...(["id", "hop", "reasons", "held", "failures", "began", "ended"] as const),
];

/** The tables of charts and past incidents. */
export function trendTablesOf(db: Database) {
  return {
    trend: sealedTable<TrendRow>(db, "trend", trendColumns),
    incident: sealedTable<IncidentRow>(db, "incident", incidentColumns),
  };
}
