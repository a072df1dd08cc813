import { createHash } from "node:crypto";
import type { BucketAccess } from "../../bucket/bucket-keys.ts";
import { gcsGuards, gcsLogin, gcsRefusal, openGcs } from "../../bucket/gcs-client.ts";
import { ListPlace } from "../../bucket/list-place.ts";
import { sha256 } from "../sha256.ts";
import type { ArchiveBucket, ArchiveWords } from "./archive-bucket.ts";
import type { Keeping } from "./retention.ts";

const pageSize = 1000;

/** A bucket of Google Cloud Storage. Rejects with MissingSdk. */
export async function gcsArchive(access: BucketAccess): Promise<ArchiveBucket> {
  const bucket = await openGcs(access);
  return {
    words: wordsOf(access.url.bucket, access.url.prefix),
    async *list(prefix) {
      const place = new ListPlace();
      let pageToken: string | undefined;
      do {
        const [files, next] = await bucket.getFiles({
          ...{ prefix, autoPaginate: false, maxResults: pageSize },
          ...(pageToken !== undefined && { pageToken }),
        });
        for (const { name, metadata } of files)
          yield {
            name,
            size: Number(metadata.size ?? 0),
            changedAt: Date.parse(metadata.timeCreated ?? metadata.updated ?? "") || 0,
          };
        pageToken = place.after((next as { readonly pageToken?: string } | null | undefined)?.pageToken);
      } while (pageToken !== undefined);
    },
    async read(name) {
      const [bytes] = await bucket.file(name).download({ decompress: false });
      return bytes;
    },
    async look(name) {
      const [metadata] = await bucket.file(name).getMetadata();
      const { size, timeCreated, generation, retention, temporaryHold } = metadata;
      const mode = retention?.mode;
      return {
        ...{ size: Number(size ?? 0), storedAt: Date.parse(timeCreated ?? "") || 0 },
        version: generation === undefined ? undefined : String(generation),
        until: Date.parse(retention?.retainUntilTime ?? "") || undefined,
        lock: mode === "Locked" ? "compliance" : mode === "Unlocked" ? "governance" : undefined,
        held: temporaryHold === true,
      };
    },
    async create(name, bytes, keeping) {
      await bucket.file(name).save(bytes, {
        ...{ resumable: false, validation: false, preconditionOpts: { ifGenerationMatch: 0 } },
        metadata: {
          contentType: "application/octet-stream",
          md5Hash: createHash("md5").update(bytes).digest("base64"),
          metadata: { sha256: sha256(bytes) },
          ...metadataOf(keeping),
        },
      });
    },
    async replaceNone(name, bytes) {
      const preconditionOpts = { ifGenerationMatch: 1 };
      await bucket.file(name).save(bytes, { resumable: false, validation: false, preconditionOpts });
    },
    async keep(name, keeping) {
      await bucket.file(name).setMetadata(metadataOf(keeping));
    },
    async remove(name, generation) {
      await bucket.file(name, generation === undefined ? {} : { generation }).delete();
    },
    refusalOf: gcsRefusal,
    isThere: ({ status }) => status === 412,
    guards: () => gcsGuards(bucket),
    close: () => {},
  };
}

function metadataOf({ until, lock, held }: Keeping) {
  return {
    ...(until !== undefined && {
      retention: {
        mode: lock === "governance" ? "Unlocked" : "Locked",
        retainUntilTime: new Date(until).toISOString(),
      },
    }),
    ...(held && { temporaryHold: true }),
  };
}

function wordsOf(bucket: string, prefix: string): ArchiveWords {
  const on = `on gs://${bucket}`;
  return {
    where: `gs://${bucket}/${prefix}`,
    list: `storage.objects.list ${on} (role Storage Object Viewer)`,
    read: `storage.objects.get ${on} (role Storage Object Viewer)`,
    write: `storage.objects.create ${on} (role Storage Object Creator)`,
    keep: `storage.objects.setRetention, storage.objects.update and storage.objects.get ${on}`,
    guards: `storage.buckets.get ${on}`,
    enable:
      "switch on object retention of the bucket (in the Cloud console for one that is there, with gcloud storage buckets create --enable-per-object-retention for a new one)",
    login: gcsLogin,
  };
}
