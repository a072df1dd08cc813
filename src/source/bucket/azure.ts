import type { TokenCredential } from "@azure/identity";
import type { BucketConfig } from "./config.ts";
import { loadSdk } from "./load-sdk.ts";
import { guardFinding, type StoreClient, unknownGuards } from "./store-client.ts";
import type { StoreRefusal } from "./store-faults.ts";

const pageSize = 1000;

/** A container of Azure Blob Storage. Rejects with SourceError without its packages. */
export async function azureStore(config: BucketConfig): Promise<StoreClient> {
  const sdk = await loadSdk("@azure/storage-blob");
  const { account, bucket, prefix } = config.url;
  const { account_key: key, sas_token: sas } = config;
  const address = (config.endpoint?.href ?? `https://${account}.blob.core.windows.net`).replace(/\/$/, "");
  const credential =
    key !== undefined
      ? new sdk.StorageSharedKeyCredential(account, key.reveal())
      : sas !== undefined
        ? new sdk.AnonymousCredential()
        : await ownIdentity();
  const signed = sas === undefined ? address : `${address}?${sas.reveal().replace(/^\?/, "")}`;
  const options = { retryOptions: { maxTries: 3, tryTimeoutInMs: 60_000 } };
  const container = new sdk.BlobServiceClient(signed, credential, options).getContainerClient(bucket);
  return {
    words: {
      where: `az://${account}/${bucket}`,
      list: `the container to be listed: role Storage Blob Data Reader, or a signature with l; and the network of this host in the account's firewall`,
      read: `blobs to be read: role Storage Blob Data Reader (Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read), or a signature with r`,
      login:
        "set account_key or sas_token, or give this machine or pod an identity, or the environment AZURE_CLIENT_ID, AZURE_TENANT_ID and what belongs to them",
    },
    async *list(abortSignal) {
      const pages = container.listBlobsFlat({ prefix, abortSignal }).byPage({ maxPageSize: pageSize });
      for await (const page of pages)
        for (const { name, properties } of page.segment.blobItems)
          yield {
            name,
            id: name,
            version: properties.etag.replaceAll('"', ""),
            size: properties.contentLength ?? 0,
            changedAt: properties.lastModified.getTime(),
          };
    },
    async read({ name, version }, { from, to }, abortSignal) {
      const answer = await container.getBlobClient(name).download(from, to - from, {
        ...{ conditions: { ifMatch: `"${version}"` }, abortSignal, maxRetryRequests: 0 },
      });
      return answer.readableStreamBody as AsyncIterable<Uint8Array>;
    },
    refusalOf: azureRefusal,
    async guards(abortSignal) {
      try {
        const { hasImmutabilityPolicy, hasLegalHold, isImmutableStorageWithVersioningEnabled } =
          await container.getProperties({ abortSignal });
        const locked = hasImmutabilityPolicy === true || hasLegalHold === true;
        return [guardFinding(isImmutableStorageWithVersioningEnabled === true, locked)];
      } catch {
        return [unknownGuards("the role Storage Blob Data Reader")];
      }
    },
    close: () => {},
  };
}

/** The identity of the machine or pod; a package of its own, because keys and signatures need none. */
async function ownIdentity(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await loadSdk("@azure/identity");
  return new DefaultAzureCredential();
}

function azureRefusal(error: unknown): StoreRefusal {
  const { statusCode, code, name, message } = error as {
    readonly statusCode?: number;
    readonly code?: string;
    readonly name?: string;
    readonly message?: string;
  };
  return { status: statusCode, code: code ?? name ?? "", message: (message ?? "").split("\n")[0] ?? "" };
}
