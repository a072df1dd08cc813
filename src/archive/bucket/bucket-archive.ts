import type { BucketAccess } from "../../bucket/bucket-keys.ts";
import { bucketText } from "../../bucket/bucket-place.ts";
import type { Environment } from "../../net/http/proxy.ts";
import { type ArchiveStore, StoreError } from "../archive-store.ts";
import { type AskedBucket, askedBucket, createdAnew } from "./asked-bucket.ts";
import { isNoBucket } from "./bucket-fault.ts";
import { bucketFindings } from "./bucket-findings.ts";
import { isKept, keepingFrom, type Retention } from "./retention.ts";

/** What a bucket archive is made with. */
export interface BucketArchiveOptions {
  readonly access: BucketAccess;
  readonly retention: Retention;
  readonly environment: Environment;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** An archive in a bucket. Loads the vendor's package with the first question. */
export function bucketArchive({ access, retention, environment, now }: BucketArchiveOptions): ArchiveStore {
  const asked = askedBucket(access, environment);
  const { prefix } = access.url;
  const put = async (file: string, bytes: Buffer, stop: AbortSignal): Promise<"stored" | "exists"> => {
    const name = prefix + file;
    // A store that takes no notice of conditions overwrites: what is there is looked at first.
    const before = await read(asked, name, stop);
    if (before !== undefined && !before.equals(bytes)) return "exists";
    if (before === undefined) {
      const made = await asked.ask("write", stop, (bucket) =>
        createdAnew(bucket, () => bucket.create(name, bytes, keepingFrom(retention, now()), stop)),
      );
      const isSame = (await read(asked, name, stop))?.equals(bytes) === true;
      if (!isSame && !made) return "exists";
      if (!isSame) throw notAsStored(name);
    }
    await ensureKept(asked, name, retention, stop);
    return "stored";
  };
  return {
    where: bucketText(access.url),
    async *list(start, stop) {
      const found = await asked.ask("list", stop, async (bucket) =>
        bucket.list(prefix + start, stop)[Symbol.asyncIterator](),
      );
      for (;;) {
        const { done, value } = await asked.ask("list", stop, () => found.next());
        if (done === true) return;
        const name = value.name.slice(prefix.length);
        if (!isFolderMark(name, value.size)) yield { ...value, name };
      }
    },
    read: (file, stop) => read(asked, prefix + file, stop),
    put,
    findings: (stop) => bucketFindings({ asked, prefix, retention, now }, stop),
    close: async () => asked.close(),
  };
}

function read(asked: AskedBucket, name: string, stop: AbortSignal): Promise<Buffer | undefined> {
  return asked.ask("read", stop, async (bucket) => {
    try {
      return await bucket.read(name, stop);
    } catch (error) {
      const refusal = bucket.refusalOf(error);
      if (refusal.status === 404 && !isNoBucket(refusal)) return undefined;
      throw error;
    }
  });
}

/** What consoles put where somebody makes a folder: an empty object with its name. */
function isFolderMark(name: string, size: number): boolean {
  return size === 0 && (name === "" || name.endsWith("/"));
}

function notAsStored(name: string): StoreError {
  return new StoreError(
    "bad_answer",
    `${name} was stored, and is not shown with the bytes that it was stored with`,
    "look at the store, at who else writes there, and at what stands between",
  );
}

/** Sees that an object is kept as it is to be, by the store's own clock. */
async function ensureKept(
  asked: AskedBucket,
  name: string,
  retention: Retention,
  stop: AbortSignal,
): Promise<void> {
  const look = () => asked.ask("read", stop, (bucket) => bucket.look(name, stop));
  const found = await look();
  const wanted = keepingFrom(retention, found.storedAt);
  if (isKept(found, wanted)) return;
  await asked.ask("keep", stop, (bucket) => bucket.keep(name, wanted, stop));
  if (isKept(await look(), wanted)) return;
  const words = await asked.ask("keep", stop, async (bucket) => bucket.words);
  throw new StoreError(
    "configuration",
    `${words.where} took ${name} and does not keep it: ${wanted.until === undefined ? "the legal hold" : "the retention"} that was asked for is not there`,
    `${words.enable}, and allow ${words.keep}; a store that cannot do it is no place for retain or legal_hold`,
    { hold: true },
  );
}
