import type { Instant } from "../time/clock.ts";

/** What is the same for every record of one source. Goes into every event, so that a payload needs nothing else. */
export interface Origin {
  /** The source's name in the configuration. */
  readonly source: string;
  /** The W&B instance: scope of the uid, `observer.hostname`, syslog HOSTNAME. */
  readonly instance: string;
  readonly baseUrl: string;
  /** The operator asked for anonymised reading. */
  readonly anonymize: boolean;
  readonly organization?: { readonly id?: string; readonly name?: string };
}

/** The documented keys in the order of mapping.md `fields.yaml`, then the four undocumented ones that are typed. */
export const documentedKeys = [
  "timestamp",
  "action",
  "actor_user_id",
  "actor_email",
  "actor_ip",
  "response_code",
  "user_asset",
  "user_email",
  "entity_asset",
  "entity_name",
  "project_asset",
  "project_name",
  "report_asset",
  "report_name",
  "artifact_asset",
  "artifact_sequence_asset",
  "artifact_digest",
  "artifact_qualified_name",
  "cli_version",
] as const;
export const undocumentedKeys = [
  "run_asset",
  "artifact_sequence_name",
  "artifact_version_index",
  "audit_log_error",
] as const;
export type KnownKey = (typeof documentedKeys)[number] | (typeof undocumentedKeys)[number];

/** A decoded record. Everything a format needs; formats are pure functions of it. */
export interface AuditEvent {
  readonly uid: string;
  readonly origin: Origin;
  /** When the daemon first saw the record. */
  readonly observed: Instant;
  /** Text of the record; broken UTF-8 shows as U+FFFD. */
  readonly raw: string;
  /** Set when the record is not a JSON object: the other fields are then empty, and formats produce their unparseable shape. */
  readonly fault?: string;
  /** Event time; absent when missing or invalid. */
  readonly time?: Instant;
  /** Trimmed, as W&B wrote it; `unknown` when absent. */
  readonly action: string;
  /** Present known keys, as strings: ids by their source text, `timestamp` and `actor_ip` verbatim. */
  readonly keys: Readonly<Partial<Record<KnownKey, string>>>;
  /** 100 to 599. */
  readonly code?: number;
  /** First valid address of `actor_ip`, canonical (dotted quad or RFC 5952). */
  readonly ip?: string;
  readonly port?: number;
  readonly ips: readonly string[];
  /** Keys without a field of their own: name and JSON text untouched, sorted by name. */
  readonly unmapped: readonly (readonly [key: string, json: string])[];
  /** Anomaly tags in the order found (mapping.md `ecs_tags.anomalies`). */
  readonly tags: readonly string[];
}
