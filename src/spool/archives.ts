import type { StoredFile } from "../record/stored-file.ts";
import type { ClosedDay } from "./closed-day.ts";

/** What an output will store next, as it was planned before anything of it was stored. */
export interface PlannedBatch {
  /** The `seq` of the last record of it. */
  readonly through: number;
  /** The output's own words. */
  readonly plan: string;
}

/** The newest manifest of an archive. */
export interface ChainHead {
  /** From 0, without holes. */
  readonly number: number;
  /** The UTC date that it is of. */
  readonly date: string;
  /** SHA-256 over its text, as 64 hexadecimal digits. */
  readonly hash: string;
}

/** What became of a day's records for one output by now. */
export interface OutcomeOfDay {
  readonly output: string;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  readonly dropped: number;
  readonly skipped: number;
  readonly lost: number;
  readonly pending: number;
}

/** A closed UTC day of a source that no manifest names as it is closed now. */
export interface UnattestedDay {
  readonly source: string;
  readonly instance: string;
  readonly closed: ClosedDay;
  readonly outputs: readonly OutcomeOfDay[];
}

/** What the next manifest of an output is made of, all of one moment. */
export interface Unattested {
  readonly days: readonly UnattestedDay[];
  /** In the order of their names. */
  readonly files: readonly StoredFile[];
  /** Days that sources cannot show, days since 1970-01-01. */
  readonly gaps: readonly { readonly source: string; readonly day: number; readonly reason: string }[];
  readonly letters: readonly { readonly output: string; readonly reason: string; readonly events: number }[];
}

/** A closing of a day that a manifest names. */
export interface AttestedDay extends Pick<ClosedDay, "day" | "closing" | "digest"> {
  readonly source: string;
}

/** What is told of a chain, beside its head. */
export interface Attested {
  readonly head: ChainHead;
  /** Of the key that signs. */
  readonly fingerprint: string;
  /** What manifests up to this one name: files, and which closing of which days. */
  readonly files: readonly string[];
  readonly days: readonly AttestedDay[];
  /** Why it does not follow the one that was known here; absent where it does. */
  readonly recovered?: string;
}

/** What outputs that store files have stored. Every call is one transaction. Throws SpoolError. */
export interface Archives {
  /** Before anything of it is stored. A batch that was planned before gets another plan. */
  plan(output: string, planned: PlannedBatch): void;
  /** Names of the files that it has stored of a UTC day. */
  stored(output: string, day: number): readonly string[];
  /** What no manifest names yet. */
  unattested(output: string): Unattested;
  head(output: string): ChainHead | undefined;
  /**
   * The names of files that no manifest names yet, and when the newest manifest was noted, epoch
   * milliseconds; undefined where there is none.
   */
  unnamed(output: string): { readonly names: readonly string[]; readonly since: number } | undefined;
  /** A manifest is in the archive: it is told in the same transaction. */
  attested(output: string, attested: Attested): void;
}
