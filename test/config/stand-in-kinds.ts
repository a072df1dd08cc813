import { z } from "zod";
import type { Kinds } from "../../src/config/settings.ts";
import type { OutputKind } from "../../src/output/output.ts";
import { batch, duration, httpUrl, outputBase, secret, tls } from "../../src/schema/parts.ts";
import type { SourceKind } from "../../src/source/source.ts";

/** Kinds that connect to nothing. */
function nothing(): never {
  throw new Error("a stand-in connects to nothing");
}

const feed: SourceKind = {
  type: "feed",
  schema: z.strictObject({
    type: z.literal("feed"),
    name: z.string(),
    url: httpUrl(),
    instance: z.string().optional(),
    api_key: secret(),
    poll_interval: duration({ min: "1s" }).prefault("5m"),
    anonymize: z.boolean().default(false),
    tls: tls.optional(),
  }),
  create: nothing,
};

const collector = {
  type: "collector",
  schema: z
    .strictObject({
      ...outputBase,
      type: z.literal("collector"),
      url: httpUrl().optional(),
      token: secret().optional(),
      headers: z.record(z.string(), secret()).default({}),
      format: z.enum(["ecs", "cim", "raw"]).default("ecs"),
      port: z.int().min(1).max(65_535).default(8088),
      address: z.string().optional(),
      lossy: z.boolean().default(false),
      tls: tls.optional(),
      batch: batch({ maxEvents: 500, maxBytes: "1MB", maxWait: "1s" }),
    })
    .refine(({ port }) => port !== 13, { path: ["port"], message: "13 brings bad luck" }),
  guarantee: () => "received",
  losesUnnoticed: ({ lossy }) => lossy,
  formats: ["ecs"],
  create: nothing,
} satisfies OutputKind<{ lossy: boolean }>;

export const standInKinds: Kinds = { sources: [feed], outputs: [collector as unknown as OutputKind] };
