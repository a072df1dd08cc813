import { execFileSync } from "node:child_process";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketKind } from "../../src/source/bucket/kind.ts";
import { systemClock } from "../../src/time/clock.ts";
import { failure, Keeper, line, today } from "../source/wandb-api/reading.ts";
import {
  type RealStore,
  type RunningStore,
  startStoreServer,
  storeBinary,
  storeIsHere,
  whyNoStore,
} from "./stores.ts";

const folder = "wandb-audit-logs";
const odd = ["a b.json", "a+b.json", "a%2Fb.json", "é.json", "日/😀.json"];
const root = { access_key_id: "test-access-key", secret_access_key: "test-secret-key" };
const azure = { account: "testaccount", key: "dGVzdC1rZXktZm9yLWxvb3BiYWNrLW9ubHk=" };

interface Writer {
  readonly config: Record<string, unknown>;
  put(name: string, body: string | Buffer): Promise<void>;
}

/** Makes a bucket in a running store. */
const writers: Readonly<Record<RealStore, (store: RunningStore) => Promise<Writer>>> = {
  async s3({ port }) {
    const endpoint = `http://127.0.0.1:${port}`;
    const credentials = { accessKeyId: root.access_key_id, secretAccessKey: root.secret_access_key };
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: "logs" }));
    return {
      config: { url: `s3://logs/${folder}`, endpoint, ...root },
      put: async (Key, Body) => void (await client.send(new PutObjectCommand({ Bucket: "logs", Key, Body }))),
    };
  },
  async gcs({ port }) {
    const endpoint = `http://127.0.0.1:${port}`;
    const bucket = new Storage({ apiEndpoint: endpoint, projectId: "test" }).bucket("logs");
    await bucket.create();
    return {
      config: { url: `gs://logs/${folder}`, endpoint },
      put: (name, body) => bucket.file(name).save(body, { resumable: false, validation: false }),
    };
  },
  async azure({ port }) {
    const endpoint = `http://127.0.0.1:${port}/${azure.account}`;
    const credential = new StorageSharedKeyCredential(azure.account, azure.key);
    const container = new BlobServiceClient(endpoint, credential).getContainerClient("logs");
    await container.create();
    return {
      config: { url: `az://${azure.account}/logs/${folder}`, endpoint, account_key: azure.key },
      put: async (name, body) =>
        void (await container.getBlockBlobClient(name).upload(body, Buffer.byteLength(body))),
    };
  },
};

function keeperOf(config: Record<string, unknown>): Keeper {
  const parsed = bucketKind.schema.parse({
    name: "b",
    type: "bucket",
    instance: "test",
    start: "2017-01-01",
    ...config,
  });
  const context = { clock: systemClock, agent: { name: "test", version: "1" }, environment: {} };
  return new Keeper(bucketKind.create(parsed, { ...context, random: () => 0.5 }));
}

for (const store of ["s3", "gcs", "azure"] as const)
  describe.skipIf(!storeIsHere(store))(`a bucket in a real ${store} server (${whyNoStore(store)})`, () => {
    let server: RunningStore;
    let writer: Writer;
    beforeAll(async () => {
      server = await startStoreServer(store);
      writer = await writers[store](server);
    }, 60_000);
    afterAll(() => server?.close());

    it("is read page after page, whatever the names, packed or not, and nothing twice", {
      timeout: 120_000,
    }, async () => {
      const names = [
        ...odd,
        ...Array.from({ length: 1200 }, (_, at) => `2026/${String(at).padStart(5, "0")}.json`),
      ];
      const lines = names.map((_, at) => line(today, at));
      for (let at = 0; at < names.length; at += 40)
        await Promise.all(
          names.slice(at, at + 40).map((name, index) => {
            const text = `${lines[at + index]}\n`;
            const pack = [Buffer.from, gzipSync, zstdCompressSync][(at + index) % 3] as (
              text: string,
            ) => Buffer;
            return writer.put(`${folder}/${name}`, pack(text));
          }),
        );
      await writer.put(`${folder}/empty/`, "");
      await writer.put(`${folder}-old/x.json`, `${line(today, 70_000)}\n`);
      const keeper = keeperOf(writer.config);
      for (let reads = 0; reads < 1500 && keeper.dones.at(-1)?.caughtUp !== true; reads++)
        await keeper.read();
      expect(keeper.lines).toEqual(lines.sort());
      keeper.source = keeperOf(writer.config).source;
      expect(await keeper.poll()).toEqual([]);
    });

    it("shows what is new of an object that grows, is written anew, shrinks", {
      timeout: 60_000,
    }, async () => {
      const config = { ...writer.config, url: `${writer.config.url}`.replace(folder, "growing") };
      const lines = Array.from({ length: 6000 }, (_, at) => line(today, at * 8, { note: "x".repeat(700) }));
      const text = (all: readonly string[]) => all.map((each) => `${each}\n`).join("");
      await writer.put("growing/day", text(lines));
      const keeper = keeperOf(config);
      await keeper.poll();
      await writer.put("growing/day", text([...lines, lines.at(-1) as string, line(today, 50_000)]));
      expect(await keeper.poll()).toHaveLength(2);
      await writer.put("growing/day", text([line(today, 3), ...lines]));
      expect(await keeper.poll()).toHaveLength(1);
      await writer.put("growing/day", text(lines.slice(0, 10)));
      expect(await keeper.poll()).toEqual([]);
      expect(keeper.notices.some((notice) => notice.includes("growing/day shrank"))).toBe(true);
    });
  });

describe.skipIf(!storeIsHere("s3"))(`accounts of a real s3 server (${whyNoStore("s3")})`, () => {
  it("that may not read, may not list, or are not known, are told what is missing", {
    timeout: 60_000,
  }, async () => {
    const server = await startStoreServer("s3");
    try {
      const writer = await writers.s3(server);
      await writer.put(`${folder}/day`, `${line(today, 1)}\n`);
      const endpoint = `http://127.0.0.1:${server.port}`;
      const admin = ["admin", "-a", root.access_key_id, "-s", root.secret_access_key, "-er", endpoint];
      const user = ["create-user", "-a", "reader", "-s", "reader-secret-key", "-r", "user"];
      execFileSync(storeBinary("s3"), [...admin, ...user]);
      const credentials = { accessKeyId: root.access_key_id, secretAccessKey: root.secret_access_key };
      const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
      const allow = async (Action: string, Resource: string) => {
        const Statement = [
          { Effect: "Allow", Principal: { AWS: ["reader"] }, Action: [Action], Resource: [Resource] },
        ];
        const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
        await client.send(new PutBucketPolicyCommand({ Bucket: "logs", Policy }));
      };
      const reader = { access_key_id: "reader", secret_access_key: "reader-secret-key" };
      const asked = (keys: Record<string, unknown>) =>
        failure(keeperOf({ ...writer.config, ...keys }).poll());
      await allow("s3:GetObject", "arn:aws:s3:::logs/*");
      expect(await asked(reader)).toMatchObject({
        reason: "forbidden",
        fix: "allow s3:ListBucket on arn:aws:s3:::logs",
      });
      await allow("s3:ListBucket", "arn:aws:s3:::logs");
      expect(await asked(reader)).toMatchObject({
        reason: "forbidden",
        fix: `allow s3:GetObject on arn:aws:s3:::logs/${folder}/*`,
      });
      expect(await asked({ access_key_id: "nobody" })).toMatchObject({ reason: "unauthorized" });
      expect(await asked({ secret_access_key: "another-secret" })).toMatchObject({ reason: "unauthorized" });
      expect(await asked({ url: "s3://none/logs" })).toMatchObject({ reason: "not_found" });
    } finally {
      await server.close();
    }
  });
});
