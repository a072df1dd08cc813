import { z } from "zod";
import { archivePlace } from "../../archive/place.ts";
import { bucketKeys, checkBucketKeys, checkPlaintext, ofTheSdk } from "../../bucket/bucket-keys.ts";
import { start } from "../../schema/start.ts";
import { storedKeys, storedLimits } from "../stored-log/stored-keys.ts";

/** What a source of this kind takes in the configuration. */
export const archiveSourceSchema = z
  .strictObject(
    {
      ...storedKeys,
      type: z
        .literal("archive")
        .describe(
          "What an output of type `archive` has stored: to send again what W&B does not show any more, and to compare with it.",
        ),
      url: archivePlace,
      start,
      read: storedLimits("file"),
      ...bucketKeys,
      allow_plaintext: z
        .boolean()
        .default(false)
        .describe(
          "Read over http:// from another machine: whoever is in between sees the log and can change it.",
        ),
    },
    { error: ofTheSdk },
  )
  .superRefine((config, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const { url } = config;
    if (url.store === "file") {
      for (const key of Object.keys(bucketKeys))
        if (config[key as keyof typeof bucketKeys] !== undefined)
          issue(key, "belongs to a bucket and not to file://");
      return;
    }
    checkBucketKeys({ ...config, url }, issue);
    checkPlaintext(config, issue);
  });

/** What the schema makes of it. */
export type ArchiveSourceConfig = z.output<typeof archiveSourceSchema>;
