import { z } from "zod";
import { formatted } from "../../format/format.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import { byteSize, duration, httpUrl, secret } from "../../schema/parts.ts";
import { printable } from "../../text/printable.ts";
import { addressIssues, httpKeys, httpOptionsOf } from "../http-keys.ts";
import type { OutputKind } from "../output.ts";
import { credentialOf } from "./credential.ts";
import { documentLines, streamName } from "./document.ts";
import { elasticsearch } from "./elasticsearch.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { setupText } from "./setup.ts";

const formatChoices = ["ecs"] as const;

const lifecycle = z
  .strictObject({
    rollover_age: duration({ min: "1h" })
      .prefault("30d")
      .describe("How old a backing index becomes before the data stream goes on in another."),
    rollover_bytes: byteSize({ min: "1MB" })
      .prefault("50GB")
      .describe("How large the primary shard of a backing index becomes before that."),
    delete_after: duration({ min: "1d" })
      .optional()
      .describe("How long after its rollover a backing index is deleted; absent: never."),
  })
  .describe(
    "Installs a policy with the templates: ILM in Elasticsearch, ISM in OpenSearch. Absent: who runs the cluster says how long events are kept.",
  );

const schema = z
  .strictObject({
    ...outputBase,
    type: z.literal("elasticsearch").describe("A data stream of Elasticsearch or OpenSearch."),
    urls: z
      .array(httpUrl())
      .min(1, "name at least one node")
      .describe(
        "Nodes of one cluster, such as `https://es1.example:9200`; they are used by turns, and where one fails the next is.",
      ),
    api_key: secret()
      .optional()
      .describe(
        "An API key of Elasticsearch: `id:key`, or both as they are handed out in base64 (`encoded`).",
      ),
    username: z
      .string()
      .regex(/^[^:\p{Cc}]+$/u, "a user name holds neither a colon nor control characters")
      .optional()
      .describe("User, where there is no `api_key`; with `password`."),
    password: secret().optional().describe("The user's password."),
    namespace: z
      .string()
      .regex(
        /^[a-z0-9_.][a-z0-9_.]{0,99}$/,
        "a namespace is lower-case letters, digits, _ and ., at most 100, without -",
      )
      .default("default")
      .describe("Last part of the data stream's name, `logs-wandb.audit-NAMESPACE`."),
    manage_template: z
      .boolean()
      .default(false)
      .describe(
        "Install the templates (and the policy) before the first event. Otherwise `setup` does, once, with a credential that may.",
      ),
    lifecycle: lifecycle.optional(),
    format: z
      .enum(formatChoices)
      .default("ecs")
      .describe("What a document is: the Elastic Common Schema, which the templates are for."),
    compression: z.enum(["gzip", "none"]).default("gzip").describe("Compression of the requests."),
    batch: batch({ maxEvents: 1000, maxBytes: "5MB", maxWait: "1s" }).describe(
      "What one request carries, at most. A cluster takes `http.max_content_length` (100 MB) and answers more with 413: then requests become smaller by themselves.",
    ),
    ...httpKeys,
  })
  .superRefine((config, context) => {
    const issue = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    for (const url of config.urls)
      for (const each of addressIssues("urls", url, config)) context.addIssue(each);
    if (config.api_key !== undefined && config.username !== undefined)
      issue("username", "api_key lets in already: remove one of both");
    if ((config.username === undefined) !== (config.password === undefined))
      issue(config.username === undefined ? "username" : "password", "username and password belong together");
  });
type ElasticsearchConfig = z.output<typeof schema>;

/** Elasticsearch and OpenSearch. */
export const elasticsearchKind: OutputKind<ElasticsearchConfig> = {
  type: "elasticsearch",
  schema,
  formats: formatChoices,
  textFormat: ({ format }) => format,
  guarantee: () => "acknowledged",
  destination: ({ urls, namespace }) =>
    urls.map((url) => `elasticsearch ${url.href} ${streamName(namespace)}`),
  proves: ({ namespace }) =>
    `${streamName(namespace)} has stored it: credential, privileges and field types are right`,
  preview(config, agent) {
    const lines = formatted(documentLines(config.namespace, agent));
    return (event) => printable(lines(event).trim().replace("\n", " "));
  },
  setupText: (config) => setupText(lifecycleOf(config)),
  create: (config, context) =>
    elasticsearch({
      nodes: config.urls.map((url) => httpOptionsOf(url, config, context)),
      credential: credentialOf(config),
      namespace: config.namespace,
      managesTemplate: config.manage_template,
      lifecycle: lifecycleOf(config),
      compression: config.compression,
      timeoutMs: config.timeout,
      agent: context.agent,
      clock: context.clock,
    }),
};

function lifecycleOf({ lifecycle: given }: ElasticsearchConfig): Lifecycle | undefined {
  return (
    given && {
      rolloverAgeMs: given.rollover_age,
      rolloverBytes: given.rollover_bytes,
      deleteAfterMs: given.delete_after,
    }
  );
}
