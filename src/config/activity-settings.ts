import { z } from "zod";
import { duration } from "../schema/parts.ts";

/** Whether it is counted who was active, and what is kept of it. */
export interface ActivityConfig {
  readonly count: boolean;
  /** Absent: e-mail addresses are kept unless some output redacts them. */
  readonly names: boolean | undefined;
  /** How long a day is kept, milliseconds. */
  readonly keep: number;
}

const counted = z.strictObject({
  names: z
    .boolean()
    .optional()
    .describe(
      "Keep the newest e-mail address of each user, for people to read. Without it they are kept unless some output redacts `actor_email`; of a source with `anonymize` they never are.",
    ),
  keep: duration({ min: "7d", max: "3650d" })
    .prefault("800d")
    .describe("How long it is remembered who was active on a day."),
});

const usual = counted.parse({});

/** `activity` in the file: `false`, or what is kept. */
export const activitySettings = z
  .union([counted, z.boolean()])
  .prefault({})
  .transform((value): ActivityConfig => {
    const { names, keep } = typeof value === "boolean" ? usual : value;
    return { count: value !== false, names, keep };
  })
  .describe(
    "Who was active on which UTC day: a few bytes a user and day, which outlive the records. `false`: nobody is counted, and what was counted is removed.",
  );
