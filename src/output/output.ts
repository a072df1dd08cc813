import type { Writable } from "node:stream";
import type { ZodType } from "zod";
import type { Agent } from "../agent.ts";
import type { ArchiveStore } from "../archive/archive-store.ts";
import type { AuditEvent } from "../event/event.ts";
import type { Finding } from "../finding.ts";
import type { FormatName } from "../format/all.ts";
import type { StoredFile } from "../record/stored-file.ts";
import type { OutputConfig } from "../schema/output-base.ts";
import type { Writer } from "../text/writer.ts";
import type { Clock } from "../time/clock.ts";
import type { Payloads } from "./payloads.ts";

/** Reasons a send can fail for; also the metric's label. */
export const deliveryReasons = [
  "unauthorized",
  "forbidden",
  "not_found",
  "wrong_destination",
  "configuration",
  "redirect",
  "rate_limited",
  "busy",
  "server_error",
  "bad_answer",
  "bad_event",
  "too_large",
  "too_old",
  "partial_success",
  "refuses_everything",
  "dead_letters_full",
  "destination_changed",
  "disk_full",
  "disk_error",
  "file_changed",
  "timeout",
  "dns",
  "connect",
  "connection_lost",
  "tls",
  "proxy",
] as const;
/** One of them. */
export type DeliveryReason = (typeof deliveryReasons)[number];

/** An event of the batch, by its index, that the remote will never take. */
export interface Rejection {
  readonly index: number;
  readonly reason: DeliveryReason;
  /** Of the remote, or of us where it is `unasked`: at most 500 characters, control characters escaped. */
  readonly detail: string;
  /**
   * By a rule of the output's own, such as an event's age: the remote was not asked, and that it takes others
   * need not show first.
   */
  readonly unasked?: boolean;
}

/**
 * delivered  the remote has taken responsibility for every event except `rejected`
 * retry      nothing may be assumed; sent again later. `hold`: a person has to repair something (bad token,
 *            wrong address, wrong index, certificate); everything is kept and tried again slowly
 * refused    the remote will never accept this batch as it is. `named` names the events (indexes) when the
 *            remote did; without it the loop finds them by sending fewer. `reason: "too_large"`: send fewer
 */
export type SendResult =
  | {
      readonly status: "delivered";
      readonly rejected: readonly Rejection[];
      /** What it is worth, where the remote has proven less than the kind's `guarantee`. */
      readonly worth?: Guarantee;
      readonly warning?: string;
      readonly slowDownMs?: number;
      /** What was stored for it, and what was found to be stored already. */
      readonly files?: readonly StoredFile[];
    }
  | {
      readonly status: "retry";
      readonly reason: DeliveryReason;
      readonly detail: string;
      /** What the remote said of an event: may hold what the event says. */
      readonly quote?: string;
      readonly fix?: string;
      readonly retryAfterMs?: number;
      readonly hold?: boolean;
    }
  | {
      readonly status: "refused";
      readonly reason: DeliveryReason;
      readonly detail: string;
      readonly named?: readonly number[];
    };

/** A batch that the remote has taken. */
export type DeliveredResult = Extract<SendResult, { status: "delivered" }>;
/** A batch of which nothing may be assumed. */
export type RetryResult = Extract<SendResult, { status: "retry" }>;
/** A batch that the remote will never take as it is. */
export type RefusedResult = Extract<SendResult, { status: "refused" }>;

/** What is known of a batch that is planned. */
export interface PlanContext {
  /** What was planned for it before: by this process, or by one that ended before it was settled. */
  readonly before?: string;
  /** It follows the position; otherwise some of it may have been stored by any earlier batch. */
  readonly ofRun: boolean;
  /** Names of files of a UTC day that were stored and settled. */
  stored(day: number): Promise<readonly string[]>;
}

/** How a batch will be stored, in the output's own words, or why that cannot be said yet. */
export type PlanResult = { readonly status: "planned"; readonly plan: string } | RetryResult;

/**
 * Sends batches to one remote. Does not retry, queue, log or count: the delivery loop does that once for all
 * outputs.
 */
export interface Output {
  /**
   * Writes an event as it goes on the wire, envelope or frame included, behind what is in `into`. Pure: same
   * event, same bytes. Never throws.
   */
  encode(event: AuditEvent, into: Writer): void;
  /**
   * One attempt. Expected failures are results. When `deadline` aborts, resolves at once with `retry` and
   * reason `timeout`. Never called twice at a time. Once it resolves with `delivered`, the batch's memory is
   * used for another: nothing of it may be on its way then.
   */
  send(batch: Payloads, deadline: AbortSignal): Promise<SendResult>;
  /**
   * Of outputs that must never store a batch in two ways: says how the batch will be stored, and stores
   * nothing. What it says is on disk before `send` is called for the same batch, which goes by it. Such a
   * batch is never made smaller: the output refuses and rejects nothing. Otherwise as `send`.
   */
  plan?(batch: Payloads, context: PlanContext, deadline: AbortSignal): Promise<PlanResult>;
  /**
   * Tries the remote for `check`, without leaving an event behind where the protocol can: never
   * throws.
   */
  probe(deadline: AbortSignal): Promise<readonly Finding[]>;
  /**
   * Installs at the remote what events need there, such as templates, for `setup`; says what was done.
   * Never throws. Absent: nothing has to be installed.
   */
  setup?(deadline: AbortSignal): Promise<readonly Finding[]>;
  /**
   * Stores a probe that is locked and tries to remove it, for `check --prove-lock`: never throws. Absent
   * where nothing is locked.
   */
  proveLock?(deadline: AbortSignal): Promise<readonly Finding[]>;
  /**
   * Reads TLS files again; true when they had changed. Secrets are read again by the loop. Throws an Error
   * that names a file which cannot be used: what was read before stays in use.
   */
  reload?(): boolean;
  /** Ends connections; may be called twice. */
  close(): Promise<void>;
}

/** What "delivered" is worth: confirmed by the store, taken by the receiver, or handed to the network. */
export type Guarantee = "acknowledged" | "received" | "sent";

/** Where an output stores files. */
export interface Archive {
  readonly store: ArchiveStore;
  /** Manifests are wanted; without a file the key is this program's own. */
  readonly attest: { readonly keyFile: string | undefined } | undefined;
  /** What an error of the store means. */
  failed(error: unknown, deadline: AbortSignal): RetryResult;
}

/** What a kind of output tells the program about itself. Configuration arrives validated by `schema`. */
export interface OutputKind<C extends OutputConfig> {
  readonly type: string;
  /** Spreads `outputBase`: what every output is asked for must be there. */
  readonly schema: ZodType<C>;
  /** The formats `format:` may name, the default first; for `map` and the docs. */
  readonly formats: readonly string[];
  /** The format of an event's text: what is left of the payload without header and envelope. */
  textFormat(config: C): FormatName;
  guarantee(config: C): Guarantee;
  /**
   * Where events go, in words that stay the same for as long as that is the same place: kind, address, index.
   * Several where any of them leads there; two lists that share a member are the same place. No secrets. May
   * throw an Error that names what cannot be used.
   */
  destination(config: C, environment: OutputContext["environment"]): readonly string[];
  /**
   * Of kinds that store files or objects: names as it gives them, by which it shows who else would write or
   * read there. Absolute paths, or as `bucketAt`.
   */
  writes?(config: C): readonly string[];
  /** What the delivery of an event proves that was worth so much, in words for `check`. */
  proves(config: C, worth: Guarantee): string;
  /**
   * True: what this output loses, nobody notices, and nobody agreed to that. Such outputs must not be the
   * only ones.
   */
  losesUnnoticed?(config: C): boolean;
  /**
   * How long one send may take when that is more than `timeout`: a kind that waits for a confirmation
   * says it here.
   */
  sendTimeoutMs?(config: C): number;
  /** Its events go to standard output: log lines leave that to them. */
  readonly writesToStdout?: boolean;
  /** Each batch is a file: that its events wait for it, for `batch.max_wait`, is what was asked for. */
  readonly rolls?: boolean;
  /**
   * What goes on the wire for one event, as one line of printable text for people: header or envelope
   * included, without what only the transport adds (octet counts, compression). Pure; neither connects nor
   * throws.
   */
  preview(config: C, agent: Agent): (event: AuditEvent) => string;
  /**
   * Does not connect. Throws an Error that names what cannot be used, such as a certificate file; never its
   * content.
   */
  create(config: C, context: OutputContext): Output;
  /** Of kinds that store files: where they are, and whether their content is attested. */
  archive?(config: C, context: Pick<OutputContext, "clock" | "environment" | "guid">): Archive;
  /**
   * What `Output.setup` asks for, as text that a person can give to whoever may: for `setup --print`.
   * Present where outputs of this kind have `setup`.
   */
  setupText?(config: C): string;
  /**
   * For `map --frame` where no output is named: the formats that are then shown as this kind sends them, and
   * what such an output must at least be configured with. No two kinds name the same format.
   */
  readonly example?: {
    readonly formats: readonly string[];
    readonly config: Readonly<Record<string, unknown>>;
  };
}

/** What an output takes from the world around it. */
export interface OutputContext {
  /** Name and version of this program, for user agents and `agent.*`. */
  readonly agent: Agent;
  /** Environment variables; proxies and OTEL_EXPORTER_OTLP_* are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user that runs this program, where the system has users: whose files it may trust. */
  readonly uid?: number | undefined;
  /** Where the `stdout` kind writes. */
  readonly stdout?: Writable;
  readonly clock: Clock;
  /** Makes random GUIDs (RFC 9562, version 4), for protocols that need them. */
  readonly guid: () => string;
}
