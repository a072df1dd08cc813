import { JsonLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { Agent } from "../agent.ts";
import type { Config, ConfiguredOutput } from "../config/config.ts";
import { nearest } from "../config/nearest.ts";
import type { AuditEvent } from "../event/event.ts";
import { eventFilter } from "../event/filter.ts";
import { redactor } from "../event/redact.ts";
import { type FormatName, formatNames, formats } from "../format/all.ts";
import type { Format } from "../format/format.ts";
import { otlpRecord } from "../format/otlp.ts";
import { hecEnvelope, hecFields } from "../output/splunk-hec/envelope.ts";
import { facilities } from "../output/syslog/header.ts";
import { syslogMessage } from "../output/syslog/message.ts";
import { documentationPen } from "../output/syslog/structured-data.ts";
import type { Origin } from "../record/origin.ts";
import { printable } from "../text/printable.ts";
import type { MapOptions, Terminal } from "./command.ts";

/** What `map` takes records to be and makes of them. */
export interface Mapping {
  readonly origin: Origin;
  /** Undefined: the output's filter leaves the event out. */
  readonly payloadOf: (event: AuditEvent) => string | undefined;
  close(): Promise<void>;
}

/** Why the options make no sense. */
interface Refusal {
  readonly refusal: string;
}

/** Puts the options and the configuration together. Reads nothing and connects to nothing. */
export async function mapping(
  options: MapOptions,
  config: Config | undefined,
  terminal: Terminal,
): Promise<Mapping | Refusal> {
  if (options.format !== undefined && !isFormat(options.format))
    return unknown("format", options.format, formatNames);
  const origin = await originOf(options, config, terminal);
  if ("refusal" in origin) return origin;
  const names = (config?.outputs ?? []).map((output) => output.config.name);
  const output = config?.outputs.find((output) => output.config.name === options.output);
  if (options.output !== undefined && config === undefined)
    return {
      refusal: `output "${printable(options.output)}" is looked up in the configuration: name it with -c FILE`,
    };
  if (options.output !== undefined && output === undefined) return unknown("output", options.output, names);
  const encoder = encoderOf(options.format, options.frame, output, terminal);
  if ("refusal" in encoder) return encoder;
  const { filter, redact } = output?.config ?? {};
  const wanted = filter === undefined ? () => true : eventFilter(filter);
  const clean = redact === undefined ? (event: AuditEvent) => event : redactor(redact);
  return {
    origin,
    payloadOf: (event) => (wanted(event) ? encoder.encode(clean(event)) : undefined),
    close: encoder.close,
  };
}

/** The source that the records are taken to be from: a configured one, or an assumed one. */
async function originOf(
  { source, instance }: MapOptions,
  config: Config | undefined,
  { clock, agent, environment }: Terminal,
): Promise<Origin | Refusal> {
  if (config === undefined) {
    const host = instance ?? "localhost";
    return { source: source ?? "wandb", instance: host, baseUrl: `https://${host}`, anonymize: false };
  }
  const names = config.sources.map((source) => source.config.name);
  const configured = config.sources.find(({ config }) => config.name === (source ?? names[0]));
  if (configured === undefined) return unknown("source", source ?? "", names);
  const made = configured.kind.create(configured.config, { clock, agent, environment, random: () => 0 });
  await made.close();
  return instance === undefined ? made.origin : { ...made.origin, instance };
}

interface Encoder {
  readonly encode: Format;
  close(): Promise<void>;
}

function encoderOf(
  asked: FormatName | undefined,
  frame: boolean,
  output: ConfiguredOutput | undefined,
  terminal: Terminal,
): Encoder | Refusal {
  const { agent } = terminal;
  const close = async () => {};
  const format = asked ?? configuredFormat(output);
  if (!frame) return { encode: formats[plainFormat(format, output)](agent), close };
  if (output === undefined || output.kind.type === "otlp") return { encode: framed(format, agent), close };
  const { kind, config } = output;
  if (!kind.formats.includes(format)) return unknown(`format for ${kind.type}`, format, kind.formats);
  const { stdout, environment, clock } = terminal;
  const made = kind.create({ ...config, format }, { agent, environment, clock, stdout });
  return { encode: (event) => unframed(String(made.encode(event))), close: () => made.close() };
}

/** Octet count and line feed are the transport's (RFC 6587), and here every payload has a line of its own. */
function unframed(frame: string): string {
  return frame.replace(/^\d+ (?=<)/, "").replace(/\n$/, "");
}

function configuredFormat(output: ConfiguredOutput | undefined): FormatName {
  if (output === undefined) return "ecs";
  const { format } = output.config as { readonly format?: unknown };
  return isFormat(format) ? format : "otlp";
}

/** Syslog's `json` is the record itself: its fields travel in the header. */
function plainFormat(format: FormatName, output: ConfiguredOutput | undefined): FormatName {
  return format === "json" && output?.kind.type === "syslog" ? "raw" : format;
}

/** What surrounds a format where it is at home, with the settings that an output has when nothing is set. */
function framed(format: FormatName, agent: Agent): Format {
  switch (format) {
    case "cef":
    case "json":
      return syslogMessage({
        format,
        header: "rfc5424",
        facility: facilities.indexOf("log_audit"),
        hostname: undefined,
        appName: "wandb-audit",
        enterpriseNumber: documentationPen,
        bom: false,
        deviceVersion: "1.0",
        agent,
      });
    case "otlp":
      return (event) => otlpRequest(event, agent);
    default:
      return hecEvent(formats[format](agent));
  }
}

function hecEvent(payloadOf: Format): Format {
  return (event) =>
    hecEnvelope({
      event: payloadOf(event),
      time: event.time ?? event.observed,
      host: event.origin.instance,
      source: event.origin.baseUrl,
      sourcetype: "wandb:audit",
      fields: hecFields(event),
    });
}

/** A request with this one record, as `protocol: http/json` sends it. */
function otlpRequest(event: AuditEvent, agent: Agent): string {
  const request = JsonLogsSerializer.serializeRequest([otlpRecord(event, agent)]);
  return printable(Buffer.from(request ?? []).toString("utf8"));
}

function isFormat(name: unknown): name is FormatName {
  return formatNames.some((known) => known === name);
}

function unknown(what: string, given: string, known: readonly string[]): Refusal {
  const close = nearest(given, known);
  const hint = close === undefined ? `known: ${known.join(", ") || "none"}` : `did you mean ${close}?`;
  return { refusal: `there is no ${what} ${JSON.stringify(given)} (${hint})` };
}
