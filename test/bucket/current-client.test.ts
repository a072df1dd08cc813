import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { BucketAccess } from "../../src/bucket/bucket-keys.ts";
import { CurrentClient } from "../../src/bucket/current-client.ts";
import { Secret } from "../../src/secret/secret.ts";

const access = (reveal: () => string): BucketAccess => {
  const secret = new Secret("first");
  secret.reveal = reveal;
  const url = { store: "s3", account: "", bucket: "b", prefix: "" } as const;
  return { url, secret_access_key: secret };
};

it("makes another client when a secret has changed, closes the one before, and tries again after a failure", async () => {
  let value = "first";
  let fails = true;
  const closed: string[] = [];
  const clients = new CurrentClient(
    access(() => value),
    async () => {
      const made = value;
      if (fails) throw new Error("none");
      return { made, close: () => void closed.push(made) };
    },
  );
  await expect(clients.current()).rejects.toThrow("none");
  fails = false;
  const first = await clients.current();
  expect(await clients.current()).toBe(first);
  value = "second";
  expect((await clients.current()).made).toBe("second");
  expect(closed).toEqual(["first"]);
  clients.close();
  clients.close();
  await Promise.resolve();
  expect(closed).toEqual(["first", "second"]);
});

it("makes another client when the key file has changed, and keeps the one there is while it cannot be used", async () => {
  const folder = mkdtempSync(join(tmpdir(), "current-client-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "key.json");
  const write = (audience: string) =>
    writeFileSync(file, JSON.stringify({ type: "external_account", audience }));
  let made = 0;
  const url = { store: "gs", account: "", bucket: "b", prefix: "" } as const;
  const clients = new CurrentClient({ url, key_file: file } as BucketAccess, async () => ({
    made: ++made,
    close: () => {},
  }));
  await expect(clients.current()).rejects.toThrow("cannot be read");
  write("one");
  expect((await clients.current()).made).toBe(1);
  writeFileSync(file, "{ half");
  expect((await clients.current()).made).toBe(1);
  write("one");
  expect((await clients.current()).made).toBe(1);
  write("another");
  expect((await clients.current()).made).toBe(2);
});
