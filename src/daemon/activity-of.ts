import type { ActivityOf } from "../admin/activity.ts";
import type { Config } from "../config/config.ts";
import type { ActivityLookup } from "../spool/activity.ts";
import type { SourceState } from "../spool/spool-state.ts";
import type { ActivityPeriod } from "../status/activity-period.ts";
import { type ActivityDocument, activityDocument } from "../status/activity-report.ts";
import { type Clock, utcDayOfMs } from "../time/clock.ts";

/** However many look, it is counted once in this time, milliseconds: of years that takes a second. */
const freshMs = 60_000;

/** What is known of who was active, counted when it is asked for and remembered for a minute. */
export function activityOf(
  { activity, sources }: Pick<Config, "activity" | "sources">,
  lookup: ActivityLookup,
  statesOf: () => Promise<readonly SourceState[]>,
  clock: Clock,
): ActivityOf {
  const kept = new Map<ActivityPeriod, { readonly at: number; readonly made: Promise<ActivityDocument> }>();
  const origins = sources.map(({ origin }) => origin);
  return (period) => {
    const at = clock.monotonic();
    const found = kept.get(period);
    if (found !== undefined && at - found.at <= freshMs) return found.made;
    const today = utcDayOfMs(clock.now());
    const made = statesOf().then((states) =>
      activityDocument(lookup, { counted: activity.count, origins, states, period, today }),
    );
    kept.set(period, { at, made });
    made.catch(() => kept.delete(period));
    return made;
  };
}
