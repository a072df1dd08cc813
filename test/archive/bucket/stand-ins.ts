import { bucketArchive } from "../../../src/archive/bucket/bucket-archive.ts";
import type { Retention } from "../../../src/archive/bucket/retention.ts";
import type { BucketAccess } from "../../../src/bucket/bucket-keys.ts";
import { bucketPlaceOf } from "../../../src/bucket/bucket-place.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { startAzureServer } from "../../../src/simulate/azure-server.ts";
import { startGcsServer } from "../../../src/simulate/gcs-server.ts";
import { ObjectStore } from "../../../src/simulate/object-store.ts";
import { startS3Server } from "../../../src/simulate/s3-server.ts";

/** What is invented for the stand-ins: they look at none of it. */
const stores = {
  s3: {
    ...{ start: startS3Server, url: "s3://logs/audit", path: "" },
    keys: { access_key_id: "id", secret_access_key: new Secret("secret-0123456789") },
  },
  gs: { ...{ start: startGcsServer, url: "gs://logs/audit", path: "" }, keys: {} },
  az: {
    ...{ start: startAzureServer, url: "az://acme/logs/audit", path: "/acme" },
    keys: { account_key: new Secret("c2VjcmV0LTAxMjM0NTY3ODk=") },
  },
} as const;
export type Scheme = keyof typeof stores;
export const schemes = Object.keys(stores) as Scheme[];
export const unkept: Retention = { retain: undefined, lock: "compliance", legalHold: false };

/** A stand-in store, and archives in it. */
export async function standIn(scheme: Scheme) {
  const { start, url, path, keys } = stores[scheme];
  const store = new ObjectStore();
  const server = await start(store);
  const place = bucketPlaceOf(url);
  if (place === undefined) throw new Error(`${url} is no bucket`);
  const access: BucketAccess = { ...keys, url: place, endpoint: new URL(server.url + path) };
  return {
    store,
    access,
    archive: (retention = unkept) => bucketArchive({ access, retention, environment: {}, now: Date.now }),
    close: () => server.close(),
  };
}
