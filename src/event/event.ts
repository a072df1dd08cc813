import type { KnownKey } from "../record/known-keys.ts";
import type { Origin } from "../record/origin.ts";
import type { Instant } from "../time/clock.ts";
import type { AsWritten } from "./as-written.ts";

/** A decoded record. Everything a format needs; formats are pure functions of it. */
export interface AuditEvent {
  readonly uid: string;
  readonly origin: Origin;
  /** When the daemon first saw the record. */
  readonly observed: Instant;
  /** Text of the record; broken UTF-8 shows as U+FFFD. */
  readonly raw: string;
  /** The bytes of a record that is no entry, where nothing of it is withheld. */
  readonly bytes?: Buffer;
  /**
   * Set when the record is not a JSON object: the other fields are then empty, and formats produce their
   * unparseable shape.
   */
  readonly fault?: string;
  /** Event time; absent when missing or invalid. */
  readonly time?: Instant;
  /** Trimmed, as W&B wrote it; `unknown` when absent. */
  readonly action: string;
  /** Present known keys, as strings: ids by their source text, `timestamp` and `actor_ip` verbatim. */
  readonly keys: Readonly<Partial<Record<KnownKey, string>>>;
  /** 100 to 599. */
  readonly code?: number | undefined;
  /** First valid address of `actor_ip`, canonical (dotted quad or RFC 5952). */
  readonly ip?: string | undefined;
  readonly port?: number;
  readonly ips: readonly string[];
  /** Keys without a field of their own: name and JSON text untouched, sorted by name. */
  readonly unmapped: readonly (readonly [key: string, json: string])[];
  /** Anomaly tags in the order found (docs/mapping.md §1). */
  readonly tags: readonly string[];
  /** It was found after a complete read that should have shown it; one of the tags says so, too. */
  readonly late?: boolean;
  /**
   * Where `raw` and the values of `keys` stand in the record's bytes: whoever has it can copy them and need
   * not make texts. Absent where there are only texts.
   */
  readonly asWritten?: AsWritten;
  /** Digits, of the replay that it is sent again by: the only way in which its bytes differ then. */
  readonly replayId?: string;
}
