import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import { type Deliver, deliver } from "../deliver/deliver.ts";
import { decode } from "../event/decode.ts";
import { eventFilter } from "../event/filter.ts";
import { redactor } from "../event/redact.ts";
import { type Ingest, ingest } from "../ingest/ingest.ts";
import type { Ledger } from "../ingest/ledger.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import type { Output, OutputContext } from "../output/output.ts";
import type { Origin } from "../record/origin.ts";
import type { Tell } from "../report/report.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import type { Source, SourceContext } from "../source/source.ts";
import type { Spool } from "../spool/spool.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import type { Clock } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import { outputHop, sourceHop } from "./hops.ts";

/** A source, and what it was made from. */
export interface WiredSource {
  readonly name: string;
  readonly source: Source;
  readonly configured: ConfiguredSource;
}

/** An output, and what it was made from. */
export interface WiredOutput {
  readonly name: string;
  readonly output: Output;
  readonly configured: ConfiguredOutput;
}

/** What every loop needs. */
export interface LoopContext {
  readonly spool: Spool;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  readonly kept: Wakeup;
}

const minuteMs = 60_000;

export function wireSources(config: Config, context: SourceContext, tell: Tell): WiredSource[] {
  return config.sources.map((configured, index) => {
    const { name } = configured.config;
    const secretReloaded = () => tell({ type: "secret_reloaded", owner: name });
    const source = created(config, `sources[${index}]`, () =>
      configured.create({ ...context, secretReloaded }),
    );
    return { name, source, configured };
  });
}

export function wireOutputs(config: Config, context: OutputContext): WiredOutput[] {
  return config.outputs.map((configured, index) => ({
    name: configured.config.name,
    output: created(config, `outputs[${index}]`, () => configured.create(context)),
    configured,
  }));
}

/** What the schema cannot see: a certificate file that is missing, a variable of the environment that makes no sense. */
function created<Part>({ file }: Config, path: string, create: () => Part): Part {
  try {
    return create();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(file, [{ path, line: 0, column: 0, message }], error);
  }
}

export function ingestLoop({ source, configured }: WiredSource, known: Ledger, context: LoopContext): Ingest {
  const pollIntervalMs = configured.config.poll_interval;
  return ingest({
    ...context,
    source,
    ledger: known,
    pollIntervalMs,
    backoff: { minMs: Math.min(1000, pollIntervalMs), maxMs: Math.min(5 * minuteMs, pollIntervalMs) },
  });
}

export function deliverLoop(
  { name, output, configured }: WiredOutput,
  origins: ReadonlyMap<string, Origin>,
  reload: () => void,
  context: LoopContext,
): Deliver {
  const { filter, redact, batch, retry } = configured.config;
  const clean = redact === undefined ? undefined : redactor(redact);
  return deliver({
    ...context,
    name,
    output,
    shape: {
      decode: (record) => decode(record, origins.get(record.source) ?? goneOrigin(record.source)),
      wanted: filter === undefined ? () => true : eventFilter(filter),
      encode: clean === undefined ? (event) => output.encode(event) : (event) => output.encode(clean(event)),
    },
    limit: { events: batch.max_events, bytes: batch.max_bytes },
    maxWaitMs: batch.max_wait,
    sendTimeoutMs: configured.sendTimeoutMs,
    backoff: { minMs: retry.min_backoff, maxMs: retry.max_backoff },
    holdIntervalMs: retry.hold_interval,
    reload,
  });
}

/** The source of a record that is no longer configured. Nobody can say whether its names may be shown, so they are not. */
function goneOrigin(source: string): Origin {
  return { source, instance: source, baseUrl: "", anonymize: true };
}

/** The hops as people and monitors see them. */
export function hopsOf(
  sources: readonly { readonly wired: WiredSource; readonly loop: Ingest }[],
  outputs: readonly { readonly wired: WiredOutput; readonly loop: Deliver }[],
): Pick<RuntimeView, "sources" | "outputs"> {
  return {
    sources: sources.map(({ wired, loop }) => sourceHop(wired.configured, () => loop.condition())),
    outputs: outputs.map(({ wired, loop }) => outputHop(wired.configured, () => loop.condition())),
  };
}
