import { z } from "zod";
import { bucketKeys, checkBucketKeys, checkPlaintext, ofTheSdk } from "../../bucket/bucket-keys.ts";
import { type BucketPlace, bucketPlaceOf } from "../../bucket/bucket-place.ts";
import { start } from "../../schema/start.ts";
import { storedKeys, storedLimits } from "../stored-log/stored-keys.ts";

const place = z
  .string()
  .transform((text, context): BucketPlace => {
    const found = bucketPlaceOf(text);
    if (found !== undefined) return found;
    context.addIssue(
      "not a bucket: write s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://ACCOUNT/CONTAINER/PREFIX",
    );
    return { store: "s3", account: "", bucket: "", prefix: "" };
  })
  .describe(
    "Where W&B writes its audit log: s3://BUCKET/wandb-audit-logs (also S3-compatible stores, with `endpoint`), gs://BUCKET/wandb-audit-logs or az://ACCOUNT/CONTAINER/wandb-audit-logs. A path of the W&B bucket stands before wandb-audit-logs.",
  );

/** What a source of this kind takes in the configuration. */
export const bucketSchema = z
  .strictObject(
    {
      ...storedKeys,
      type: z
        .literal("bucket")
        .describe(
          "The audit log that W&B writes to a bucket every ten minutes: Self-Managed and Dedicated Cloud.",
        ),
      url: place,
      start,
      read: storedLimits("object"),
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
    checkBucketKeys(config, issue);
    checkPlaintext(config, issue);
  });

/** What the schema makes of it. */
export type BucketConfig = z.output<typeof bucketSchema>;
