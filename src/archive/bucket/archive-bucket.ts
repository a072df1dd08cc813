import type { BucketGuards } from "../../bucket/guards.ts";
import type { StoreRefusal, StoreWords } from "../../bucket/refusal.ts";
import type { FoundFile } from "../archive-store.ts";
import type { Keeping } from "./retention.ts";

/** How a store calls what an archive needs. */
export interface ArchiveWords extends StoreWords {
  /** Who may store an object, and who may give it a retention or a hold and see it. */
  readonly write: string;
  readonly keep: string;
  /** Who may see what keeps the objects of the bucket. */
  readonly guards: string;
  /** What makes the bucket take a retention or a hold. */
  readonly enable: string;
}

/** An object as the store shows it. */
export interface BucketObject extends Keeping {
  readonly size: number;
  /** When it was first there, by the store's clock, epoch milliseconds. */
  readonly storedAt: number;
  /** What names just these bytes of it, where the store has versions. */
  readonly version: string | undefined;
}

/** A store as its vendor's client shows it: throws whatever that throws, and `refusalOf` understands it. */
export interface ArchiveBucket {
  readonly words: ArchiveWords;
  /** Whole names, page after page. */
  list(prefix: string, stop: AbortSignal): AsyncIterable<FoundFile>;
  read(name: string, stop: AbortSignal): Promise<Buffer>;
  look(name: string, stop: AbortSignal): Promise<BucketObject>;
  /** In one request, with checksums that the store verifies. Throws where there is an object already. */
  create(name: string, bytes: Buffer, keeping: Keeping, stop: AbortSignal): Promise<void>;
  /**
   * Asks to store these bytes in place of others that nobody has: the store looks at the right to write, and
   * then refuses. Throws the refusal.
   */
  replaceNone(name: string, bytes: Buffer, stop: AbortSignal): Promise<void>;
  /** Keeps an object that is there. */
  keep(name: string, keeping: Keeping, stop: AbortSignal): Promise<void>;
  /** Removes it for good, as far as the store lets anybody. */
  remove(name: string, version: string | undefined, stop: AbortSignal): Promise<void>;
  refusalOf(error: unknown): StoreRefusal;
  /** Whether a refusal to create says that there is an object already. */
  isThere(refusal: StoreRefusal): boolean;
  /** Rejects where they may not be seen. */
  guards(stop: AbortSignal): Promise<BucketGuards>;
  close(): void;
}
