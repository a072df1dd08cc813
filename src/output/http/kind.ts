import { z } from "zod";
import type { Agent } from "../../agent.ts";
import { formats } from "../../format/all.ts";
import type { Format } from "../../format/format.ts";
import { secretHeaders } from "../../schema/headers.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import { byteSize, duration, httpUrl, secret } from "../../schema/parts.ts";
import { printable } from "../../text/printable.ts";
import { addressIssues, httpKeys, httpOptionsOf } from "../http-keys.ts";
import type { OutputKind } from "../output.ts";
import { codings } from "../packed.ts";
import { Payloads } from "../payloads.ts";
import { meanings } from "./answer.ts";
import { auth, authorizationOf } from "./auth/config.ts";
import { bodyKinds, bodyShape, requestBody } from "./body.ts";
import { httpEndpoint } from "./http-endpoint.ts";
import { eventHoles, eventsHole, eventWriter, type JsonTemplate, piecesOf, readable } from "./template.ts";

const formatChoices = ["ecs", "cef", "cim", "json", "raw", "otlp", "ocsf"] as const;

const template: z.ZodType<JsonTemplate> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(template), z.record(z.string(), template)]),
);

const answerRule = z.strictObject({
  status: z.int().min(100).max(599).describe("Status of the answer."),
  contains: z.string().min(1).optional().describe("And its body holds this text."),
  means: z
    .enum(meanings)
    .describe(
      "`delivered`; `retry`: passes by itself; `hold`: a person has to repair something; `bad_event`: it will never take this batch, the event is found by sending fewer; `too_large`: send fewer.",
    ),
});

const schema = z
  .strictObject({
    ...outputBase,
    type: z.literal("http").describe("Any endpoint that takes events as JSON or lines over HTTP."),
    url: httpUrl(
      ": write its names and values into `query`, or into `secret_path` where they are a secret",
    ).describe("The endpoint, with its path."),
    secret_path: secret()
      .optional()
      .describe("Added to the URL's path where the address itself is the credential; may end in a query."),
    query: z.record(z.string(), z.string()).default({}).describe("Names and values of the URL's query."),
    method: z.enum(["POST", "PUT"]).default("POST").describe("Method of the requests."),
    headers: secretHeaders({ authorization: "give the credential as `auth`" }).describe(
      "Headers of every request; each value is a secret.",
    ),
    auth: auth.optional(),
    format: z.enum(formatChoices).default("ecs").describe("What an event is, before `event` wraps it."),
    body: z
      .enum(bodyKinds)
      .default("ndjson")
      .describe("`ndjson`: a line each. `json_array`: an array of them. `json`: one event a request."),
    event: template
      .optional()
      .meta({ written: "JSON" })
      .describe(
        `What stands for each event: any JSON, in which a text that is one of ${eventHoles.map((hole) => `\`${hole}\``).join(", ")} is replaced. Default: the event itself; with \`cef\` in JSON, \`<text>\`.`,
      ),
    envelope: template
      .optional()
      .meta({ written: "JSON" })
      .describe(
        "With `json_array`: what stands around the events, any JSON in which the text `<events>` is replaced by the array.",
      ),
    content_type: z
      .string()
      .regex(/^[\x21-\x7e][\x20-\x7e]*$/, "must be a media type")
      .optional()
      .describe("Media type of the requests; by default `application/x-ndjson` or `application/json`."),
    success: z
      .strictObject({
        status: z
          .array(z.int().min(200).max(299))
          .min(1)
          .optional()
          .describe("Statuses of a success; by default every 2xx but 207."),
        contains: z.string().min(1).optional().describe("And the body holds this text."),
      })
      .prefault({})
      .describe(
        "Which answers are a success. A web page never is; nor is, without `contains`, JSON that says that not all was taken (`errors`, `error`, `ok: false`, `success: false`, `partialSuccess`).",
      ),
    answers: z
      .array(answerRule)
      .default([])
      .describe(
        "What answers mean where the endpoint has its own words; the first that fits counts. Without one, a 400 or 422 in JSON refuses the batch, and all others mean what they mean everywhere.",
      ),
    oldest: z
      .strictObject({
        age: duration({ min: "1m" }).describe("Older events the endpoint takes and drops."),
        older: z
          .enum(["hold", "dead_letter"])
          .default("hold")
          .describe("`hold`: the output waits for a person. `dead_letter`: they are given up, visibly."),
      })
      .optional()
      .describe("Events that are older when they are sent are not sent blindly."),
    max_event: byteSize({ min: "1KB" })
      .optional()
      .describe("Events beyond this the endpoint cuts or drops: they become dead letters in place of that."),
    compression: z
      .enum([...codings, "none"])
      .default("none")
      .describe("Compression of the requests."),
    batch: batch({ maxEvents: 500, maxBytes: "1MB", maxWait: "1s" }).describe(
      "What one request carries, at most; `body: json` wants `max_events: 1`.",
    ),
    ...httpKeys,
  })
  .superRefine((config, context) => {
    const issue = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    for (const each of addressIssues("url", config.url, config)) context.addIssue(each);
    if (config.auth?.type === "oauth2")
      for (const { message } of addressIssues("auth", config.auth.token_url, { ...config, tls: undefined }))
        issue("auth", `token_url ${message}`);
    if (config.body === "json" && config.batch.max_events !== 1)
      issue("batch", "body: json carries one event a request: set max_events: 1");
    if (config.envelope !== undefined && config.body !== "json_array")
      issue("envelope", "stands around an array: set body: json_array");
    if (config.envelope !== undefined && piecesOf(config.envelope, [eventsHole]).length !== 3)
      issue("envelope", `must hold ${eventsHole} once, alone in the place of a value`);
    if (config.event !== undefined && config.format === "cef" && holesOf(config.event).includes("<event>"))
      issue("event", "a CEF line is no JSON: write <text> for it");
    if (config.event !== undefined && !holesOf(config.event).some((hole) => wholeEvent.has(hole)))
      issue("event", "must hold <event>, <text> or <base64>, alone in the place of a value");
  });
type HttpConfig = z.output<typeof schema>;

const wholeEvent: ReadonlySet<string> = new Set(["<event>", "<text>", "<base64>"]);

function holesOf(written: JsonTemplate): readonly string[] {
  return piecesOf(written, eventHoles).filter((_, index) => index % 2 === 1);
}

/** Any endpoint over HTTP. */
export const httpKind: OutputKind<HttpConfig> = {
  type: "http",
  schema,
  formats: formatChoices,
  textFormat: ({ format }) => format,
  guarantee: () => "received",
  destination: ({ url, query }) => [`http ${url.href}${queryText(query)}`],
  proves: ({ url }) => `${url.host} answered with a success; what it does with the event is not proven`,
  preview(config, agent) {
    const shape = bodyShape(config.body, config.envelope);
    const { event: wrapped } = config;
    const write = payloadWriter({ ...config, event: wrapped && readable(wrapped) }, agent);
    return (event) => {
      const payloads = new Payloads();
      payloads.add(event, (each, into) => {
        write(each, into);
        into.constant(shape.between);
      });
      return printable(
        Buffer.concat(requestBody(payloads, [0], 0, shape))
          .toString("utf8")
          .trimEnd(),
      );
    };
  },
  create: (config, context) =>
    httpEndpoint({
      http: httpOptionsOf(config.url, config, context),
      method: config.method,
      secretPath: config.secret_path,
      query: config.query,
      headers: Object.entries(config.headers).map(([name, value]) => [name.toLowerCase(), value] as const),
      contentType:
        config.content_type ?? (config.body === "ndjson" ? "application/x-ndjson" : "application/json"),
      authorization: authorizationOf(config.auth, config.proxy, context),
      write: payloadWriter(config, context.agent),
      body: bodyShape(config.body, config.envelope),
      rules: {
        success: { status: config.success.status, contains: config.success.contains },
        answers: config.answers.map(({ status, contains, means }) => ({ status, contains, means })),
      },
      oldest: config.oldest && { ageMs: config.oldest.age, older: config.oldest.older },
      maxEventBytes: config.max_event,
      compression: config.compression,
      timeoutMs: config.timeout,
      clock: context.clock,
    }),
};

function payloadWriter({ format, body, event }: HttpConfig, agent: Agent): Format {
  const line = formats[format](agent);
  // A line of text needs no wrapping where lines are sent.
  if (event === undefined && (format !== "cef" || body === "ndjson")) return line;
  return eventWriter(event ?? "<text>", line);
}

function queryText(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
}
