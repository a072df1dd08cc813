import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { StoreFault } from "../../../src/simulate/object-store.ts";
import { failure, Keeper, line, noon, today } from "../wandb-api/reading.ts";
import { bucket, type Scheme, schemes } from "./reading-buckets.ts";

const folder = "wandb-audit-logs";

async function testBucket(scheme: Scheme, finished = onTestFinished) {
  const made = await bucket(scheme);
  finished(() => made.close());
  return made;
}

type Fault = readonly [StoreFault, string, string];

const faultsOf = (scheme: Scheme): readonly Fault[] => [
  [
    "list_denied",
    "forbidden",
    { s3: "s3:ListBucket", gs: "storage.objects.list", az: "signature with l" }[scheme],
  ],
  ["read_denied", "forbidden", { s3: "s3:GetObject", gs: "storage.objects.get", az: "blobs/read" }[scheme]],
  ["unauthorized", "unauthorized", { s3: "access_key_id", gs: "key_file", az: "account_key" }[scheme]],
  ["no_bucket", "not_found", "correct url"],
  ["slow_down", "rate_limited", "poll_interval"],
  ["server_error", "server_error", "the store's own"],
  ...(scheme === "az" ? [] : [["decrypt_denied", "forbidden", "kms:Decrypt"] as const]),
];

/** At the same time: the vendors' SDKs wait for seconds before they try again. */
it.concurrent.for(schemes.flatMap((scheme) => faultsOf(scheme).map((fault) => [scheme, ...fault] as const)))(
  "a bucket of %s that answers %s is told as %s, with what is missing",
  async ([scheme, fault, reason, fix], { expect, onTestFinished }) => {
    const { store, source, clock } = await testBucket(scheme, onTestFinished);
    store.put(`${folder}/day`, `${line(today, 1)}\n`, noon);
    store.fault = fault;
    const made = source();
    const keeper = new Keeper(made);
    expect(await failure(keeper.poll())).toMatchObject({ reason, fix: expect.stringContaining(fix) });
    const [found] = await made.probe(new AbortController().signal).then((all) => all.slice(-1));
    expect(found).toMatchObject({ level: "problem", text: expect.stringContaining(reason) });
    store.fault = undefined;
    clock.at += 1000;
    expect(await keeper.poll()).toHaveLength(1);
  },
);

it("a key file that cannot be used is told as that, and found mended by the next read", async () => {
  const { store, source, clock } = await testBucket("gs");
  const folderOfKey = mkdtempSync(join(tmpdir(), "bucket-key-"));
  onTestFinished(() => rmSync(folderOfKey, { recursive: true }));
  const key_file = join(folderOfKey, "key.json");
  writeFileSync(key_file, '{"client_email":"a@b.example","private_key":"a-canary"}');
  store.put(`${folder}/day`, `${line(today, 1)}\n`, noon);
  const made = source({ key_file });
  const keeper = new Keeper(made);
  const failed = await failure(keeper.poll());
  expect(failed).toMatchObject({ reason: "unauthorized", fix: expect.stringContaining("key_file") });
  expect(failed.message).toContain("private_key is none");
  const [found] = await made.probe(new AbortController().signal).then((all) => all.slice(-1));
  expect(found).toMatchObject({ level: "problem", text: expect.stringContaining("unauthorized") });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const private_key = privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(key_file, JSON.stringify({ client_email: "a@b.example", private_key }));
  clock.at += 1000;
  expect(await keeper.poll()).toHaveLength(1);
});

describe.each(schemes)("a bucket of %s", (scheme) => {
  it("is listed page after page, in folders below folders, with any names, and no other prefix", async () => {
    const { store, source } = await testBucket(scheme);
    store.pageSize = 7;
    const names = ["a b.json", "a+b", "a%2Fb.json", "é/日/😀.ndjson", "2026/08/20", "x&<>'\"y", "?q=1#h"];
    const lines = [...names, ...Array.from({ length: 20 }, (_, at) => `day-${at}`)].map((name, at) => {
      store.put(`${folder}/${name}`, `${line(today, at)}\n`, noon + at);
      return line(today, at);
    });
    store.put(`${folder}/empty/`, "", noon);
    store.put(`${folder}-old/day`, `${line(today, 99)}\n`, noon);
    store.put("other", `${line(today, 98)}\n`, noon);
    const keeper = new Keeper(source());
    await keeper.poll();
    expect(keeper.lines).toEqual(lines.sort());
    expect(store.asked.filter((asked) => asked === "list")).toHaveLength(4);
  });

  it("reads of an object that grows only what is new, and a whole one when its beginning is another", async () => {
    const { store, source } = await testBucket(scheme);
    const lines = Array.from({ length: 10_000 }, (_, at) => line(today, at * 4, { note: "x".repeat(500) }));
    const text = (all: readonly string[]) => all.map((each) => `${each}\n`).join("");
    const name = `${folder}/day`;
    store.put(name, text(lines), noon);
    const keeper = new Keeper(source());
    await keeper.poll();
    const { length } = text(lines);
    expect(store.asked).toEqual(["list", `read ${name} 0-${length}`]);
    store.asked.length = 0;
    const more = [...lines, lines.at(-1) as string, line(today, 41_000)];
    store.put(name, text(more), noon + 1);
    keeper.source = source();
    expect(await keeper.poll()).toHaveLength(2);
    const spans = store.asked
      .slice(1)
      .map((asked) => (/ (\d+)-(\d+)$/.exec(asked) ?? []).slice(1).map(Number));
    expect(spans).toHaveLength(3);
    const [from = 0, to = 0] = spans.at(-1) ?? [];
    expect([from > length / 2, to]).toEqual([true, text(more).length]);
    store.put(name, text([line(today, 3), ...more]), noon + 2);
    expect(await keeper.poll()).toHaveLength(1);
    expect(store.asked.at(-1)).toContain(`${name} 0-`);
  });

  it.each(["list_circles", ...(scheme === "s3" ? ["list_unnamed" as const] : [])] as const)(
    "whose list does not lead on (%s) is not taken for all that is there",
    async (fault) => {
      const { store, source, clock } = await testBucket(scheme);
      store.pageSize = 2;
      for (let at = 0; at < 5; at += 1) store.put(`${folder}/day-${at}`, `${line(today, at)}\n`, noon);
      store.fault = fault;
      const keeper = new Keeper(source());
      expect(await failure(keeper.poll())).toMatchObject({
        reason: "bad_answer",
        fix: expect.stringContaining("endpoint"),
      });
      store.fault = undefined;
      clock.at += 1000;
      expect(await keeper.poll()).toHaveLength(5);
    },
  );

  it("that is cut within an object fails the read, and the next one has the rest", async () => {
    const { store, source } = await testBucket(scheme);
    const lines = Array.from({ length: 3000 }, (_, at) => line(today, at, { note: "x".repeat(200) }));
    store.put(`${folder}/day`, lines.map((each) => `${each}\n`).join(""), noon);
    store.fault = "cut";
    const keeper = new Keeper(source());
    const error = await failure(keeper.poll());
    if (error.reason !== undefined) expect(error.reason).toMatch(/cut_body|connect/);
    await keeper.poll();
    expect(keeper.lines).toEqual(lines.sort());
  });

  it("shows in check what is there, and what keeps it", async () => {
    const { store, source } = await testBucket(scheme);
    const made = source();
    const probe = () => made.probe(new AbortController().signal);
    expect(await probe()).toMatchObject(
      [{ level: "warning", text: "no object is there" }, {}, {}].slice(0, scheme === "az" ? 2 : 3),
    );
    store.put(`${folder}/day`, `${line(today, 1)}\n`, noon);
    const findings = await probe();
    expect(findings.map(({ text }) => text).join("\n")).toMatch(
      /1 object, 135 B.*\n.*day holds 1 entry.*\n.*versioning is (on|off)/,
    );
  });
});

it("shows no secret in what goes wrong", async () => {
  const { store, source } = await testBucket("s3");
  store.fault = "unauthorized";
  const said = JSON.stringify(await failure(new Keeper(source()).poll()));
  expect(said).not.toContain("secret-0123456789");
});
