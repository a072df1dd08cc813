import type { Finding } from "../../finding.ts";
import { dayText } from "../../time/clock.ts";

/** How many days back it is tried, one after the other, until nothing is there. */
const triedDays = [7, 30, 90, 180, 365, 730];

/**
 * How far back the server answers, by single days farther and farther back. `entriesOf` tells whether a day
 * has entries, and undefined where the server does not answer for it.
 */
export async function reachFinding(
  today: number,
  entriesOf: (day: number) => Promise<boolean | undefined>,
): Promise<Finding> {
  let found: number | undefined;
  for (const days of triedDays) {
    const day = today - days;
    const entries = await entriesOf(day);
    if (entries === true) {
      found = day;
      continue;
    }
    const back = found === undefined ? "" : `there are entries of ${dayText(found)}, and `;
    const why = entries === undefined ? "it does not answer for" : "there are none of";
    return { level: "ok", text: `how far back: ${back}${why} ${dayText(day)}` };
  }
  return {
    level: "ok",
    text: `how far back: there are entries of ${dayText(found as number)}; farther was not tried`,
  };
}
