import { createHash, randomUUID } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketArchive } from "../../src/archive/bucket/bucket-archive.ts";
import { proveLock } from "../../src/archive/bucket/prove-lock.ts";
import type { Retention } from "../../src/archive/bucket/retention.ts";
import type { BucketAccess } from "../../src/bucket/bucket-keys.ts";
import { bucketPlaceOf } from "../../src/bucket/bucket-place.ts";
import { Secret } from "../../src/secret/secret.ts";
import { type RealStore, type RunningStore, startStoreServer, storeIsHere, whyNoStore } from "./stores.ts";

const never = new AbortController().signal;
const root = { id: "test-access-key", secret: "test-secret-key" };
const azure = { account: "testaccount", key: "dGVzdC1rZXktZm9yLWxvb3BiYWNrLW9ubHk=" };
const unkept: Retention = { retain: undefined, lock: "compliance", legalHold: false };
const hour: Retention = { ...unkept, retain: { years: 0, ms: 3_600_000 } };

const s3Client = (port: number) =>
  new S3Client({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", forcePathStyle: true },
    credentials: { accessKeyId: root.id, secretAccessKey: root.secret },
  });

/** Makes a bucket in a running store, in S3 with Object Lock. */
const makers: Readonly<Record<RealStore, (store: RunningStore) => Promise<BucketAccess>>> = {
  async s3({ port }) {
    const client = s3Client(port);
    await client.send(new CreateBucketCommand({ Bucket: "logs", ObjectLockEnabledForBucket: true }));
    await client.send(new CreateBucketCommand({ Bucket: "open" }));
    return {
      ...{ url: placeOf("s3://logs/audit"), endpoint: new URL(`http://127.0.0.1:${port}`) },
      ...{ access_key_id: root.id, secret_access_key: new Secret(root.secret) },
    };
  },
  async gcs({ port }) {
    const endpoint = `http://127.0.0.1:${port}`;
    await new Storage({ apiEndpoint: endpoint, projectId: "test" }).bucket("logs").create();
    return { url: placeOf("gs://logs/audit"), endpoint: new URL(endpoint) };
  },
  async azure({ port }) {
    const endpoint = `http://127.0.0.1:${port}/${azure.account}`;
    const credential = new StorageSharedKeyCredential(azure.account, azure.key);
    await new BlobServiceClient(endpoint, credential).getContainerClient("logs").create();
    return {
      url: placeOf(`az://${azure.account}/logs/audit`),
      ...{ endpoint: new URL(endpoint), account_key: new Secret(azure.key) },
    };
  },
};

function placeOf(text: string) {
  const place = bucketPlaceOf(text);
  if (place === undefined) throw new Error(`${text} is no bucket`);
  return place;
}

const archive = (access: BucketAccess, retention = unkept) =>
  bucketArchive({ access, retention, environment: {}, now: Date.now });

for (const store of ["s3", "gcs", "azure"] as const)
  describe.skipIf(!storeIsHere(store))(`an archive in a real ${store} server (${whyNoStore(store)})`, () => {
    let server: RunningStore;
    let access: BucketAccess;
    beforeAll(async () => {
      server = await startStoreServer(store);
      access = await makers[store](server);
    }, 60_000);
    afterAll(() => server?.close());

    it("stores a file once, whoever comes second, and shows it whole", { timeout: 60_000 }, async () => {
      const name = "year=2026/month=08/day=01/日 a+b.ndjson";
      const mine = archive(access);
      const findings = await mine.findings(never);
      expect(findings[0]?.text).toContain("can be listed and stored");
      expect(await mine.read(name, never)).toBeUndefined();
      const bytes = Buffer.alloc(300_000, "x");
      expect(await mine.put(name, bytes, never)).toBe("stored");
      expect(await mine.put(name, bytes, never)).toBe("stored");
      expect(await mine.put(name, Buffer.from("other"), never)).toBe("exists");
      expect(await mine.read(name, never)).toEqual(bytes);
      const many = await Promise.all(
        Array.from({ length: 8 }, (_, n) => mine.put("many", Buffer.from(`${n % 2}`.repeat(99)), never)),
      );
      const there = (await mine.read("many", never))?.toString()[0];
      expect(many).toEqual(many.map((_, n) => (`${n % 2}` === there ? "stored" : "exists")));
      const found = [];
      for await (const file of mine.list("year=2026/", never)) found.push(file);
      expect(found).toEqual([{ name, size: bytes.length, changedAt: expect.any(Number) }]);
      expect(Math.abs((found[0]?.changedAt ?? 0) - Date.now())).toBeLessThan(3_600_000);
      expect((await mine.findings(never))[0]?.text).toContain("never overwritten");
      await mine.close();
      await mine.close();
    });
  });

describe.skipIf(!storeIsHere("s3"))(`a lock of a real s3 server (${whyNoStore("s3")})`, () => {
  let server: RunningStore;
  let access: BucketAccess;
  beforeAll(async () => {
    server = await startStoreServer("s3");
    access = await makers.s3(server);
  }, 60_000);
  afterAll(() => server?.close());

  it("keeps a file from being removed, and a marker over it hides it without harm", async () => {
    const client = s3Client(server.port);
    const object = { Bucket: "logs", Key: "audit/locked" };
    expect(await archive(access, { ...hour, legalHold: true }).put("locked", Buffer.from("one"), never)).toBe(
      "stored",
    );
    const head = await client.send(new HeadObjectCommand(object));
    expect([head.ObjectLockMode, head.ObjectLockLegalHoldStatus]).toEqual(["COMPLIANCE", "ON"]);
    expect(head.Metadata?.sha256).toBe(createHash("sha256").update("one").digest("hex"));
    await expect(
      client.send(new DeleteObjectCommand({ ...object, VersionId: head.VersionId })),
    ).rejects.toThrow();
    await client.send(new DeleteObjectCommand(object));
    const { Versions, DeleteMarkers } = await client.send(
      new ListObjectVersionsCommand({ Bucket: "logs", Prefix: object.Key }),
    );
    expect([Versions?.length, DeleteMarkers?.length]).toEqual([1, 1]);
  });

  it("is proven by trying to remove what has it, beside what has none", async () => {
    const options = { access, remover: undefined, retention: hour, environment: {}, now: Date.now };
    expect(await proveLock({ ...options, guid: randomUUID }, never)).toMatchObject([
      { level: "ok", text: expect.stringContaining("one without a lock can") },
    ]);
  });

  it("is given to a file of ours that has none", async () => {
    expect(await archive(access).put("later", Buffer.from("one"), never)).toBe("stored");
    expect(await archive(access, hour).put("later", Buffer.from("one"), never)).toBe("stored");
    const head = await s3Client(server.port).send(
      new HeadObjectCommand({ Bucket: "logs", Key: "audit/later" }),
    );
    expect(head.ObjectLockMode).toBe("COMPLIANCE");
  });

  it("of a bucket without one is told to a person", async () => {
    const open = archive({ ...access, url: placeOf("s3://open/audit") }, hour);
    await expect(open.put("a", Buffer.from("one"), never)).rejects.toMatchObject({
      ...{ reason: "configuration", hold: true, fix: expect.stringContaining("Object Lock") },
    });
    expect((await open.findings(never)).at(-1)).toMatchObject({ level: "problem" });
  });

  it("says which right is missing, which credentials are wrong, and which bucket is none", async () => {
    const put = (changes: Partial<BucketAccess>) =>
      archive({ ...access, ...changes }).put("x", Buffer.from("x"), never);
    await expect(put({ secret_access_key: new Secret("wrong-secret") })).rejects.toMatchObject({
      ...{ reason: "unauthorized", hold: true },
    });
    await expect(put({ url: placeOf("s3://none/audit") })).rejects.toMatchObject({
      ...{ reason: "not_found", hold: true },
    });
    await expect(put({ endpoint: new URL("http://127.0.0.1:1") })).rejects.toMatchObject({
      reason: "connect",
    });
    await expect(
      archive(access).put("x", Buffer.from("x"), AbortSignal.abort(new Error("over"))),
    ).rejects.toThrow("over");
  });
});

for (const store of ["gcs", "azure"] as const)
  describe.skipIf(!storeIsHere(store))(
    `a real ${store} server that drops locks (${whyNoStore(store)})`,
    () => {
      it("is found out, and no file counts as stored", { timeout: 60_000 }, async () => {
        const server = await startStoreServer(store);
        try {
          const access = await makers[store](server);
          // The first keeps a retention and drops a hold, the second drops both.
          const mine = archive(access, store === "gcs" ? { ...hour, legalHold: true } : hour);
          await expect(mine.put("a", Buffer.from("one"), never)).rejects.toMatchObject({
            ...{ reason: "configuration", hold: true, fix: expect.stringContaining("switch on") },
          });
          expect((await mine.findings(never)).at(-1)).toMatchObject({ level: "problem" });
        } finally {
          await server.close();
        }
      });
    },
  );
