import type { ConfiguredSource } from "../source/configured.ts";
import type { Backfill, BackfillPlan } from "../spool/backfill.ts";

/** Why these days of sources cannot be read now for a replay, for people; undefined where they can. */
export function unreadableDays(
  days: readonly BackfillPlan[],
  sources: readonly { readonly configured: Pick<ConfiguredSource, "config" | "noDays"> }[],
  backfillOf: (source: string) => Pick<Backfill, "state"> | undefined,
): string | undefined {
  for (const { source } of days) {
    const found = sources.find(({ configured }) => configured.config.name === source);
    if (found === undefined) return `the daemon has no source ${source}`;
    const { noDays, config } = found.configured;
    if (config.role === "verify")
      return `${source} is a witness (role: verify), and nothing of it is delivered`;
    if (noDays !== undefined) return `${source} has no days to read: ${noDays}`;
    if (backfillOf(source)?.state === "running")
      return `a backfill of ${source} is under way: wait for its end, or stop it with backfill --source ${source} --cancel`;
  }
  return undefined;
}
