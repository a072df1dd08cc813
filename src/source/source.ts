import type { ZodType } from "zod";
import type { Clock } from "../time/clock.ts";
import type { Origin } from "../event/event.ts";
import type { Finding } from "../finding.ts";
import type { Agent } from "../output/output.ts";
import type { RawRecord } from "../record/record.ts";

/** Where a source got to. Opaque to everyone but the source that made it; survives restarts and upgrades. */
export type Cursor = string & { readonly __brand: "Cursor" };

/** A span of event time in epoch milliseconds; `to` is exclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** UTC days (days since the epoch) the source refuses or no longer holds. */
export interface Gap {
  readonly day: number;
  readonly reason: string;
}

export interface ReadDone {
  /** Where the next read starts. Kept only now, after the clean end. */
  readonly next: Cursor;
  /** False: there is more to read at once (catching up). True: wait for the next interval. */
  readonly caughtUp: boolean;
  /** The span of which this read has shown everything the source holds. */
  readonly covered: Window;
  /** Everything up to this moment has been read completely: the high watermark, epoch milliseconds. Lag and lateness are judged by it. */
  readonly watermark?: number;
  readonly gaps: readonly Gap[];
  /** Things worth telling a person once: dialect found or changed, clock skew. Free of secrets and of event content. */
  readonly notices: readonly string[];
}

/** Reasons a read can fail for; also the metric's label. */
export const sourceReasons = [
  "unauthorized",
  "forbidden",
  "multiple_organizations",
  "not_found",
  "bad_request",
  "redirect",
  "rate_limited",
  "server_error",
  "not_audit_logs",
  "empty_answer",
  "cut_body",
  "unframed_body",
  "bad_encoding",
  "all_malformed",
  "count_mismatch",
  "page_loop",
  "too_slow",
  "timeout",
  "dns",
  "connect",
  "tls",
  "proxy",
] as const;
export type SourceReason = (typeof sourceReasons)[number];

/** A read that did not end cleanly. `fix` tells a person what to do. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly reason: SourceReason;
  readonly fix: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: SourceReason,
    message: string,
    fix: string,
    options?: { retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.fix = fix;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** Reads one W&B audit log. Keeps no state between reads: a read can be repeated, a restart is just another read. */
export interface Source {
  readonly origin: Origin;
  /**
   * Streams one window in pieces of bounded size (at most about 1 MiB of record bytes). Within one read no entry is shown
   * twice, so counting identical entries over a read counts true twins. Returns only after a clean end of the body;
   * anything else throws SourceError. `stop` ends it with the signal's reason. `owed`: UTC days that are due once more,
   * though they were read before; a day that cannot be read any more comes back as a gap.
   */
  read(
    cursor: Cursor | undefined,
    stop: AbortSignal,
    owed?: readonly number[],
  ): AsyncGenerator<readonly RawRecord[], ReadDone>;
  /** Tries the source as the doctor does: never throws, changes nothing. */
  probe(deadline: AbortSignal): Promise<readonly Finding[]>;
  /** Reads the key and certificate files again; true when the key changed. */
  reload(): boolean;
  close(): Promise<void>;
}

/** What a kind of source tells the program about itself. Configuration arrives validated by `schema`. */
export interface SourceKind<C = unknown> {
  readonly type: string;
  readonly schema: ZodType<C>;
  /** Does not connect. */
  create(config: C, context: SourceContext): Source;
}

export interface SourceContext {
  readonly clock: Clock;
  readonly agent: Agent;
  /** Environment variables; proxies are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  /** To be called when a read has taken over a changed secret by itself. */
  readonly secretReloaded?: (() => void) | undefined;
}
