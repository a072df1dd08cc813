import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const duration = z
  .string()
  .regex(/^\d+[mhd]$/)
  .describe("A number and `m`, `h` or `d`.");
const sentences = z.array(z.string().min(1)).min(1);
/** What a selection may compare a field with; a list is any of them, and `exists` takes true or false. */
const value = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.union([z.string(), z.number()])).min(1),
]);
const detection = z
  .object({ condition: z.string() })
  .catchall(z.record(z.string(), value))
  .describe("A detection in Sigma's words, over the fields of the format `json`.");
const correlation = z
  .strictObject({
    type: z.enum(["value_count", "temporal"]),
    "group-by": z.array(z.string()).min(1),
    timespan: duration,
    condition: z.strictObject({ field: z.string(), gte: z.int().min(2) }).optional(),
  })
  .describe(
    "A correlation in Sigma's words. Events are counted by `value_count` of `uid`, so none counts twice.",
  );

/** What a card says of a detection. */
export const detectionCard = z
  .strictObject({
    id: z.uuid().describe("Stays the same for as long as the detection means the same."),
    title: z.string().max(70),
    level: z.enum(["low", "medium", "high", "critical"]),
    kind: z
      .enum(["rule", "correlation", "baseline", "absence"])
      .describe("One event; several within `window`; compared with the past; something does not come."),
    service: z
      .enum(["audit", "audit-forwarder"])
      .describe("The log of W&B, or what the forwarder tells of itself."),
    tags: z.array(z.string().regex(/^attack\.[a-z0-9.-]+$/)).min(2),
    risk: z.int().min(1).max(100).describe("What an alert adds to the risk of its entities, 1 to 100."),
    window: duration.optional().describe("How much time of the events a decision needs."),
    lateness: duration.describe("How far back, by the time of the events, a search has to look."),
    suppress: z
      .strictObject({ by: z.array(z.string()).min(1), for: duration })
      .describe("The same values do not alert again for so long."),
    entities: z
      .record(z.string(), z.string())
      .describe("Whom an alert is about: the names of risk objects, and their fields."),
    fields: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("What a search written by hand needs; Sigma says it itself."),
    why: z.string(),
    tuning: z.string(),
    response: sentences,
    false_positives: sentences,
    blind: sentences.describe("Where it sees nothing."),
    blind_formats: z
      .partialRecord(z.enum(["ecs", "cim", "cef", "table"]), z.string())
      .optional()
      .describe("Formats in which it cannot fire, and why."),
    arithmetic: z.string().optional().describe("What it computes, where Sigma has no words for that."),
    sigma: z
      .union([
        z.strictObject({ detection }),
        z.strictObject({ rules: z.record(z.string().regex(/^wandb_[a-z_]+$/), detection), correlation }),
      ])
      .optional(),
    rehearsal: z
      .union([
        z
          .strictObject({ move: z.literal("days") })
          .describe("Times keep their hour when they are moved to now."),
        z.strictObject({ none: z.string() }).describe("Why it cannot be rehearsed by sending events."),
      ])
      .optional(),
  })
  .refine(({ sigma, arithmetic }) => (sigma === undefined) !== (arithmetic === undefined), {
    message: "either `sigma` or `arithmetic`",
  })
  .refine(({ sigma, fields }) => sigma !== undefined || fields !== undefined, {
    message: "`fields` are missing",
  })
  .refine(({ kind, window }) => (kind === "rule") === (window === undefined), {
    message: "everything but a rule has a window",
  });

/** A card and its name. */
export type DetectionCard = z.infer<typeof detectionCard> & { readonly name: string };

const folder = new URL("../content/detections/", import.meta.url);

/** All cards, sorted by name. Throws where one is not as it should be. */
export function detectionCards(): readonly DetectionCard[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yml"))
    .sort()
    .map((file) => {
      const card = detectionCard.safeParse(parse(readFileSync(new URL(file, folder), "utf8")));
      if (!card.success) throw new Error(`content/detections/${file}: ${z.prettifyError(card.error)}`);
      return { ...card.data, name: file.replace(/\.yml$/, "") };
    });
}
