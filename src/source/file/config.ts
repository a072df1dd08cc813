import { z } from "zod";
import { startText } from "../../schema/start.ts";
import { storedKeys, storedLimits } from "../stored-log/stored-keys.ts";

/** What a source of this kind takes in the configuration. */
export const fileSourceSchema = z.strictObject({
  ...storedKeys,
  type: z
    .literal("file")
    .describe("Audit logs in files: NDJSON or what the API answered, also packed with gzip or zstd."),
  path: z
    .string()
    .min(1)
    .describe(
      "A file, a pattern such as /srv/exports/*.ndjson.gz, or - for standard input. A file that grows is followed, also when it is renamed and a new one takes its name.",
    ),
  start: startText
    .prefault("2017-01-01")
    .describe(
      'From when on records are wanted: a duration back from the first read, a UTC date, a time (RFC 3339), or "now", the first read itself. Default: all of them. Older records are left out and counted.',
    ),
  read: storedLimits("file"),
});

/** What the schema makes of it. */
export type FileSourceConfig = z.output<typeof fileSourceSchema>;
