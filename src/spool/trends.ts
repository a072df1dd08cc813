/** What a hop did in spans of one length that follow each other. */
export interface KeptTrend {
  /** `source prod`, `output splunk` */
  readonly hop: string;
  /** How long a span is, seconds, and where the first one begins, epoch seconds. */
  readonly step: number;
  readonly first: number;
  /** As whoever keeps them writes them. */
  readonly spans: Uint8Array;
  /** When its last event came, epoch milliseconds; null where that is not known. */
  readonly latest: number | null;
}

/** A time in which a hop failed. Holds no words of a remote. */
export interface Incident {
  /** Ascending in the order in which they began. */
  readonly id: number;
  readonly hop: string;
  /** Stable, in the order in which they came; each once, and no more than a few. */
  readonly reasons: readonly string[];
  /** It waited for a person. */
  readonly held: boolean;
  /** Tries that failed. */
  readonly failures: number;
  /** Epoch milliseconds; `ended` is null while it goes on. */
  readonly began: number;
  readonly ended: number | null;
}

/** Where charts and past incidents outlive the process. What is lost of them costs no event. */
export interface Trends {
  /** In no order. */
  trends(): readonly KeptTrend[];
  /** Oldest first. */
  incidents(): readonly Incident[];
  /**
   * Replaces what it has of these hops and steps, and of these incidents, at epoch milliseconds. Forgets hops
   * of which nothing came for `keepMs`, and all but the newest `most` incidents; those that go on stay
   * before others. Throws SpoolError.
   */
  keep(
    trends: readonly KeptTrend[],
    incidents: readonly Incident[],
    bounds: { readonly now: number; readonly keepMs: number; readonly most: number },
  ): void;
}
