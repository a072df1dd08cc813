import type { Incident, Trends } from "../trends.ts";
import type { Database } from "./database.ts";
import type { CheckedRow } from "./sealed-table.ts";
import type { Change } from "./transactions.ts";
import type { IncidentRow, trendTablesOf } from "./trend-tables.ts";

/** What is kept of charts and past incidents. Nothing of it is in memory. */
export function trendDesk(
  { db, tables }: { readonly db: Database; readonly tables: ReturnType<typeof trendTablesOf> },
  change: Change,
): Trends {
  return {
    // A row that was changed on disk is a hole in a chart, and no reason to end.
    trends: () => sound(tables.trend.checked("")).map(({ at: _, ...trend }) => trend),
    incidents: () => sound(tables.incident.checked("ORDER BY id")).map(incidentOf),
    keep: (trends, incidents, { now, keepMs, most }) =>
      change(() => {
        const at = Math.floor(now);
        for (const trend of trends) tables.trend.put({ ...trend, at });
        for (const { reasons, held, ...incident } of incidents)
          tables.incident.put({ ...incident, reasons: reasons.join(" "), held: held ? 1 : 0 });
        // Also what a clock set far ahead has left behind.
        db.run("DELETE FROM trend WHERE abs(at - ?) > ?", at, keepMs);
        db.run(
          "DELETE FROM incident WHERE id NOT IN (SELECT id FROM incident ORDER BY ended IS NULL DESC, id DESC LIMIT ?)",
          most,
        );
      }),
  };
}

function sound<Row>(rows: readonly CheckedRow<Row>[]): Row[] {
  return rows.filter((each) => each.sound).map(({ row }) => row);
}

function incidentOf({ reasons, held, ...incident }: IncidentRow): Incident {
  return { ...incident, reasons: reasons === "" ? [] : reasons.split(" "), held: held === 1 };
}
