import { z } from "zod";
import { isLoopback } from "../../net/loopback.ts";
import {
  type LogsProtocol,
  logsProtocols,
  type OtlpEnvironment,
  otlpEnvironment,
  withLogsPath,
} from "../../net/otlp-environment.ts";
import { secretHeaders } from "../../schema/headers.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import { httpUrl } from "../../schema/parts.ts";
import { Secret } from "../../secret/secret.ts";
import { httpKeys, httpOptionsOf } from "../http-keys.ts";
import type { OutputContext, OutputKind } from "../output.ts";
import { codings } from "../packed.ts";
import type { OtlpOptions } from "./options.ts";
import { otlp } from "./otlp.ts";
import { otlpPreview } from "./preview.ts";

const schema = z
  .strictObject({
    ...outputBase,
    type: z.literal("otlp").describe("OpenTelemetry log records over HTTP or gRPC."),
    endpoint: httpUrl()
      .optional()
      .describe(
        "Base address of the receiver; `/v1/logs` is added unless it ends so, but for gRPC, which has no path. Default: OTEL_EXPORTER_OTLP_LOGS_ENDPOINT as it is, else OTEL_EXPORTER_OTLP_ENDPOINT with `/v1/logs`, else `http://localhost:4318/v1/logs`; for gRPC `http://localhost:4317`.",
      ),
    protocol: z
      .enum(logsProtocols)
      .optional()
      .describe(
        "How requests are carried and encoded. Default: OTEL_EXPORTER_OTLP_PROTOCOL, else `http/protobuf`. Collectors take HTTP at port 4318 and gRPC at 4317.",
      ),
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
    batch: batch({ maxEvents: 4000, maxBytes: "2MB", maxWait: "1s" }).describe(
      "What one request carries, at most. A Collector takes 20 MB over HTTP and 4 MB over gRPC, some services no more than 1 MB as it is sent; where less is taken requests become smaller by themselves. A receiver that rejects some records does not say which: they are found by sending fewer, and the others come again.",
    ),
    ...httpKeys,
  })
  .superRefine(({ headers, endpoint, ...config }, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    if (
      config.protocol === "grpc" &&
      endpoint !== undefined &&
      (endpoint.pathname !== "/" || endpoint.search !== "")
    )
      issue(["endpoint"], "gRPC has no path: write scheme, host and port alone");
    if (endpoint?.protocol !== "http:") return;
    if (config.tls !== undefined) issue(["tls"], "has no meaning with http://: write https://, or remove it");
    if (Object.keys(headers).length > 0 && !config.allow_plaintext && !isLoopback(endpoint.hostname))
      issue(["endpoint"], inTheClear);
  });
type OtlpConfig = z.output<typeof schema>;

const inTheClear = "would send the headers unencrypted: write https://, or set allow_plaintext: true";

/** OpenTelemetry log records over HTTP or gRPC. */
export const otlpKind: OutputKind<OtlpConfig> = {
  type: "otlp",
  schema,
  formats: ["otlp"],
  textFormat: () => "otlp",
  guarantee: () => "received",
  destination: (config, environment) => {
    const { url, protocol } = placeOf(config, environment);
    return [protocol === "grpc" ? `otlp grpc ${url.origin}` : `otlp ${url.href}`];
  },
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
function optionsOf(config: OtlpConfig, context: OutputContext): OtlpOptions {
  const { agent, environment, clock } = context;
  const { defaults, url, protocol } = placeOf(config, environment);
  const headers = new Map<string, Secret>();
  for (const [name, value] of defaults.headers) headers.set(name.toLowerCase(), new Secret(value));
  for (const [name, value] of Object.entries(config.headers)) headers.set(name.toLowerCase(), value);
  if (url.protocol === "http:" && headers.size > 0 && !config.allow_plaintext && !isLoopback(url.hostname))
    throw new Error(`output ${config.name}: ${url.host} ${inTheClear}`);
  return {
    http: {
      ...httpOptionsOf(url, config, context),
      tls:
        url.protocol === "https:"
          ? { insecure_skip_verify: false, ...defaults.tls, ...config.tls }
          : undefined,
    },
    protocol,
    headers: [...headers],
    compression: config.compression ?? defaults.compression ?? "gzip",
    original: config.original,
    // `timeout` always has a value, so the variable can only shorten it.
    timeoutMs: Math.min(config.timeout, defaults.timeoutMs ?? config.timeout),
    agent,
    clock,
  };
}

/** Where requests go and how, by the configuration, and where it is silent by the environment. */
function placeOf(
  config: OtlpConfig,
  environment: OutputContext["environment"],
): { readonly defaults: OtlpEnvironment; readonly url: URL; readonly protocol: LogsProtocol } {
  const defaults = otlpEnvironment(environment, "logs", config.protocol);
  const protocol = defaults.protocol ?? "http/protobuf";
  if (config.endpoint === undefined) return { defaults, url: defaults.endpoint, protocol };
  return { defaults, url: protocol === "grpc" ? config.endpoint : withLogsPath(config.endpoint), protocol };
}
