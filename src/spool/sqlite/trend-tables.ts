import type { Incident, Measure } from "../trends.ts";
import type { Database } from "./database.ts";
import { sealedTable } from "./sealed-table.ts";

/** As `Incident`: `reasons` with spaces between, `held` 0 or 1. */
export interface IncidentRow extends Omit<Incident, "reasons" | "held"> {
  readonly reasons: string;
  readonly held: number;
}

const measureColumns: readonly (keyof Measure)[] = ["hop", "step", "at", "events", "bytes", "lag", "latest"];
const incidentColumns: readonly (keyof IncidentRow)[] = [
  ...(["id", "hop", "reasons", "held", "failures", "began", "ended"] as const),
];

/** The tables of charts and past incidents. */
export function trendTablesOf(db: Database) {
  return {
    measure: sealedTable<Measure>(db, "measure", measureColumns),
    incident: sealedTable<IncidentRow>(db, "incident", incidentColumns),
  };
}
