import { z } from "zod";
import { formats } from "../../format/all.ts";
import { formatted } from "../../format/format.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import { byteSize, controlFree, duration, wholePath } from "../../schema/parts.ts";
import type { OutputKind } from "../output.ts";
import { fileOutput } from "./file-output.ts";

const formatChoices = ["ecs", "cef", "cim", "json", "raw", "otlp", "ocsf"] as const;
/** In these no uid stands: two events may have the same line. */
const nameless: ReadonlySet<string> = new Set(["cim", "raw"]);
const mebibyte = 2 ** 20;
const mostTailBytes = 64 * mebibyte;

const path = wholePath()
  .regex(controlFree, "must hold no control characters")
  .refine((text) => !/\/$|\/\.{0,2}\/|\/\.{1,2}$/.test(text), "must name a file, without . and .. and //")
  .describe(
    "The file that is written to, such as /var/log/wandb/audit.ndjson. Its folder must be there. A file that gives its name to a new one is called PATH.20260801T000000Z.",
  );

const mode = z
  .union([z.string(), z.int()])
  .transform((written, context) => {
    const digits = String(written).replace(/^0(?=\d{3}$)/, "");
    if (!/^6[046][04]$/.test(digits))
      context.addIssue(
        'must be the permissions of a file in octal, as in "0640": its owner reads and writes, and nobody else may change it but the group',
      );
    return Number.parseInt(digits, 8);
  })
  .meta({ written: "octal" })
  .prefault("0640")
  .describe(
    'Permissions of the files, such as "0640". Readers belong to the group of the folder: set its setgid bit (chmod g+s).',
  );

const rotate = z
  .strictObject({
    by: z
      .enum(["forwarder", "others"])
      .default("forwarder")
      .describe(
        "Who gives the file a new name. `others`: logrotate or the like; the file that then has the name is written to without a word, and the keys below have no meaning.",
      ),
    max_bytes: byteSize({ min: "4KB" })
      .prefault("100MiB")
      .describe("A file that would grow beyond this gives its name to a new one first."),
    every: duration({ max: "31d" })
      .refine((ms) => ms === 0 || ms >= 60_000, "must be at least 1m, or 0s for never")
      .prefault("1d")
      .describe(
        "So does one whose time is over: `1d` at midnight UTC, `1h` at every full hour. `0s`: never.",
      ),
    min_interval: duration({ max: "1h" })
      .prefault("10s")
      .describe(
        "No file gives its name away sooner than this after it got it, but grows on: readers that look by the name miss one that had it for a moment only.",
      ),
    keep: z
      .int()
      .min(1)
      .max(100_000)
      .default(14)
      .describe(
        "Rotated files that stay; of more, the oldest are removed, whether a reader has read them or not.",
      ),
    min_age: duration()
      .prefault("1h")
      .describe(
        "None is removed before this, for readers that are behind: many may be made in a short time.",
      ),
    max_age: duration({ min: "1m" })
      .optional()
      .describe(
        "Rotated files that are older are removed, however few there are. Absent: the count alone decides.",
      ),
  })
  .refine(({ min_age, max_age }) => max_age === undefined || max_age >= min_age, {
    path: ["max_age"],
    message: "must not be less than min_age",
  })
  .prefault({})
  .describe("When a file gives its name to a new one, and what stays of those that did.");

const schema = z.strictObject({
  ...outputBase,
  type: z
    .literal("file")
    .describe(
      "A file with an event a line, for agents that follow files: Universal Forwarder, Filebeat, Wazuh, Azure Monitor Agent, rsyslog.",
    ),
  path,
  format: z
    .enum(formatChoices)
    .default("ecs")
    .describe(
      "What a line holds: JSON in every format but `cef`, and the record's own text with `raw`. In `cim` and `raw` no uid stands: after a crash such lines may be there twice.",
    ),
  mode,
  rotate,
  batch: batch({ maxEvents: 2000, maxBytes: "1MB", maxWait: "1s" }).describe(
    "What one write carries, at most. Each is waited for until it is on disk.",
  ),
});
type FileOutputConfig = z.output<typeof schema>;

/** A file, one event a line. */
export const fileOutputKind: OutputKind<FileOutputConfig> = {
  type: "file",
  schema,
  formats: formatChoices,
  textFormat: ({ format }) => format,
  guarantee: () => "acknowledged",
  destination: ({ path }) => [`file ${path}`],
  // The second is one that has given its name away.
  writes: ({ path }) => [path, `${path}.20260801T000000Z`],
  proves: ({ path }) => `it is on disk in ${path}; that somebody reads it there is not proven`,
  preview: ({ format }, agent) => formatted(formats[format](agent)),
  create: (config, { agent, clock, uid }) =>
    fileOutput({
      path: config.path,
      mode: config.mode,
      uid,
      known: !nameless.has(config.format),
      // Two batches may be on their way at a crash, and something larger than a batch in each.
      tailBytes: Math.min(2 * config.batch.max_bytes + mebibyte, mostTailBytes),
      rotation: {
        ours: config.rotate.by === "forwarder",
        maxBytes: config.rotate.max_bytes,
        everyMs: config.rotate.every,
        minIntervalMs: config.rotate.min_interval,
        keep: config.rotate.keep,
        minAgeMs: config.rotate.min_age,
        maxAgeMs: config.rotate.max_age,
      },
      format: config.format,
      agent,
      clock,
    }),
};
