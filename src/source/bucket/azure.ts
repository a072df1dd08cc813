import { azureGuards, azureLogin, azureRefusal, openAzure } from "../../bucket/azure-client.ts";
import { guardFindings } from "../../bucket/guards.ts";
import { ListPlace } from "../../bucket/list-place.ts";
import type { BucketConfig } from "./config.ts";
import type { StoreClient } from "./store-client.ts";

const pageSize = 1000;

/** A container of Azure Blob Storage. Rejects with MissingSdk. */
export async function azureStore(config: BucketConfig): Promise<StoreClient> {
  const { account, bucket, prefix } = config.url;
  const container = await openAzure(config);
  return {
    words: {
      where: `az://${account}/${bucket}`,
      list: `the container to be listed: role Storage Blob Data Reader, or a signature with l; and the network of this host in the account's firewall`,
      read: `blobs to be read: role Storage Blob Data Reader (Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read), or a signature with r`,
      login: azureLogin,
    },
    async *list(abortSignal) {
      const pages = container.listBlobsFlat({ prefix, abortSignal }).byPage({ maxPageSize: pageSize });
      const place = new ListPlace();
      for await (const page of pages) {
        for (const { name, properties } of page.segment.blobItems)
          yield {
            name,
            id: name,
            version: properties.etag.replaceAll('"', ""),
            size: properties.contentLength ?? 0,
            changedAt: properties.lastModified.getTime(),
          };
        place.after(page.continuationToken);
      }
    },
    async read({ name, version }, { from, to }, abortSignal) {
      const answer = await container.getBlobClient(name).download(from, to - from, {
        ...{ conditions: { ifMatch: `"${version}"` }, abortSignal, maxRetryRequests: 0 },
      });
      return answer.readableStreamBody as AsyncIterable<Uint8Array>;
    },
    refusalOf: azureRefusal,
    async guards(stop) {
      // Lifecycle rules are of the account and not of a container.
      const found = await guardFindings(
        () => azureGuards(container, stop),
        "the role Storage Blob Data Reader",
      );
      return found.slice(0, 1);
    },
    close: () => {},
  };
}
