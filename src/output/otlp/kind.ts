import { z } from "zod";
import { isLoopback } from "../../net/loopback.ts";
import { otlpEnvironment, protocols, withLogsPath } from "../../net/otlp-environment.ts";
import { secretHeaders } from "../../schema/headers.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import { httpUrl, proxy, proxyTls, tls } from "../../schema/parts.ts";
import { Secret } from "../../secret/secret.ts";
import type { OutputContext, OutputKind } from "../output.ts";
import { codings } from "../packed.ts";
import { type OtlpOptions, otlp } from "./otlp.ts";
import { otlpPreview } from "./preview.ts";

const schema = z
  .strictObject({
    ...outputBase,
    type: z.literal("otlp").describe("OpenTelemetry log records over HTTP."),
    endpoint: httpUrl()
      .optional()
      .describe(
        "Base address of the receiver; `/v1/logs` is added unless it ends so. Default: OTEL_EXPORTER_OTLP_LOGS_ENDPOINT as it is, else OTEL_EXPORTER_OTLP_ENDPOINT with `/v1/logs`, else `http://localhost:4318/v1/logs`.",
      ),
    protocol: z
      .enum(protocols, {
        error: ({ input }) =>
          input === "grpc" ? "gRPC is not available yet: use http/protobuf (port 4318)" : undefined,
      })
      .meta({ planned: ["grpc"] })
      .optional()
      .describe("Encoding of the requests. Default: OTEL_EXPORTER_OTLP_PROTOCOL, else `http/protobuf`."),
    headers: secretHeaders().describe(
      "Headers of every request, such as `Authorization`; each value is a secret. Added to OTEL_EXPORTER_OTLP_HEADERS, and stronger.",
    ),
    compression: z
      .enum([...codings, "none"])
      .optional()
      .describe(
        "Compression of the requests. `zstd` takes half the CPU of `gzip` and a third fewer bytes, where the receiver knows it. Default: OTEL_EXPORTER_OTLP_COMPRESSION, else `gzip`.",
      ),
    original: z.boolean().default(true).describe("Send the W&B record itself as `log.record.original`."),
    batch: batch({ maxEvents: 1000, maxBytes: "1MB", maxWait: "1s" }).describe(
      "What one request carries, at most; some services take no more than 1 MB. A receiver that rejects some records does not say which: then the whole batch becomes dead letters, so keep it small where that happens.",
    ),
    tls: tls.optional(),
    proxy: proxy.optional(),
    proxy_tls: proxyTls.optional(),
    allow_plaintext: z
      .boolean()
      .default(false)
      .describe(
        "Agree to headers over `http://` to another host: whoever is in between can read them and the events.",
      ),
  })
  .superRefine(({ headers, endpoint, ...config }, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    if (endpoint?.protocol !== "http:") return;
    if (config.tls !== undefined) issue(["tls"], "has no meaning with http://: write https://, or remove it");
    if (Object.keys(headers).length > 0 && !config.allow_plaintext && !isLoopback(endpoint.hostname))
      issue(["endpoint"], inTheClear);
  });
type OtlpConfig = z.output<typeof schema>;

const inTheClear = "would send the headers unencrypted: write https://, or set allow_plaintext: true";

/** OpenTelemetry log records over HTTP. */
export const otlpKind: OutputKind<OtlpConfig> = {
  type: "otlp",
  schema,
  formats: ["otlp"],
  textFormat: () => "otlp",
  guarantee: () => "received",
  destination: ({ endpoint }, environment) => [
    `otlp ${endpoint === undefined ? otlpEnvironment(environment).endpoint.href : withLogsPath(endpoint).href}`,
  ],
  proves: () =>
    "address, headers and encoding are accepted (a success that rejects nothing); what the receiver's pipeline does with it is not proven",
  preview: ({ original }, agent) => otlpPreview(original, agent),
  create: (config, context) => otlp(optionsOf(config, context)),
  example: { formats: ["otlp"], config: {} },
};

/**
 * The configuration, and where it is silent the environment. Throws an Error that names what cannot be used,
 * never its value.
 */
function optionsOf(config: OtlpConfig, { agent, environment, clock }: OutputContext): OtlpOptions {
  const defaults = otlpEnvironment(
    config.protocol === undefined ? environment : { ...environment, ...silenced },
  );
  const url = config.endpoint === undefined ? defaults.endpoint : withLogsPath(config.endpoint);
  const headers = new Map<string, Secret>();
  for (const [name, value] of defaults.headers) headers.set(name.toLowerCase(), new Secret(value));
  for (const [name, value] of Object.entries(config.headers)) headers.set(name.toLowerCase(), value);
  if (url.protocol === "http:" && headers.size > 0 && !config.allow_plaintext && !isLoopback(url.hostname))
    throw new Error(`output ${config.name}: ${url.host} ${inTheClear}`);
  return {
    http: {
      url,
      tls:
        url.protocol === "https:"
          ? { insecure_skip_verify: false, ...defaults.tls, ...config.tls }
          : undefined,
      proxy: config.proxy,
      proxyTls: config.proxy_tls,
      environment,
      userAgent: `${agent.name}/${agent.version}`,
      clock,
    },
    protocol: config.protocol ?? defaults.protocol ?? "http/protobuf",
    headers: [...headers],
    compression: config.compression ?? defaults.compression ?? "gzip",
    original: config.original,
    // `timeout` always has a value, so the variable can only shorten it.
    timeoutMs: Math.min(config.timeout, defaults.timeoutMs ?? config.timeout),
    agent,
    clock,
  };
}

/**
 * What the configuration says counts, even when the variables name something that is not there yet, such as
 * grpc.
 */
const silenced = { OTEL_EXPORTER_OTLP_PROTOCOL: undefined, OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: undefined };
