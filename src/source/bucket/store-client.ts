import type { StoreRefusal, StoreWords } from "../../bucket/refusal.ts";
import type { Finding } from "../../finding.ts";
import type { Environment } from "../../net/http/proxy.ts";
import type { Volume } from "../stored-log/volume.ts";
import type { BucketConfig } from "./config.ts";

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
