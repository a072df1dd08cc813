import { gcsGuards, gcsLogin, gcsRefusal, openGcs } from "../../bucket/gcs-client.ts";
import { guardFindings } from "../../bucket/guards.ts";
import { ListPlace } from "../../bucket/list-place.ts";
import type { BucketConfig } from "./config.ts";
import type { StoreClient } from "./store-client.ts";

const pageSize = 1000;

/** What a list answers beside the objects: the question for the next page. */
type NextPage = { readonly pageToken?: string } | null | undefined;

/** A bucket of Google Cloud Storage. Rejects with MissingSdk. */
export async function gcsStore(config: BucketConfig): Promise<StoreClient> {
  const { url } = config;
  const bucket = await openGcs(config);
  return {
    words: {
      where: `gs://${url.bucket}`,
      list: `storage.objects.list on gs://${url.bucket} (role Storage Object Viewer)`,
      read: `storage.objects.get on gs://${url.bucket} (role Storage Object Viewer)`,
      login: gcsLogin,
    },
    async *list() {
      const place = new ListPlace();
      let pageToken: string | undefined;
      do {
        const query = { prefix: url.prefix, autoPaginate: false, maxResults: pageSize };
        const [files, next] = await bucket.getFiles({
          ...query,
          ...(pageToken !== undefined && { pageToken }),
        });
        for (const { name, metadata } of files)
          yield {
            name,
            id: name,
            version: String(metadata.generation ?? ""),
            size: Number(metadata.size ?? 0),
            changedAt: Date.parse(metadata.updated ?? "") || 0,
          };
        pageToken = place.after((next as NextPage)?.pageToken);
      } while (pageToken !== undefined);
    },
    async read({ name, version }, { from, to }) {
      const file = bucket.file(name, { generation: version });
      return file.createReadStream({ start: from, end: to - 1, decompress: false, validation: false });
    },
    refusalOf: gcsRefusal,
    guards: () => guardFindings(() => gcsGuards(bucket), "storage.buckets.get"),
    close: () => {},
  };
}
