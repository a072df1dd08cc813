import { z } from "zod";
import type { Origin } from "../../record/origin.ts";
import { byteSize, duration } from "../../schema/parts.ts";
import { instanceName, organization, sourceBase } from "../../schema/source-base.ts";

/** The keys of every source that reads the log from where somebody has stored it. */
export const storedKeys = {
  ...sourceBase,
  instance: instanceName.describe(
    "Name of the W&B server whose log this is, as `instance` of its wandb_api source or the host of that one's `url`: every event uid is made with it, and what another source of the same instance has shown is known here.",
  ),
  lookback: duration({ max: "7d" })
    .prefault("1h")
    .describe(
      "How far behind its newest entry a file or object that grows is read once more. Two identical entries that are written further apart than this are taken for one.",
    ),
  anonymize: z.boolean().default(false).describe("Drop e-mail addresses and names from the events."),
  organization: organization.optional(),
};

/** The limits of such a source's reads. `noun`: what people call what is read. */
export function storedLimits(noun: string) {
  return z
    .strictObject({
      max_line: byteSize({ min: "1KiB" })
        .prefault("1MiB")
        .describe("A longer record is cut, kept and delivered as an unparseable event."),
      accept_malformed: z
        .array(z.string().min(1))
        .default([])
        .describe(
          `Names of ${noun}s whose records are taken however many are malformed: each is kept and delivered as an unparseable event. Otherwise such ${noun === "object" ? "an" : "a"} ${noun} is not believed.`,
        ),
    })
    .prefault({})
    .describe("Limits of one read.");
}

/** Where the records of such a source are from. The same as the API's, whichever shows an event first. */
export function storedOrigin(config: {
  readonly name: string;
  readonly instance: string;
  readonly anonymize: boolean;
  readonly organization?: z.output<typeof organization> | undefined;
}): Origin {
  const { id, name } = config.organization ?? {};
  return {
    source: config.name,
    instance: config.instance,
    baseUrl: `https://${config.instance}`,
    anonymize: config.anonymize,
    ...(config.organization !== undefined && {
      organization: { ...(id !== undefined && { id }), ...(name !== undefined && { name }) },
    }),
  };
}
