import type { Origin } from "../record/origin.ts";

/** The source of what this program tells of itself. No source of a configuration may have its name. */
export const ownSource = "forwarder";

/**
 * What all of its records have in common. The same on every host, so that an event that is sent again after a
 * move has the same bytes.
 */
export const ownOrigin: Origin = {
  source: ownSource,
  instance: "wandb-audit-forwarder",
  baseUrl: "",
  anonymize: false,
};

/** Whether a record is this program's own. What it says of itself does not count: W&B's may say anything. */
export function isOwn({ source }: Pick<Origin, "source">): boolean {
  return source === ownSource;
}
