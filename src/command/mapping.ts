import type { Agent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import type { LoadedWithoutSecrets } from "../config/look.ts";
import { nearest } from "../config/nearest.ts";
import type { AuditEvent } from "../event/event.ts";
import { exclusion } from "../event/exclusion.ts";
import { pseudonymKeys } from "../event/pseudonym.ts";
import { redactor } from "../event/redact.ts";
import { type FormatName, formatNames, formats } from "../format/all.ts";
import { formatted } from "../format/format.ts";
import { outputKinds } from "../output/all.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import { type Origin, withLabels } from "../record/origin.ts";
import { printable } from "../text/printable.ts";
import type { MapOptions, Terminal } from "./command.ts";

/** What `map` takes records to be and makes of them. */
export interface Mapping extends Assumed {
  /** Of an event that has this origin. Undefined: the output's filter leaves the event out. */
  readonly payloadOf: (event: AuditEvent) => string | undefined;
}

/** The source that records are taken to be from. */
interface Assumed {
  readonly origin: Origin;
  /** A longer record is cut. */
  readonly maxRecordBytes: number;
}

/** As much as a source takes where nothing else is configured. */
const usualMaxRecordBytes = 1024 * 1024;

/** An event as text. */
type Preview = (event: AuditEvent) => string;

/** Why the options make no sense. */
interface Refusal {
  readonly refusal: string;
}

/** Puts the options and the configuration together. Reads nothing and connects to nothing. */
export function mapping(
  options: MapOptions,
  loaded: LoadedWithoutSecrets | undefined,
  { agent }: Terminal,
): Mapping | Refusal {
  const config = loaded?.config;
  if (options.format !== undefined && !isFormat(options.format))
    return unknown("format", options.format, formatNames);
  const from = sourceOf(options, config);
  if ("refusal" in from) return from;
  const output = config?.outputs.find((output) => output.config.name === options.output);
  if (options.output !== undefined && config === undefined)
    return {
      refusal: `output "${printable(options.output)}" is looked up in the configuration: name it with -c FILE`,
    };
  const names = (config?.outputs ?? []).map((output) => output.config.name);
  if (options.output !== undefined && output === undefined) return unknown("output", options.output, names);
  const format = options.frame
    ? framed(options.format, output, agent)
    : formatted(formats[textFormat(options.format, output)](agent));
  if ("refusal" in format) return format;
  const { filter, redact, labels } = output?.config ?? {};
  const keys = redact === undefined ? [] : pseudonymKeys(redact);
  if (keys.some(({ key }) => loaded?.isKnown(key) === false))
    return {
      refusal: `a key that output ${output?.config.name} makes pseudonyms with is not known here, so they would be wrong: set CREDENTIALS_DIRECTORY to the folder of the secret files, or run this as the user of the service`,
    };
  const excluded = output === undefined ? () => undefined : exclusion(output.config.name, filter);
  const clean = redact === undefined ? (event: AuditEvent) => event : redactor(redact);
  return {
    ...from,
    origin: withLabels(from.origin, labels),
    payloadOf: (event) => (excluded(event) === undefined ? format(clean(event)) : undefined),
  };
}

/** The source that the records are taken to be from: a configured one, or an assumed one. */
function sourceOf(
  { source, instance, output, configNamed }: MapOptions,
  config: Config | undefined,
): Assumed | Refusal {
  const host = instance ?? "localhost";
  const assumed = {
    origin: { source: source ?? "wandb", instance: host, baseUrl: `https://${host}`, anonymize: false },
    maxRecordBytes: usualMaxRecordBytes,
  };
  if (config === undefined) return assumed;
  const names = config.sources.map((source) => source.config.name);
  const configured = config.sources.find(({ config }) => config.name === (source ?? names[0]));
  // Nobody named this configuration, so it need not be what is meant.
  if (configured === undefined && !configNamed && output === undefined) return assumed;
  if (configured === undefined) return unknown("source", source ?? "", names);
  const { origin, maxRecordBytes } = configured;
  return { origin: instance === undefined ? origin : { ...origin, instance }, maxRecordBytes };
}

/** The event's text alone. A format that the output does not have is shown all the same. */
function textFormat(asked: FormatName | undefined, output: ConfiguredOutput | undefined): FormatName {
  if (asked === undefined) return output?.textFormat ?? "ecs";
  return output?.inFormat(asked)?.textFormat ?? asked;
}

/**
 * The event as an output sends it: the named one, or without
 * one an example of the kind that the format is at home in.
 */
function framed(
  asked: FormatName | undefined,
  output: ConfiguredOutput | undefined,
  agent: Agent,
): Preview | Refusal {
  const shown = output === undefined ? exampleOf(asked ?? "ecs") : inFormat(asked, output);
  return "refusal" in shown ? shown : shown.preview(agent);
}

function inFormat(asked: FormatName | undefined, output: ConfiguredOutput): ConfiguredOutput | Refusal {
  if (asked === undefined) return output;
  const known = outputKinds.find(({ type }) => type === output.type)?.formats ?? [];
  return output.inFormat(asked) ?? unknown(`format for ${output.type}`, asked, known);
}

function exampleOf(format: FormatName): ConfiguredOutput | Refusal {
  for (const { type, schema, example } of outputKinds) {
    if (example?.formats.includes(format) !== true) continue;
    const found = schema.parse({ name: type, type, ...example.config }).inFormat(format);
    if (found !== undefined) return found;
  }
  return { refusal: `no kind of output frames ${format} by default: name one with --output` };
}

function isFormat(name: unknown): name is FormatName {
  return formatNames.some((known) => known === name);
}

function unknown(what: string, given: string, known: readonly string[]): Refusal {
  const close = nearest(given, known);
  const hint = close === undefined ? `known: ${known.join(", ") || "none"}` : `did you mean ${close}?`;
  return { refusal: `there is no ${what} ${JSON.stringify(given)} (${hint})` };
}
