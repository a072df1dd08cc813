import { randomUUID } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StoreError } from "../../../src/archive/archive-store.ts";
import { directoryArchive } from "../../../src/archive/directory/directory-archive.ts";
import { archiveStoreContract } from "../../contract/archive-store-contract.ts";

const never = new AbortController().signal;
const name = "year=2026/month=08/day=01/a.ndjson";
let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "archive-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));
const archive = () => directoryArchive({ directory: place, now: Date.now, guid: randomUUID });
const listed = async (prefix = "") => {
  const names: string[] = [];
  for await (const file of archive().list(prefix, never)) names.push(file.name);
  return names.sort();
};

archiveStoreContract(
  "a directory",
  async () => {
    const own = mkdtempSync(join(tmpdir(), "archive-contract-"));
    return {
      store: directoryArchive({ directory: own, now: Date.now, guid: randomUUID }),
      close: async () => rmSync(own, { recursive: true, force: true }),
    };
  },
  { runs: 20 },
);

it("stores a file whole and never over another, for its owner to read and nobody to write", async () => {
  const bytes = Buffer.from("one");
  expect(await archive().put(name, bytes, never)).toBe("stored");
  expect(await archive().put(name, bytes, never)).toBe("stored");
  expect(await archive().put(name, Buffer.from("two"), never)).toBe("exists");
  expect(readFileSync(join(place, name), "utf8")).toBe("one");
  expect([statSync(join(place, name)).mode & 0o777, statSync(join(place, "year=2026")).mode & 0o777]).toEqual(
    [0o440, 0o750],
  );
  expect(await archive().read(name, never)).toEqual(bytes);
  expect(await archive().read("year=2026/none", never)).toBeUndefined();
  expect(readdirSync(join(place, "year=2026/month=08/day=01"))).toEqual(["a.ndjson"]);
});

it("makes the folder of a day again that somebody removed, and follows no link in its place", async () => {
  const store = archive();
  const day = join(place, "year=2026/month=08/day=01");
  await store.put(name, Buffer.from("one"), never);
  rmSync(day, { recursive: true });
  expect(await store.put(name, Buffer.from("two"), never)).toBe("stored");
  expect(readFileSync(join(place, name), "utf8")).toBe("two");
  const other = mkdtempSync(join(tmpdir(), "archive-other-"));
  rmSync(day, { recursive: true });
  symlinkSync(other, day);
  await expect(store.put(name, Buffer.from("three"), never)).rejects.toMatchObject({ hold: true });
  expect(readdirSync(other)).toEqual([]);
  rmSync(other, { recursive: true });
});

it("of many that come at once with other bytes, one is there, and all others are told", async () => {
  const puts = Array.from({ length: 12 }, (_, n) =>
    archive().put(name, Buffer.from(`${n % 3}`.repeat(5000)), never),
  );
  const results = await Promise.all(puts);
  const there = readFileSync(join(place, name), "utf8");
  expect(results).toEqual(
    Array.from({ length: 12 }, (_, n) => (`${n % 3}` === there[0] ? "stored" : "exists")),
  );
  expect(there.length).toBe(5000);
});

it("lists what begins so, nothing that is hidden or unfinished, and follows no link", async () => {
  for (const each of [name, "year=2026/month=09/day=01/b", "manifests/000000.json"])
    await archive().put(each, Buffer.from("x"), never);
  writeFileSync(join(place, "year=2026/.unfinished-1"), "x");
  symlinkSync("/etc/passwd", join(place, "year=2026/link"));
  symlinkSync("/etc", join(place, "etc"));
  // Links are shown, because nobody may put them there unseen, and lead nowhere.
  expect(await listed()).toEqual([
    ...["etc", "manifests/000000.json", "year=2026/link", name, "year=2026/month=09/day=01/b"],
  ]);
  expect(await listed("year=2026/month=09/")).toEqual(["year=2026/month=09/day=01/b"]);
  expect(await listed("year=2026/month=0")).toHaveLength(2);
  expect(await archive().read("etc/passwd", never)).toBeUndefined();
  expect(await listed("none/")).toEqual([]);
  expect(await archive().read("year=2026/link", never)).toBeUndefined();
});

it.each(["../out", "a/../../out", "/etc/passwd", "a//b", "", "."])("%s leads nowhere", async (outside) => {
  expect(await archive().read(outside, never)).toBeUndefined();
  await expect(archive().put(outside, Buffer.from("x"), never)).rejects.toMatchObject({
    reason: "configuration",
  });
});

it("stores nothing behind a link, and says who has to look", async () => {
  mkdirSync(join(place, "elsewhere"));
  symlinkSync(join(place, "elsewhere"), join(place, "manifests"));
  await expect(archive().put("manifests/000000.json", Buffer.from("x"), never)).rejects.toMatchObject({
    ...{ reason: "configuration", hold: true, message: expect.stringContaining("through a link") },
  });
  expect(readdirSync(join(place, "elsewhere"))).toEqual([]);
});

it("removes what a process left that died, and not what one is about to store", async () => {
  const folder = join(place, "manifests");
  mkdirSync(folder);
  for (const each of [".unfinished-old", ".unfinished-new", ".other"]) writeFileSync(join(folder, each), "x");
  const yesterday = Date.now() / 1000 - 2 * 86_400;
  utimesSync(join(folder, ".unfinished-old"), yesterday, yesterday);
  await archive().put("manifests/000000.json", Buffer.from("x"), never);
  expect(readdirSync(folder).sort()).toEqual([".other", ".unfinished-new", "000000.json"]);
});

it("is never made by itself, and says what is wrong with its place", async () => {
  const put = (directory: string) =>
    directoryArchive({ directory, now: Date.now, guid: randomUUID })
      .put(name, Buffer.from("x"), never)
      .catch((error: StoreError) => error);
  expect(await put(join(place, "none"))).toMatchObject({ reason: "not_found", hold: true });
  writeFileSync(join(place, "file"), "x");
  expect(await put(join(place, "file"))).toMatchObject({ reason: "configuration", hold: true });
  chmodSync(place, 0o777);
  expect(await put(place)).toMatchObject({
    reason: "configuration",
    fix: expect.stringContaining("chmod o-w"),
  });
  const [finding] = await archive().findings(never);
  expect(finding).toMatchObject({ level: "problem", text: expect.stringContaining("every user may write") });
});

it("can be checked and leaves nothing", async () => {
  expect((await archive().findings(never)).map(({ level }) => level)).toEqual(["ok", "warning"]);
  expect(readdirSync(place)).toEqual([]);
});

it("advises manifests only where there are none", async () => {
  const [, without] = await archive().findings(never);
  expect(without).toMatchObject({
    text: expect.stringContaining("nothing shows it afterwards"),
    fix: expect.stringMatching(/^attest: true makes manifests/),
  });
  const attested = directoryArchive({ directory: place, now: Date.now, guid: randomUUID, attested: true });
  const [, withThem] = await attested.findings(never);
  expect(withThem).toMatchObject({
    text: expect.stringContaining("the manifests show it afterwards"),
    fix: expect.stringMatching(/^to prevent it, store to a bucket/),
  });
});

it("ends when it should, with the reason for that", async () => {
  const stop = AbortSignal.abort(new DOMException("no time", "TimeoutError"));
  await expect(archive().put(name, Buffer.from("x"), stop)).rejects.toThrow("no time");
  await expect(archive().read(name, stop)).rejects.toThrow("no time");
});
