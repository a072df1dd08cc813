import type { TokenCredential } from "@azure/identity";
import type { ContainerClient } from "@azure/storage-blob";
import type { BucketAccess } from "./bucket-keys.ts";
import type { BucketGuards } from "./guards.ts";
import { loadSdk } from "./load-sdk.ts";
import type { StoreRefusal } from "./refusal.ts";

/** How this client is told who it is. */
export const azureLogin =
  "set account_key or sas_token, or give this machine or pod an identity, or the environment AZURE_CLIENT_ID, AZURE_TENANT_ID and what belongs to them";

/** Rejects with MissingSdk. */
export async function openAzure(access: BucketAccess): Promise<ContainerClient> {
  const sdk = await loadSdk("@azure/storage-blob");
  const { account, bucket } = access.url;
  const { account_key: key, sas_token: sas } = access;
  const address = (access.endpoint?.href ?? `https://${account}.blob.core.windows.net`).replace(/\/$/, "");
  const credential =
    key !== undefined
      ? new sdk.StorageSharedKeyCredential(account, key.reveal())
      : sas !== undefined
        ? new sdk.AnonymousCredential()
        : await ownIdentity();
  const signed = sas === undefined ? address : `${address}?${sas.reveal().replace(/^\?/, "")}`;
  const options = { retryOptions: { maxTries: 3, tryTimeoutInMs: 60_000 } };
  return new sdk.BlobServiceClient(signed, credential, options).getContainerClient(bucket);
}

/** What keeps the blobs of a container. Rejects where its settings may not be read. */
export async function azureGuards(
  container: ContainerClient,
  abortSignal: AbortSignal,
): Promise<BucketGuards> {
  const { hasImmutabilityPolicy, hasLegalHold, isImmutableStorageWithVersioningEnabled } =
    await container.getProperties({ abortSignal });
  return {
    versioned: isImmutableStorageWithVersioningEnabled === true,
    locked: hasImmutabilityPolicy === true || hasLegalHold === true,
    lockable: isImmutableStorageWithVersioningEnabled === true,
    removedAfterDays: undefined,
  };
}

/** The identity of the machine or pod; a package of its own, because keys and signatures need none. */
async function ownIdentity(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await loadSdk("@azure/identity");
  return new DefaultAzureCredential();
}

/** What this client threw. */
export function azureRefusal(error: unknown): StoreRefusal {
  const { statusCode, code, name, message } = error as {
    readonly statusCode?: number;
    readonly code?: string;
    readonly name?: string;
    readonly message?: string;
  };
  return { status: statusCode, code: code ?? name ?? "", message: (message ?? "").split("\n")[0] ?? "" };
}
