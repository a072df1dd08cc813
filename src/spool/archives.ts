import type { StoredFile } from "../record/stored-file.ts";

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
  /** When it was written down here, epoch milliseconds. */
  readonly at: number;
}

/** What is told of a chain, beside its head. */
export interface Attested {
  readonly head: Omit<ChainHead, "at">;
  /** Of the key that signs. */
  readonly fingerprint: string;
  /** Names of files that manifests up to this one name. */
  readonly files: readonly string[];
  /** Why it does not follow the one that was known here; absent where it does. */
  readonly recovered?: string;
}

/** What outputs that store files have stored. Every call is one transaction. Throws SpoolError. */
export interface Archives {
  /** Before anything of it is stored. A batch that was planned before gets another plan. */
  plan(output: string, planned: PlannedBatch): void;
  /** Names of the files that it has stored of a UTC day. */
  stored(output: string, day: number): readonly string[];
  /** Files that no manifest names yet, in the order of their names. */
  unattested(output: string): readonly StoredFile[];
  head(output: string): ChainHead | undefined;
  /** A manifest is in the archive: it is told in the same transaction. */
  attested(output: string, attested: Attested): void;
}
