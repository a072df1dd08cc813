import type { Finding } from "../finding.ts";

/** A file of an archive. */
export interface FoundFile {
  /** Relative to the archive's place, with `/` between its parts. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** When it was stored, as the store says, epoch milliseconds. */
  readonly changedAt: number;
}

/** Where the files of an archive stand. Every call rejects with `StoreError`, or the reason of `stop`. */
export interface ArchiveStore {
  /** For people: kind and place, no secrets. */
  readonly where: string;
  /** Files whose names begin so, in any order. */
  list(prefix: string, stop: AbortSignal): AsyncIterable<FoundFile>;
  /** A whole file; undefined where there is none. */
  read(name: string, stop: AbortSignal): Promise<Buffer | undefined>;
  /**
   * Stores a file whole, under its name, with the retention that is configured, and sees that it is there:
   * "stored" where a file with these bytes stands there then, whoever put it, and "exists" where another
   * does. Nothing is ever overwritten, and no part of a file shows under its name.
   */
  put(name: string, bytes: Buffer, stop: AbortSignal): Promise<"stored" | "exists">;
  /** For `check`: whether files can be stored and read, and what keeps them. Never rejects. */
  findings(stop: AbortSignal): Promise<readonly Finding[]>;
  /** May be called twice. */
  close(): Promise<void>;
}

/** Why a store did not do what was asked; what an output's failure is made of. */
export type StoreReason =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "configuration"
  | "rate_limited"
  | "server_error"
  | "bad_answer"
  | "timeout"
  | "dns"
  | "connect"
  | "connection_lost"
  | "tls"
  | "proxy"
  | "disk_full"
  | "disk_error";

/** A store did not do what was asked. The message names the place and holds no secret. */
export class StoreError extends Error {
  readonly reason: StoreReason;
  readonly fix: string;
  /** A person has to mend it. */
  readonly hold: boolean;

  constructor(
    reason: StoreReason,
    message: string,
    fix: string,
    { hold = false, cause }: { readonly hold?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = "StoreError";
    this.reason = reason;
    this.fix = fix;
    this.hold = hold;
  }
}
