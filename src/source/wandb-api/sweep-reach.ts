import type { Cursor, SweepReach } from "../../record/reading.ts";
import type { WandbApiConfig } from "./config.ts";
import { endpointOf } from "./endpoint.ts";
import { owes, started } from "./owes.ts";
import { progressOf } from "./round/progress.ts";

/** What Multi-tenant Cloud is sure to have. */
const multiTenantDays = 7;

/**
 * The days that are wanted and have been read, as far back as the server shows any: Multi-tenant Cloud, and
 * one that gives no single days and was seen to give only so many at once. As `SourceKind.sweepReach`.
 */
export function sweepReach(cursor: Cursor, { url }: Pick<WandbApiConfig, "url">): SweepReach | undefined {
  const since = started(cursor)?.since;
  const server = since === undefined ? undefined : progressOf(cursor)?.server;
  if (since === undefined || server === undefined) return undefined;
  const { startDate, maxDays } = server;
  const shown = startDate === "honoured" ? undefined : maxDays;
  const window = endpointOf(url).multiTenant ? multiTenantDays : shown;
  return {
    since,
    ...(window !== undefined && { window }),
    owed: owes(cursor).map(({ day }) => day),
  };
}
