import { EventEmitter } from "node:events";
import { isLoopback } from "../../net/loopback.ts";
import type { BucketConfig } from "./config.ts";
import { loadSdk } from "./load-sdk.ts";
import { guardFinding, lifecycleFinding, type StoreClient, unknownGuards } from "./store-client.ts";
import type { StoreRefusal } from "./store-faults.ts";

const pageSize = 1000;

/** What a list answers beside the objects: the question for the next page. */
type NextPage = { readonly pageToken?: string } | null | undefined;

/** A bucket of Google Cloud Storage. Rejects with SourceError without its package. */
export async function gcsStore(config: BucketConfig): Promise<StoreClient> {
  const { Storage } = await loadSdk("@google-cloud/storage");
  const { endpoint, key_file: keyFilename, url } = config;
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
  const bucket = storage.bucket(url.bucket);
  return {
    words: {
      where: `gs://${url.bucket}`,
      list: `storage.objects.list on gs://${url.bucket} (role Storage Object Viewer)`,
      read: `storage.objects.get on gs://${url.bucket} (role Storage Object Viewer)`,
      login:
        "set key_file, or give application default credentials: GOOGLE_APPLICATION_CREDENTIALS, workload identity, or the machine's service account",
    },
    async *list() {
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
        pageToken = (next as NextPage)?.pageToken;
      } while (pageToken !== undefined);
    },
    async read({ name, version }, { from, to }) {
      const file = bucket.file(name, { generation: version });
      return file.createReadStream({ start: from, end: to - 1, decompress: false, validation: false });
    },
    refusalOf: gcsRefusal,
    async guards() {
      try {
        const [metadata] = await bucket.getMetadata();
        const rules = (metadata.lifecycle?.rule ?? []).filter(({ action }) => action?.type === "Delete");
        const days = rules.flatMap(({ condition }) => condition?.age ?? []);
        const locked = metadata.retentionPolicy !== undefined || metadata.objectRetention?.mode === "Enabled";
        return [
          guardFinding(metadata.versioning?.enabled === true, locked),
          lifecycleFinding(days.length === 0 ? undefined : Math.min(...days)),
        ];
      } catch {
        return [unknownGuards("storage.buckets.get")];
      }
    },
    close: () => {},
  };
}

function gcsRefusal(error: unknown): StoreRefusal {
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
