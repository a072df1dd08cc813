import { z } from "zod";
import { formats } from "../../format/all.ts";
import { formatted } from "../../format/format.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import type { OutputKind } from "../output.ts";
import { stdout } from "./stdout.ts";

const formatChoices = ["ecs", "cef", "cim", "json", "raw", "otlp", "ocsf"] as const;

const schema = z.strictObject({
  ...outputBase,
  type: z.literal("stdout").describe("Standard output, one event a line: for trying things, and for pipes."),
  format: z
    .enum(formatChoices)
    .default("ecs")
    .describe("What a line holds: JSON in every format but `cef`, and the record's own text with `raw`."),
  batch: batch({ maxEvents: 1000, maxBytes: "1MB", maxWait: "200ms" }).describe(
    "What one write carries, at most.",
  ),
});
type StdoutConfig = z.output<typeof schema>;

/** Standard output, one event a line. */
export const stdoutKind: OutputKind<StdoutConfig> = {
  type: "stdout",
  schema,
  formats: formatChoices,
  textFormat: ({ format }) => format,
  guarantee: () => "sent",
  destination: () => ["standard output"],
  proves: () => "it was written to standard output",
  writesToStdout: true,
  preview: ({ format }, agent) => formatted(formats[format](agent)),
  create: (config, { agent, stdout: stream }) => stdout({ format: config.format, agent, stream }),
};
