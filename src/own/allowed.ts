import type { OwnAction } from "./own-fact.ts";

/** So many own events of one action about one output or source are told in a UTC day. */
const perDay = 24;
/** And of those that cannot come again and again by themselves, or only with another day of the log. */
const manyPerDay = 1000;

const seldom: ReadonlySet<OwnAction> = new Set([
  "gap_found",
  "gap_filled",
  "gap_dropped",
  "day_shrank",
  "archive_attested",
  "loss_accepted",
  "state_replaced",
  "configuration_changed",
]);

/**
 * How many events of an action about one thing are told in a UTC day: what flaps must not fill a disk that
 * nothing leaves. Further ones are counted, and the next that is told says how many.
 */
export function allowedPerDay(action: OwnAction): number {
  return seldom.has(action) ? manyPerDay : perDay;
}
