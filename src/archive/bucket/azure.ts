import { createHash } from "node:crypto";
import { azureGuards, azureLogin, azureRefusal, openAzure } from "../../bucket/azure-client.ts";
import type { BucketAccess } from "../../bucket/bucket-keys.ts";
import { ListPlace } from "../../bucket/list-place.ts";
import { sha256 } from "../sha256.ts";
import type { ArchiveBucket, ArchiveWords } from "./archive-bucket.ts";
import type { Keeping } from "./retention.ts";

const pageSize = 1000;

/** A container of Azure Blob Storage. Rejects with MissingSdk. */
export async function azureArchive(access: BucketAccess): Promise<ArchiveBucket> {
  const container = await openAzure(access);
  return {
    words: wordsOf(access),
    async *list(prefix, abortSignal) {
      const pages = container.listBlobsFlat({ prefix, abortSignal }).byPage({ maxPageSize: pageSize });
      const place = new ListPlace();
      for await (const page of pages) {
        for (const { name, properties } of page.segment.blobItems)
          yield {
            name,
            size: properties.contentLength ?? 0,
            changedAt: (properties.createdOn ?? properties.lastModified).getTime(),
          };
        place.after(page.continuationToken);
      }
    },
    read: (name, abortSignal) =>
      container.getBlobClient(name).downloadToBuffer(0, undefined, { abortSignal }),
    async look(name, abortSignal) {
      const found = await container.getBlobClient(name).getProperties({ abortSignal });
      const mode = found.immutabilityPolicyMode?.toLowerCase();
      return {
        size: found.contentLength ?? 0,
        storedAt: (found.createdOn ?? found.lastModified)?.getTime() ?? 0,
        version: found.versionId,
        until: found.immutabilityPolicyExpiresOn?.getTime(),
        lock: mode === "locked" ? "compliance" : mode === "unlocked" ? "governance" : undefined,
        held: found.legalHold === true,
      };
    },
    async create(name, bytes, keeping, abortSignal) {
      const md5 = createHash("md5").update(bytes).digest();
      const policy = policyOf(keeping);
      await container.getBlockBlobClient(name).upload(bytes, bytes.length, {
        ...{ abortSignal, conditions: { ifNoneMatch: "*" }, metadata: { sha256: sha256(bytes) } },
        blobHTTPHeaders: { blobContentType: "application/octet-stream", blobContentMD5: md5 },
        transactionalContentMD5: md5,
        ...(policy !== undefined && { immutabilityPolicy: policy }),
        ...(keeping.held && { legalHold: true }),
      });
    },
    async replaceNone(name, bytes, abortSignal) {
      const conditions = { ifMatch: '"0x1"' };
      await container.getBlockBlobClient(name).upload(bytes, bytes.length, { abortSignal, conditions });
    },
    async keep(name, keeping, abortSignal) {
      const blob = container.getBlobClient(name);
      const policy = policyOf(keeping);
      if (policy !== undefined) await blob.setImmutabilityPolicy(policy, { abortSignal });
      if (keeping.held) await blob.setLegalHold(true, { abortSignal });
    },
    async remove(name, version, abortSignal) {
      const blob = container.getBlobClient(name);
      // The current version becomes a previous one with the blob, and stays until it is removed by itself
      // (Azure Storage, blob versioning).
      await blob.delete({ abortSignal });
      if (version !== undefined) await blob.withVersion(version).delete({ abortSignal });
    },
    refusalOf: azureRefusal,
    isThere: ({ status, code }) => status === 412 || (status === 409 && code === "BlobAlreadyExists"),
    guards: (stop) => azureGuards(container, stop),
    close: () => {},
  };
}

function policyOf({ until, lock }: Keeping) {
  if (until === undefined) return undefined;
  const policyMode = lock === "governance" ? ("Unlocked" as const) : ("Locked" as const);
  return { expiriesOn: new Date(until), policyMode };
}

function wordsOf({ url: { account, bucket, prefix } }: BucketAccess): ArchiveWords {
  const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
  return {
    where: `az://${account}/${bucket}/${prefix}`,
    list: `the container to be listed: ${blobs}/read, or a signature with l; and the network of this host in the account's firewall`,
    read: `blobs to be read: ${blobs}/read, or a signature with r`,
    write: `blobs to be made: ${blobs}/add/action and ${blobs}/write, or a signature with c`,
    keep: `retention to be set: ${blobs}/immutableStorage/runAsSuperUser/action (role Storage Blob Data Owner), or a signature with i`,
    guards: "the role Storage Blob Data Reader",
    enable: "switch on version-level immutability support of the container or the account",
    login: azureLogin,
  };
}
