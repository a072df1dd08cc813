import type { EntryRows } from "./entry-rows.ts";
import type { RawRecord } from "./record.ts";

/**
 * A run of whole lines of a body, cut where their content says so: what was shown before falls into the same
 * passages again. All its records are dated entries of the log.
 */
export interface Passage {
  /** As `KnownPassages.fingerprintOf` gave it. */
  readonly fingerprint: Buffer;
  /** Whole numbers of 32 bits: what the source wants to be told when it meets the same bytes again. */
  readonly notes: ArrayLike<number>;
  /**
   * Its records in their order. Where the passage was met before, they are read only now, which can be done
   * until the next piece is asked for.
   */
  records(): readonly RawRecord[];
  /** The same in rows where it was just read, of use as long. */
  readonly rows?: EntryRows;
}

/**
 * What a read shows at once, in the order of the body. An empty one says that nothing more comes for now:
 * what was shown is kept then, and waits for no more.
 */
export type Piece = readonly (RawRecord | Passage)[];

/**
 * What is remembered of passages from one read to the next. Nothing has to be believed of it but that the
 * same bytes are the same records: forgetting costs time alone.
 */
export interface KnownPassages {
  /** What a passage of these bytes, in whatever parts they come, is remembered by. */
  fingerprintOf(parts: readonly Buffer[]): Buffer;
  /** The notes that a passage was shown with; undefined when it is not known. */
  notesOf(fingerprint: Buffer): ArrayLike<number> | undefined;
}
