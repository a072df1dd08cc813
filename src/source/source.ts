import type { ZodType } from "zod";
import type { Agent } from "../agent.ts";
import type { Finding } from "../finding.ts";
import type { Origin } from "../record/origin.ts";
import type { KnownPassages, Piece } from "../record/passage.ts";
import type {
  Closing,
  Concern,
  Cursor,
  DayDone,
  DayRequest,
  OwedDay,
  ReadDone,
  Started,
  SweepReach,
} from "../record/reading.ts";
import type { SourceConfig } from "../schema/source-base.ts";
import type { Clock } from "../time/clock.ts";

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
  "bad_answer",
  "all_malformed",
  "instance_changed",
  "count_mismatch",
  "page_loop",
  "impossible_range",
  "nothing_there",
  "not_a_file",
  "missing_package",
  "clock",
  "too_slow",
  "timeout",
  "dns",
  "connect",
  "tls",
  "proxy",
] as const;
/** One of them. */
export type SourceReason = (typeof sourceReasons)[number];

/** A read that did not end cleanly. `fix` tells a person what to do. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly reason: SourceReason;
  readonly fix: string;
  readonly retryAfterMs: number | undefined;
  /** Only a person can mend it, whatever the reason says. */
  readonly hold: boolean;

  constructor(
    reason: SourceReason,
    message: string,
    fix: string,
    options?: { retryAfterMs?: number; hold?: boolean; cause?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.fix = fix;
    this.retryAfterMs = options?.retryAfterMs;
    this.hold = options?.hold ?? false;
  }
}

/**
 * Reads one W&B audit log. Keeps no state between reads: a read can be repeated, a restart is just another
 * read.
 */
export interface Source {
  readonly origin: Origin;
  /**
   * Streams one window in pieces of bounded size (at most about 1 MiB of record bytes). Within one read no
   * entry is shown twice, so counting identical entries over a read counts true twins. Returns only after a
   * clean end of the body; anything else throws SourceError. `stop` ends it with the signal's reason. `owed`:
   * UTC days that are due once more, though they were read before; a day that cannot be read any more comes
   * back as a gap. With `passages` what they know may come as a passage in place of its records; who wants to
   * see everything, to verify it, gives none.
   */
  read(
    cursor: Cursor | undefined,
    stop: AbortSignal,
    owed?: readonly number[],
    passages?: KnownPassages,
  ): AsyncGenerator<Piece, ReadDone>;
  /**
   * Streams what the source holds of one UTC day, as `read` does, and nothing of other days. One read counts
   * twins; a day may take several. Moves no cursor.
   */
  readDay(request: DayRequest, stop: AbortSignal, passages?: KnownPassages): AsyncGenerator<Piece, DayDone>;
  /** Tries the source for `check`: never throws, changes nothing. */
  probe(deadline: AbortSignal): Promise<readonly Finding[]>;
  /**
   * Reads TLS files again; true when they had changed. Secrets are read again by the loop. Throws an Error
   * that names a file which cannot be used: what was read before stays in use.
   */
  reload(): boolean;
  close(): Promise<void>;
}

/** Where a source reads files or objects that others may write. */
export interface ReadPlace {
  /** The same text for the same place. */
  readonly place: string;
  /** Whether it would read what an output stores under that name, see `OutputKind.writes`. */
  shows(name: string): boolean;
}

/** What a kind of source tells the program about itself. Configuration arrives validated by `schema`. */
export interface SourceKind<C extends SourceConfig> {
  readonly type: string;
  /** Spreads `sourceBase`: what every source is asked for must be there. */
  readonly schema: ZodType<C>;
  /** It shows all of an instance's log: a second one of the same instance would read the same once more. */
  readonly wholeLog: boolean;
  /** Where the records of such a source are from. */
  origin(config: C): Origin;
  /** Of kinds that read files or objects: which. */
  reads?(config: C): ReadPlace;
  /** A longer record is cut, and delivered as an unparseable event. */
  maxRecordBytes(config: C): number;
  /** Days that a source of this kind had not read yet when it gave this cursor. Never throws. */
  owes(cursor: Cursor): readonly OwedDay[];
  /** Why such a source cannot be asked for single days, as `readDay` does; undefined where it can. */
  noDays(config: C): string | undefined;
  /**
   * How far behind now its polls read again, milliseconds, for records that come late; undefined where what
   * changed is read, and not what is new.
   */
  lookback(config: C): number | undefined;
  /**
   * Which days may be read once more, by the cursor that such a source gave; undefined: none, as what it
   * reads shows by itself that it changed. Never throws.
   */
  sweepReach(cursor: Cursor, config: C): SweepReach | undefined;
  /**
   * Which days are over for such a source, by the cursor that it gave; undefined: none can be read as a
   * whole. Never throws.
   */
  closing(cursor: Cursor, config: C): Closing | undefined;
  /** What the source had learned of its server when it gave this cursor, in words. Never throws. */
  learned(cursor: Cursor): readonly string[];
  /** Why the log may be another one than before, when the source gave this cursor. Never throws. */
  otherLog(cursor: Cursor): Concern | undefined;
  /**
   * What `start` meant when a source of this kind gave this cursor; undefined where it says nothing of it.
   * Never throws.
   */
  started(cursor: Cursor): Started | undefined;
  /**
   * Does not connect. Throws an Error that names what cannot be used, such as a certificate file; never its
   * content.
   */
  create(config: C, context: SourceContext): Source;
}

/** What a source takes from the world around it. */
export interface SourceContext {
  readonly clock: Clock;
  readonly agent: Agent;
  /** Environment variables; proxies are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard input, for the source that reads it; asked for then and not before. */
  readonly stdin?: (() => AsyncIterable<Buffer>) | undefined;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  /** To be called when a read has taken over a changed secret by itself. */
  readonly secretReloaded?: (() => void) | undefined;
}
