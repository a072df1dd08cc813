import { z } from "zod";
import type { Agent } from "../../agent.ts";
import { formatted } from "../../format/format.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import { duration, httpUrl, secret } from "../../schema/parts.ts";
import { addressIssues, httpKeys, httpOptionsOf } from "../http-keys.ts";
import type { OutputKind } from "../output.ts";
import { type HecContent, hecEncoder } from "./encoder.ts";
import { splunkHec } from "./splunk-hec.ts";

const formatChoices = ["cim", "raw", "ecs", "cef", "ocsf"] as const;

const schema = z
  .strictObject({
    ...outputBase,
    type: z.literal("splunk_hec").describe("Splunk's HTTP Event Collector."),
    url: httpUrl().describe(
      "Where the collector listens, such as `https://splunk.example:8088`; `/services/collector/event` is added.",
    ),
    token: secret().describe("The collector's token."),
    index: z
      .string()
      .regex(/^[a-z0-9_][a-z0-9_-]*$/, "an index is lower-case letters, digits, _ and -")
      .optional()
      .describe("Index to write to; by default the token's own. It is never made from event data."),
    sourcetype: z.string().min(1).default("wandb:audit").describe("Splunk's source type of the events."),
    source: z.string().min(1).optional().describe("Splunk's `source`; by default the W&B server's base URL."),
    host: z.string().min(1).optional().describe("Splunk's `host`; by default the W&B instance."),
    format: z
      .enum(formatChoices)
      .default("cim")
      .describe(
        "What `event` holds: Splunk's Common Information Model with the record nested under `wandb`, the record alone (`raw`), an ECS document, a CEF line, or an OCSF event.",
      ),
    ack: z
      .boolean()
      .default(false)
      .describe(
        "Wait until the indexers confirm each batch. The token must have indexer acknowledgement; Splunk Cloud offers it only to Amazon Data Firehose.",
      ),
    ack_timeout: duration({ min: "1s", max: "1h" })
      .prefault("5m")
      .describe(
        "With `ack`: how long a batch may stay unconfirmed before it is sent again. Comes on top of `timeout`.",
      ),
    compression: z
      .enum(["gzip", "none"])
      .meta({ planned: ["zstd"] })
      .default("gzip")
      .describe("Compression of the requests."),
    batch: batch({ maxEvents: 1000, maxBytes: "1MB", maxWait: "1s" }).describe(
      "What one request carries, at most. Splunk recommends at most 1 MB for Splunk Cloud; a server of your own takes what `max_content_length` in its limits.conf says.",
    ),
    ...httpKeys,
  })
  .superRefine((config, context) => {
    for (const issue of addressIssues("url", config.url, config)) context.addIssue(issue);
  });
type SplunkHecConfig = z.output<typeof schema>;

/** Splunk's HTTP Event Collector. */
export const splunkHecKind: OutputKind<SplunkHecConfig> = {
  type: "splunk_hec",
  schema,
  formats: formatChoices,
  textFormat: ({ format }) => format,
  guarantee: ({ ack }) => (ack ? "acknowledged" : "received"),
  destination: ({ url, index }) => [`splunk_hec ${url.href}${index === undefined ? "" : ` index ${index}`}`],
  proves: ({ index }, worth) => {
    const accepted = `token, format and ${index === undefined ? "the token's default index" : `index ${index}`} are accepted`;
    return worth === "acknowledged"
      ? `${accepted}, and the indexers have confirmed it`
      : `${accepted} (code 0); that it was indexed is not proven: a token without a list of allowed indexes takes any name`;
  },
  /** Taking and confirming each have their own limit; a little more, so that their own words come first. */
  sendTimeoutMs: ({ timeout, ack, ack_timeout }) => (ack ? timeout + ack_timeout + 5_000 : timeout),
  preview: (config, agent) => formatted(hecEncoder(contentOf(config, agent))),
  create: (config, context) =>
    splunkHec({
      http: httpOptionsOf(config.url, config, context),
      token: config.token,
      ...contentOf(config, context.agent),
      compression: config.compression,
      timeoutMs: config.timeout,
      ackTimeoutMs: config.ack ? config.ack_timeout : undefined,
      clock: context.clock,
      guid: context.guid,
    }),
  example: {
    formats: ["cim", "raw", "ecs", "ocsf"],
    config: { url: "https://splunk.example:8088", token: "00000000-0000-4000-8000-000000000000" },
  },
};

function contentOf({ index, sourcetype, source, host, format }: SplunkHecConfig, agent: Agent): HecContent {
  return { index, sourcetype, source, host, format, agent };
}
