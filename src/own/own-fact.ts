/** UTC days of a source: each a day (`2026-08-01`), or a run of them (`2026-08-01/2026-08-04`). */
interface Days {
  readonly source: string;
  readonly days: readonly string[];
  readonly count: number;
}

/** What waits for a person, and why. */
interface Held {
  readonly reason: string;
}

/** For how long it did. */
interface Released extends Held {
  readonly seconds: number;
}

/** One source's records of a UTC day, as the books have them. */
export interface SourceOfDay {
  readonly source: string;
  readonly fetched: number;
  readonly known: number;
  readonly new: number;
  readonly late: number;
  readonly unparseable: number;
}

/** What became of the records of a UTC day for one output, as the books have it. */
export interface OutputOfDay {
  readonly output: string;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  readonly dropped: number;
  readonly skipped: number;
  readonly lost: number;
  readonly pending: number;
}

/** A UTC day of which a source shows fewer records than are known that it has shown. */
export interface ShrunkDay {
  readonly source: string;
  readonly day: string;
  readonly before: number;
  readonly now: number;
}

/** A UTC day that a witness has compared with what its instance has. */
interface WitnessOfDay {
  readonly source: string;
  readonly day: string;
}

/** How many records it was shown that the instance has not, and the other way round. */
interface WitnessDifference extends WitnessOfDay {
  readonly missing: number;
  readonly extra: number;
}

/** This state is older than the last run left it, or another file. Times are ISO 8601 UTC. */
interface ReplacedFact {
  readonly found: "older" | "copied";
  /** What came since then it does not know. */
  readonly from?: string;
  readonly seen_until?: string;
}

/** One of them: its uid, and what it says of itself where the witness was shown it. */
interface ExampleOfDay {
  readonly of: "missing" | "extra";
  readonly uid: string;
  readonly time?: string;
  readonly action?: string;
}

/**
 * What happened to this program that a SIEM is told: names and numbers, no secret, nothing of an event.
 * docs/own-events.md says when.
 */
export type OwnFact =
  | ({ readonly action: "gap_found"; readonly reason: string } & Days)
  | ({ readonly action: "gap_filled" } & Days)
  | ({ readonly action: "gap_dropped"; readonly why: "not_wanted" | "start_over" } & Days)
  | ({ readonly action: "output_held"; readonly output: string } & Held)
  | ({ readonly action: "output_released"; readonly output: string } & Released)
  | ({ readonly action: "source_held" | "key_rejected"; readonly source: string } & Held)
  | ({ readonly action: "source_released" | "key_accepted"; readonly source: string } & Released)
  | ({
      readonly action: "first_dead_letter";
      readonly output: string;
      readonly source: string;
      readonly uid: string;
    } & Held)
  | ({ readonly action: "witness_differs"; readonly examples: readonly ExampleOfDay[] } & WitnessDifference)
  | ({ readonly action: "witness_agrees"; readonly seconds: number } & WitnessOfDay)
  | ({ readonly action: "day_shrank" } & ShrunkDay)
  | {
      readonly action: "archive_attested";
      readonly output: string;
      /** Of the manifest: its number in the chain, its UTC date, and SHA-256 over its text. */
      readonly number: number;
      readonly date: string;
      readonly hash: string;
      /** Of the key that signed it: SHA-256 over its SPKI DER. */
      readonly fingerprint: string;
      /** How many files it names. */
      readonly files: number;
      /** Why it does not follow the manifest that was known here. */
      readonly recovered?: string;
    }
  | { readonly action: "loss_accepted"; readonly loss: "state" }
  | ({ readonly action: "state_replaced" } & ReplacedFact)
  | {
      readonly action: "loss_accepted";
      readonly loss: "dead_letters" | "from_now";
      readonly output: string;
      readonly records: number;
    }
  | {
      readonly action: "configuration_changed";
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
    }
  | {
      readonly action: "daily_summary";
      readonly day: string;
      readonly sources: readonly SourceOfDay[];
      readonly outputs: readonly OutputOfDay[];
      /** Of all days, as they are now. */
      readonly gaps: readonly Days[];
    }
  | {
      readonly action: "heartbeat";
      readonly output: string;
      readonly backlog: number;
      /** Since the oldest record that waits was first seen. */
      readonly lag_seconds: number;
      readonly sources: readonly SourceBeat[];
    };

/** How far a source is. */
export interface SourceBeat {
  readonly source: string;
  /** Since everything up to then was read; absent before the first clean read. */
  readonly lag_seconds?: number;
  /** The time of its newest event; absent before the first. */
  readonly newest_event?: string;
}

/** What an own event is called in its record, behind `ownPrefix`. */
export type OwnAction = OwnFact["action"];

/** Which output or source a fact is about, for what is counted by it: "" for none. */
export interface About {
  readonly output: string;
  readonly source: string;
}

/** The output it is about goes first: a dead letter is its own, whatever source it came from. */
export function aboutOf(fact: OwnFact): About {
  if ("output" in fact) return { output: fact.output, source: "" };
  return { output: "", source: "source" in fact ? fact.source : "" };
}

/** What all own actions begin with. */
export const ownPrefix = "wandb-audit-forwarder:";
