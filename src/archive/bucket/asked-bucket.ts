import { type BucketAccess, bucketSecrets } from "../../bucket/bucket-keys.ts";
import { bucketText, type StoreName } from "../../bucket/bucket-place.ts";
import { CurrentClient } from "../../bucket/current-client.ts";
import { UnusableKeyFile } from "../../bucket/key-file.ts";
import { MissingSdk } from "../../bucket/load-sdk.ts";
import type { Environment } from "../../net/http/proxy.ts";
import { scrubber } from "../../secret/scrub.ts";
import { before, late } from "../../time/before.ts";
import { StoreError } from "../archive-store.ts";
import type { ArchiveBucket } from "./archive-bucket.ts";
import { azureArchive } from "./azure.ts";
import { type BucketQuestion, bucketFault } from "./bucket-fault.ts";
import { gcsArchive } from "./gcs.ts";
import { s3Archive } from "./s3.ts";

type NewBucket = (access: BucketAccess, environment: Environment) => Promise<ArchiveBucket>;
const buckets: Readonly<Record<StoreName, NewBucket>> = { s3: s3Archive, gs: gcsArchive, az: azureArchive };

/** A bucket with the questions that are asked of it, which reject with StoreError. */
export interface AskedBucket {
  /** `stop` may come first: what was begun goes on, and whoever asks again meets what it did. */
  ask<Made>(
    question: BucketQuestion,
    stop: AbortSignal,
    work: (bucket: ArchiveBucket) => Promise<Made>,
  ): Promise<Made>;
  close(): void;
}

/** The bucket with the secrets as they are now. */
export function askedBucket(access: BucketAccess, environment: Environment): AskedBucket {
  const scrub = scrubber(bucketSecrets(access));
  const clients = new CurrentClient(access, () => buckets[access.url.store](access, environment));

  async function asking<Made>(question: BucketQuestion, work: (bucket: ArchiveBucket) => Promise<Made>) {
    const bucket = await clients.current().catch((error: unknown) => {
      if (error instanceof UnusableKeyFile)
        throw new StoreError("unauthorized", error.message, error.fix, { hold: true });
      if (!(error instanceof MissingSdk)) throw error;
      const text = `${error.package}, with which ${bucketText(access.url)} is reached, is not installed`;
      throw new StoreError("configuration", text, error.fix, { hold: true });
    });
    try {
      return await work(bucket);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw bucketFault(error, bucket.refusalOf(error), question, bucket.words, scrub);
    }
  }

  return {
    async ask(question, stop, work) {
      stop.throwIfAborted();
      const made = asking(question, work);
      made.catch(() => {});
      // A client that is stopped says so in its own words.
      const first = await before(stop, made).catch((error: unknown) => {
        stop.throwIfAborted();
        throw error;
      });
      if (first !== late) return first;
      throw stop.reason;
    },
    close: () => clients.close(),
  };
}

/** Whether it was this call that made the object; otherwise there was one already. */
export async function createdAnew(bucket: ArchiveBucket, create: () => Promise<void>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (bucket.isThere(bucket.refusalOf(error))) return false;
    throw error;
  }
}
