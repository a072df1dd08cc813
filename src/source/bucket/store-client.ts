import type { Finding } from "../../finding.ts";
import type { Environment } from "../../net/http/proxy.ts";
import type { Secret } from "../../secret/secret.ts";
import type { Volume } from "../stored-log/volume.ts";
import type { BucketConfig } from "./config.ts";
import type { StoreRefusal, StoreWords } from "./store-faults.ts";

/** A store as its vendor's client shows it: throws whatever that throws, and `refusalOf` understands it. */
export interface StoreClient {
  readonly words: StoreWords;
  /** Every object whose name begins with the prefix, page after page. */
  list(stop: AbortSignal): AsyncIterable<Volume>;
  /** Bytes `from` to `to` (exclusive) of this version, as they are stored. */
  read(
    volume: Volume,
    span: { readonly from: number; readonly to: number },
    stop: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
  refusalOf(error: unknown): StoreRefusal;
  /** What keeps the objects from being changed or removed: for `check`. */
  guards(stop: AbortSignal): Promise<readonly Finding[]>;
  close(): void;
}

/** Makes a client; loads the vendor's package for it. */
export type NewStoreClient = (config: BucketConfig, environment: Environment) => Promise<StoreClient>;

/** The secrets of a bucket, those that are configured. */
export function bucketSecrets(config: BucketConfig): readonly Secret[] {
  const { secret_access_key, session_token, account_key, sas_token } = config;
  return [secret_access_key, session_token, account_key, sas_token].filter((secret) => secret !== undefined);
}

/** W&B asks for six years (HIPAA). */
const keptDays = 6 * 365;

/** Whether objects go before their time; `days` after which the shortest rule removes them. */
export function lifecycleFinding(days: number | undefined): Finding {
  if (days === undefined) return { level: "ok", text: "no lifecycle rule removes objects" };
  const text = `a lifecycle rule removes objects after ${days} days`;
  return days >= keptDays
    ? { level: "ok", text }
    : {
        level: "warning",
        text,
        fix: `audit logs are often to be kept for six years (${keptDays} days): take the log's prefix out of the rule, or keep what is delivered`,
      };
}

/** Whether objects can be overwritten and removed for ever. */
export function guardFinding(versioned: boolean, locked: boolean): Finding {
  const text = `versioning is ${versioned ? "on" : "off"}, ${locked ? "a retention or lock is set" : "no retention or lock is set"}`;
  return versioned || locked
    ? { level: "ok", text }
    : {
        level: "warning",
        text,
        fix: "whoever may write to the bucket can change and remove the log without a trace: switch on versioning, or a retention",
      };
}

/** What could not be looked at, which is no problem of reading. */
export function unknownGuards(permissions: string): Finding {
  return {
    level: "ok",
    text: `versioning, retention and lifecycle of the bucket are not known: that takes ${permissions}`,
  };
}
