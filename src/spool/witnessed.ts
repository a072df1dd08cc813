/** A record that a witness and its instance disagree about. */
export interface WitnessExample {
  readonly of: "missing" | "extra";
  readonly uid: string;
  /** What it says of itself, where the witness was shown it: its time, ISO 8601, and its action. */
  readonly time?: string;
  readonly action?: string;
}

/** How the records of a UTC day that a witness was shown compare with those that its instance has. */
export interface Witnessing {
  readonly day: number;
  /** Records that it was shown, and that its instance was known to have. */
  readonly shown: number;
  readonly known: number;
  /** Of those shown, the ones that are not known; of those known, the ones that were not shown. */
  readonly missing: number;
  readonly extra: number;
  readonly examples: readonly WitnessExample[];
  /** Why the day, or a part of it, could not be compared. */
  readonly trouble?: string;
}

/** What a witness found out about a UTC day. Times are epoch milliseconds. */
export interface WitnessedDay extends Witnessing {
  /** Something of it was shown since it was compared, or it never was. */
  readonly open: boolean;
  /** When it was compared last, and how many records of it its instance had kept by then. */
  readonly compared?: number;
  readonly kept: number;
  /** The difference is there since then; absent: there is none. */
  readonly since?: number;
}

/** What one read of a comparison brought; without `witnessed` it goes on with another one. */
export interface WitnessStep {
  readonly source: string;
  readonly witnessed: (Witnessing & { readonly open: boolean }) | undefined;
}
