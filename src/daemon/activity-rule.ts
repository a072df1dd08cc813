import type { Config } from "../config/config.ts";
import type { ActivityRule } from "../spool/activity.ts";

const address = "actor_email";

/**
 * How activity is counted by this configuration. Who redacts e-mail addresses for some output does not want
 * them in a table that outlives the records either, unless that is said.
 */
export function activityRule({
  activity,
  sources,
  outputs,
}: Pick<Config, "activity" | "sources" | "outputs">): ActivityRule {
  const { count, names, keep } = activity;
  const redacted = outputs.some(
    ({ config: { redact } }) => redact?.drop.includes(address) || redact?.pseudonymize.includes(address),
  );
  const nameless = sources.filter(({ origin }) => origin.anonymize).map(({ config }) => config.name);
  const scope = !count ? "off" : (names ?? !redacted) ? "names" : "ids";
  return { scope, nameless: new Set(nameless), keep };
}
