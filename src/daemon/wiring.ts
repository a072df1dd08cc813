import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import { type Deliver, deliver } from "../deliver/deliver.ts";
import { decode } from "../event/decode.ts";
import { eventFilter } from "../event/filter.ts";
import { redactor } from "../event/redact.ts";
import { type Ingest, ingest } from "../ingest/ingest.ts";
import type { Ledger } from "../ingest/ledger.ts";
import type { Guarantee, Output, OutputContext } from "../output/output.ts";
import type { Origin } from "../record/origin.ts";
import type { Tell } from "../report/report.ts";
import type { FilterConfig, RedactConfig, TlsConfig } from "../schema/parts.ts";
import type { Source, SourceContext } from "../source/source.ts";
import type { Store } from "../spool/store.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import type { Clock } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";

/** A source with what the program needs of its configuration. */
export interface WiredSource {
  readonly name: string;
  readonly type: string;
  readonly source: Source;
  readonly settings: { readonly poll_interval: number; readonly tls?: TlsConfig };
}

/** An output with what the loop needs of its configuration: the keys that every output takes. */
export interface WiredOutput {
  readonly name: string;
  readonly type: string;
  readonly output: Output;
  readonly guarantee: Guarantee;
  readonly sendTimeoutMs: number;
  readonly settings: {
    readonly filter?: FilterConfig;
    readonly redact?: RedactConfig;
    readonly timeout: number;
    readonly batch: { readonly max_events: number; readonly max_bytes: number; readonly max_wait: number };
    readonly retry: {
      readonly min_backoff: number;
      readonly max_backoff: number;
      readonly hold_interval: number;
    };
    readonly tls?: TlsConfig;
  };
}

/** What every loop needs. */
export interface LoopContext {
  readonly spool: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  readonly kept: Wakeup;
}

const minuteMs = 60_000;

export function wireSources(config: Config, context: SourceContext, tell: Tell): WiredSource[] {
  return config.sources.map(({ kind, config: own }, index) => {
    const secretReloaded = () => tell({ type: "secret_reloaded", owner: own.name });
    const source: Source = created(config, `sources[${index}]`, () =>
      kind.create(own, { ...context, secretReloaded }),
    );
    const settings = own as unknown as WiredSource["settings"];
    return { name: source.origin.source, type: kind.type, source, settings };
  });
}

export function wireOutputs(config: Config, context: OutputContext): WiredOutput[] {
  return config.outputs.map(({ kind, config: own }, index) => {
    const settings = own as unknown as WiredOutput["settings"] & { readonly name: string };
    return {
      name: settings.name,
      type: kind.type,
      output: created(config, `outputs[${index}]`, () => kind.create(own, context)),
      guarantee: kind.guarantee(own),
      sendTimeoutMs: kind.sendTimeoutMs?.(own) ?? settings.timeout,
      settings,
    };
  });
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

export function ingestLoop({ source, settings }: WiredSource, known: Ledger, context: LoopContext): Ingest {
  const pollIntervalMs = settings.poll_interval;
  return ingest({
    ...context,
    source,
    ledger: known,
    pollIntervalMs,
    backoff: { minMs: Math.min(1000, pollIntervalMs), maxMs: Math.min(5 * minuteMs, pollIntervalMs) },
  });
}

export function deliverLoop(
  { name, output, settings, sendTimeoutMs }: WiredOutput,
  origins: ReadonlyMap<string, Origin>,
  reload: () => void,
  context: LoopContext,
): Deliver {
  const { filter, redact, batch, retry } = settings;
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
    sendTimeoutMs,
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
  const insecureTls = (tls: TlsConfig | undefined) => tls?.insecure_skip_verify === true;
  return {
    sources: sources.map(({ wired: { name, type, source, settings }, loop }) => ({
      name,
      type,
      instance: source.origin.instance,
      pollIntervalMs: settings.poll_interval,
      anonymize: source.origin.anonymize,
      insecureTls: insecureTls(settings.tls),
      condition: () => loop.condition(),
    })),
    outputs: outputs.map(({ wired: { name, type, guarantee, settings }, loop }) => ({
      name,
      type,
      guarantee,
      insecureTls: insecureTls(settings.tls),
      condition: () => loop.condition(),
    })),
  };
}
