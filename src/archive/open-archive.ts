import type { BucketAccess } from "../bucket/bucket-keys.ts";
import type { Environment } from "../net/http/proxy.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { bucketArchive } from "./bucket/bucket-archive.ts";
import type { Retention } from "./bucket/retention.ts";
import { directoryArchive } from "./directory/directory-archive.ts";
import type { ArchivePlace } from "./place.ts";

/** What an archive is opened with. */
export interface OpenArchiveOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Makes random GUIDs. */
  readonly guid: () => string;
  readonly environment: Environment;
  /** How a bucket is reached, where the environment alone does not say it. */
  readonly access?: Omit<BucketAccess, "url">;
  /** How files of a bucket are kept; absent: as the bucket says. */
  readonly retention?: Retention;
  /** As `DirectoryArchiveOptions.attested`. */
  readonly attested?: boolean;
}

const unkept: Retention = { retain: undefined, lock: "compliance", legalHold: false };

/** The store at a place. Connects to nothing yet. */
export function openArchive(
  place: ArchivePlace,
  { now, guid, environment, access, retention = unkept, attested }: OpenArchiveOptions,
): ArchiveStore {
  return place.store === "file"
    ? directoryArchive({ directory: place.directory, now, guid, attested })
    : bucketArchive({ access: { ...access, url: place }, retention, environment, now });
}
