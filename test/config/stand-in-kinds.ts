import { z } from "zod";
import type { Kinds } from "../../src/config/settings.ts";
import { anyOutputKind } from "../../src/output/configured.ts";
import { batch, outputBase } from "../../src/schema/output-base.ts";
import { httpUrl, secret, tls } from "../../src/schema/parts.ts";
import { sourceBase } from "../../src/schema/source-base.ts";
import { start } from "../../src/schema/start.ts";
import { anySourceKind } from "../../src/source/configured.ts";

/** Kinds that connect to nothing. */
export function nothing(): never {
  throw new Error("a stand-in connects to nothing");
}

const feed = anySourceKind({
  wholeLog: true,
  type: "feed",
  schema: z.strictObject({
    ...sourceBase,
    type: z.literal("feed"),
    url: httpUrl(),
    instance: z.string().optional(),
    api_key: secret(),
    anonymize: z.boolean().default(false),
    start,
    tls: tls.optional(),
  }),
  origin: ({ name, url, instance = url.hostname, anonymize }) => ({
    source: name,
    instance,
    baseUrl: url.origin,
    anonymize,
  }),
  maxRecordBytes: () => 1_048_576,
  owes: () => [],
  lookback: () => undefined,
  sweepReach: () => undefined,
  closing: () => undefined,
  noDays: () => undefined,
  learned: () => [],
  otherLog: () => undefined,
  started: () => undefined,
  create: nothing,
});

const collector = anyOutputKind({
  type: "collector",
  schema: z
    .strictObject({
      ...outputBase,
      type: z.literal("collector"),
      url: httpUrl().optional(),
      token: secret().optional(),
      headers: z.record(z.string(), secret()).default({}),
      format: z
        .enum(["ecs", "cim", "raw"])
        .meta({ planned: ["ocsf"] })
        .default("ecs"),
      port: z.int().min(1).max(65_535).default(8088),
      address: z.string().optional(),
      lossy: z.boolean().default(false),
      tls: tls.optional(),
      batch: batch({ maxEvents: 500, maxBytes: "1MB", maxWait: "1s" }),
    })
    .refine(({ port }) => port !== 13, { path: ["port"], message: "13 brings bad luck" }),
  destination: () => ["here"],
  guarantee: () => "received",
  proves: () => "it was taken",
  losesUnnoticed: ({ lossy }) => lossy,
  formats: ["ecs", "cim", "raw"],
  textFormat: ({ format }) => format,
  preview: () => nothing,
  create: nothing,
});

export const standInKinds: Kinds = { sources: [feed], outputs: [collector] };
