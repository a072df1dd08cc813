import { EventEmitter } from "node:events";
import type { Bucket } from "@google-cloud/storage";
import { isLoopback } from "../net/loopback.ts";
import type { BucketAccess } from "./bucket-keys.ts";
import type { BucketGuards } from "./guards.ts";
import { loadSdk } from "./load-sdk.ts";
import type { StoreRefusal } from "./refusal.ts";

/** How this client is told who it is. */
export const gcsLogin =
  "set key_file, or give application default credentials: GOOGLE_APPLICATION_CREDENTIALS, workload identity, or the machine's service account";

/** Rejects with MissingSdk. */
export async function openGcs({ endpoint, key_file: keyFilename, url }: BucketAccess): Promise<Bucket> {
  const { Storage } = await loadSdk("@google-cloud/storage");
  // Its streams have eleven listeners each, which Node takes for a leak and would tell for every object.
  EventEmitter.defaultMaxListeners = Math.max(EventEmitter.defaultMaxListeners, 20);
  const storage = new Storage({
    retryOptions: { autoRetry: true, maxRetries: 2, totalTimeout: 60 },
    ...(keyFilename !== undefined && { keyFilename }),
    ...(endpoint !== undefined && {
      apiEndpoint: endpoint.href.replace(/\/$/, ""),
      useAuthWithCustomEndpoint: !isLoopback(endpoint.hostname),
    }),
  });
  return storage.bucket(url.bucket);
}

/** What keeps the objects of a bucket. Rejects where its settings may not be read. */
export async function gcsGuards(bucket: Bucket): Promise<BucketGuards> {
  const [metadata] = await bucket.getMetadata();
  const rules = (metadata.lifecycle?.rule ?? []).filter(({ action }) => action?.type === "Delete");
  const days = rules.flatMap(({ condition }) => condition?.age ?? []);
  const lockable = metadata.objectRetention?.mode === "Enabled";
  return {
    versioned: metadata.versioning?.enabled === true,
    locked: metadata.retentionPolicy !== undefined || lockable,
    lockable,
    removedAfterDays: days.length === 0 ? undefined : Math.min(...days),
  };
}

/** What this client threw. */
export function gcsRefusal(error: unknown): StoreRefusal {
  const { code, message, errors, response } = error as {
    readonly code?: unknown;
    readonly message?: string;
    readonly errors?: readonly { readonly reason?: string }[];
    readonly response?: { readonly status?: number; readonly statusCode?: number };
  };
  const status = Number(code);
  const said = saidInBody(message ?? "");
  return {
    status: Number.isInteger(status) && status >= 300 ? status : (response?.status ?? response?.statusCode),
    code: errors?.[0]?.reason ?? (/invalid_grant/.test(message ?? "") ? "invalid_grant" : ""),
    message: said ?? message ?? "",
  };
}

/** What an answer of JSON says; of an object's reading that is all there is. */
function saidInBody(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return (JSON.parse(text) as { readonly error?: { readonly message?: string } }).error?.message;
  } catch {
    return undefined;
  }
}
