import { startAzureServer } from "../../../src/simulate/azure-server.ts";
import { startGcsServer } from "../../../src/simulate/gcs-server.ts";
import type { LoopbackServer } from "../../../src/simulate/loopback-server.ts";
import { ObjectStore } from "../../../src/simulate/object-store.ts";
import { startS3Server } from "../../../src/simulate/s3-server.ts";
import { bucketKind } from "../../../src/source/bucket/kind.ts";
import type { Source } from "../../../src/source/source.ts";
import { seeded, type TestClock, testClock } from "../wandb-api/reading.ts";

/** What is invented for the stand-ins: they look at none of it. */
const stores = {
  s3: {
    start: startS3Server,
    config: {
      url: "s3://logs/wandb-audit-logs",
      access_key_id: "id",
      secret_access_key: "secret-0123456789",
    },
    path: "",
  },
  gs: { start: startGcsServer, config: { url: "gs://logs/wandb-audit-logs" }, path: "" },
  az: {
    start: startAzureServer,
    config: { url: "az://acme/logs/wandb-audit-logs", account_key: "c2VjcmV0LTAxMjM0NTY3ODk=" },
    path: "/acme",
  },
} as const;
export type Scheme = keyof typeof stores;
export const schemes = Object.keys(stores) as Scheme[];

/** A stand-in store, and sources that read it. */
export interface Bucket {
  readonly store: ObjectStore;
  readonly server: LoopbackServer;
  readonly clock: TestClock;
  source(changes?: Record<string, unknown>): Source;
  close(): Promise<void>;
}

export async function bucket(scheme: Scheme): Promise<Bucket> {
  const { start, config, path } = stores[scheme];
  const store = new ObjectStore();
  const server = await start(store);
  const clock = testClock();
  const sources: Source[] = [];
  return {
    store,
    server,
    clock,
    source(changes = {}) {
      const given = { name: "archive", type: "bucket", instance: "test", endpoint: server.url + path };
      const parsed = bucketKind.schema.parse({ ...given, ...config, ...changes });
      const made = bucketKind.create(parsed, {
        ...{ clock, agent: { name: "test", version: "1" }, environment: {}, random: seeded(2) },
      });
      sources.push(made);
      return made;
    },
    async close() {
      for (const source of sources) await source.close();
      await server.close();
    },
  };
}
