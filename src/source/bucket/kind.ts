import { bucketAt } from "../../bucket/bucket-place.ts";
import type { SourceKind } from "../source.ts";
import { shelfClosing } from "../stored-log/shelf-closing.ts";
import { shelfStarted, shelfTexts } from "../stored-log/shelf-progress.ts";
import { storedOrigin } from "../stored-log/stored-keys.ts";
import { bucketSource } from "./bucket.ts";
import { type BucketConfig, bucketSchema } from "./config.ts";

/** The audit log in a bucket. */
export const bucketKind: SourceKind<BucketConfig> = {
  type: "bucket",
  schema: bucketSchema,
  wholeLog: false,
  reads: (config) => {
    const place = bucketAt(config);
    return { place, shows: (name) => name.startsWith(`${place}/`) };
  },
  origin: storedOrigin,
  maxRecordBytes: ({ read }) => read.max_line,
  owes: () => [],
  noDays: () => undefined,
  // What it reads is read again when it changes.
  lookback: () => undefined,
  sweepReach: () => undefined,
  closing: shelfClosing,
  learned: (cursor) => shelfTexts("object", cursor),
  otherLog: () => undefined,
  started: shelfStarted,
  create: bucketSource,
};
