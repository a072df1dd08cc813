/** What a hop did in a span of time. */
export interface Measure {
  /** `source prod`, `output splunk` */
  readonly hop: string;
  /** How long the span is, seconds, and where it begins, epoch seconds. */
  readonly step: number;
  readonly at: number;
  /** Records that became known, or events that were delivered. */
  readonly events: number;
  /** Of these as they were formatted; 0 of a source. */
  readonly bytes: number;
  /** The most that it was behind, whole seconds; null where that was not measured. */
  readonly lag: number | null;
  /** When the last of them came, epoch milliseconds; null where none did. */
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

/** How long measures are kept: of each step, seconds, those that begin after so many seconds ago. */
export type KeptMeasures = ReadonlyMap<number, number>;

/** Where charts and past incidents outlive the process. What is lost of them costs no event. */
export interface Trends {
  /** In no order. */
  measures(): readonly Measure[];
  /** Oldest first. */
  incidents(): readonly Incident[];
  /**
   * Replaces what it has of these spans and incidents, and forgets what is older than `kept`, and all but the
   * newest `most` incidents. Throws SpoolError.
   */
  keep(
    measures: readonly Measure[],
    incidents: readonly Incident[],
    bounds: { readonly now: number; readonly kept: KeptMeasures; readonly most: number },
  ): void;
}
