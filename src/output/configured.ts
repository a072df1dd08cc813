import type { ZodType } from "zod";
import type { Agent } from "../agent.ts";
import type { AuditEvent } from "../event/event.ts";
import type { FormatName } from "../format/all.ts";
import type { OutputConfig } from "../schema/output-base.ts";
import type { Archive, Guarantee, Output, OutputContext, OutputKind } from "./output.ts";

/** An output as it stands in the configuration: what its kind says about it, and how to make it. */
export interface ConfiguredOutput {
  readonly type: string;
  readonly config: OutputConfig;
  readonly guarantee: Guarantee;
  /** As `OutputKind.destination`. */
  destination(environment: OutputContext["environment"]): readonly string[];
  /** As `OutputKind.writes`. */
  readonly writes: readonly string[];
  /** As `OutputKind.proves`. */
  proves(worth: Guarantee): string;
  readonly losesUnnoticed: boolean;
  readonly sendTimeoutMs: number;
  readonly writesToStdout: boolean;
  /** As `OutputKind.rolls`. */
  readonly rolls: boolean;
  readonly textFormat: FormatName;
  /** The same output with another value of `format`; undefined when its kind does not have that. */
  inFormat(format: string): ConfiguredOutput | undefined;
  /** As `OutputKind.preview`. */
  preview(agent: Agent): (event: AuditEvent) => string;
  /** As `OutputKind.setupText`; undefined where nothing has to be installed. */
  setupText(): string | undefined;
  /** As `OutputKind.archive`; undefined where no files are stored. */
  archive(context: Pick<OutputContext, "clock" | "environment" | "guid">): Archive | undefined;
  /** As `OutputKind.create`. */
  create(context: OutputContext): Output;
}

/**
 * Any kind of output, whatever its own keys are: its
 * schema makes a configured output of what a person wrote.
 */
export interface AnyOutputKind extends Pick<OutputKind<OutputConfig>, "type" | "formats" | "example"> {
  readonly schema: ZodType<ConfiguredOutput>;
}

/** Closes over the kind's own type of configuration, so that nobody else has to know or cast it. */
export function anyOutputKind<C extends OutputConfig>(kind: OutputKind<C>): AnyOutputKind {
  const { type, formats, example } = kind;
  const configured = (config: C): ConfiguredOutput => ({
    type,
    config,
    guarantee: kind.guarantee(config),
    destination: (environment) => kind.destination(config, environment),
    writes: kind.writes?.(config) ?? [],
    proves: (worth) => kind.proves(config, worth),
    losesUnnoticed: kind.losesUnnoticed?.(config) ?? false,
    sendTimeoutMs: kind.sendTimeoutMs?.(config) ?? config.timeout,
    writesToStdout: kind.writesToStdout ?? false,
    rolls: kind.rolls ?? false,
    textFormat: kind.textFormat(config),
    inFormat: (format) => (formats.includes(format) ? configured({ ...config, format }) : undefined),
    preview: (agent) => kind.preview(config, agent),
    setupText: () => kind.setupText?.(config),
    archive: (context) => kind.archive?.(config, context),
    create: (context) => kind.create(config, context),
  });
  return { type, formats, ...(example && { example }), schema: kind.schema.transform(configured) };
}
