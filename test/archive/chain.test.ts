import { generateKeyPairSync, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { ArchiveView } from "../../src/archive/archive-view.ts";
import { checkChain } from "../../src/archive/chain.ts";
import {
  fingerprintOf,
  type Manifest,
  manifestName,
  readManifest,
  signedText,
} from "../../src/archive/manifest.ts";
import { sha256 } from "../../src/archive/sha256.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const key = fingerprintOf(publicKey);
const never = new AbortController().signal;

/** An archive in memory. */
class Archive implements ArchiveView {
  readonly files = new Map<string, string>();
  readonly #key: KeyObject;
  changedAt = 0;

  constructor(signing = privateKey) {
    this.#key = signing;
  }

  async *list() {
    for (const [name, text] of this.files)
      yield { name, size: Buffer.byteLength(text), changedAt: this.changedAt };
  }

  async read(name: string) {
    const text = this.files.get(name);
    return text === undefined ? undefined : Buffer.from(text);
  }

  /** One more day with two files. */
  add(changes: Partial<Manifest> = {}): string {
    const all = [...this.files.keys()].filter((name) => name.startsWith("manifests/")).sort();
    const number = all.length;
    const date = `2026-08-${String(number + 1).padStart(2, "0")}`;
    const files = ["a", "b"].map((part) => {
      const name = `year=2026/month=08/day=${date.slice(8)}/${part}.ndjson`;
      const text = `{"n":${number},"part":"${part}"}\n`;
      this.files.set(name, text);
      return { name, size: Buffer.byteLength(text), sha256: sha256(text), records: 1 };
    });
    const last = all.at(-1);
    const previous = last === undefined ? null : readManifest(this.files.get(last) ?? "").hash;
    const manifest: Manifest = {
      ...{ version: 1, number, date, written: `${date}T01:00:00.000Z`, previous, recovered: null },
      ...{ days: [], files, gaps: [], dead_letters: [], ...changes },
    };
    this.files.set(manifestName(manifest), signedText(manifest, this.#key));
    return manifestName(manifest);
  }
}

let archive: Archive;
let names: string[];
let head: string;
beforeEach(() => {
  archive = new Archive();
  names = Array.from({ length: 4 }, () => archive.add());
  head = readManifest(archive.files.get(names[3] as string) ?? "").hash;
});
const faults = async (vouched = {}) =>
  (await checkChain(archive, never, vouched)).faults.map(({ what, name }) => [what, name]);

describe("an archive that is as it was", () => {
  it("has no fault, and says what it holds", async () => {
    const seen: number[] = [];
    const progress = (files: number) => void seen.push(files);
    expect(await checkChain(archive, never, { keys: [key], head, progress })).toEqual({
      ...{ faults: [], manifests: 4, files: 8, records: 8, fingerprints: [key], unattested: 0 },
      newest: { number: 3, date: "2026-08-04", hash: head },
    });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await faults()).toEqual([]);
  });

  it("has grown since its head was told", async () => {
    archive.add();
    expect(await faults({ head })).toEqual([]);
  });

  it("may grow while it is listed, whatever is listed first", async () => {
    const growing: ArchiveView = {
      read: (name) => archive.read(name),
      async *list(prefix, _) {
        const isManifest = (name: string) => name.startsWith("manifests/");
        const listed = (manifests: boolean) =>
          [...archive.files].flatMap(([name, text]) =>
            isManifest(name) === manifests ? { name, size: Buffer.byteLength(text), changedAt } : [],
          );
        const changedAt = Date.parse("2026-08-06T01:00:00Z");
        if (prefix === "") yield* listed(false);
        archive.add();
        yield* listed(true);
      },
    };
    expect((await checkChain(growing, never, { keys: [key], head })).faults).toEqual([]);
  });

  it("may hold files that are younger than its newest manifest, and none from the future", async () => {
    archive.files.set("year=2026/month=08/day=04/c.ndjson", "{}");
    archive.changedAt = Date.parse("2026-08-04T02:00:00Z");
    expect(await checkChain(archive, never)).toMatchObject({ faults: [], unattested: 1 });
    const now = Date.parse("2026-08-03T00:00:00Z");
    expect((await checkChain(archive, never, { now })).faults).toMatchObject([{ what: "extra" }]);
    archive.changedAt = 0;
    archive.files.set("lock-probe/1", "probe");
    expect(await faults()).toEqual([["extra", "year=2026/month=08/day=04/c.ndjson"]]);
  });

  it("counts and reads a file once that two manifests name, and finds where they differ on it", async () => {
    const { manifest } = readManifest(archive.files.get(names[0] as string) ?? "");
    archive.add({ files: manifest.files });
    const seen: number[] = [];
    const progress = (files: number) => void seen.push(files);
    expect(await checkChain(archive, never, { progress })).toMatchObject({
      ...{ manifests: 5, files: 8, records: 8 },
      faults: ["a", "b"].map((part) => ({
        ...{ what: "extra", name: `year=2026/month=08/day=05/${part}.ndjson` },
      })),
    });
    expect(seen).toHaveLength(8);
    const [file] = manifest.files;
    archive.add({ files: file ? [{ ...file, sha256: "0".repeat(64) }] : [] });
    expect(await faults()).toContainEqual(["edited", file?.name]);
  });

  it("may be empty", async () => {
    expect(await checkChain(new Archive(), never)).toMatchObject({ faults: [], manifests: 0 });
    expect((await checkChain(new Archive(), never, { head })).faults).toMatchObject([{ what: "head" }]);
  });
});

describe("who changes an archive", () => {
  const file = "year=2026/month=08/day=02/a.ndjson";
  it("cannot edit, remove or add a file", async () => {
    archive.files.set(file, '{"n":9,"part":"a"}\n');
    expect(await faults()).toEqual([["edited", file]]);
    archive.files.set(file, "longer than it was before");
    expect(await faults()).toEqual([["edited", file]]);
    archive.files.delete(file);
    archive.files.set("year=2026/month=08/day=02/c.ndjson", "{}");
    expect(await faults()).toEqual([
      ["missing", file],
      ["extra", "year=2026/month=08/day=02/c.ndjson"],
    ]);
  });

  it("cannot edit a manifest, or sign it anew with another key", async () => {
    const name = names[1] as string;
    const text = archive.files.get(name) ?? "";
    archive.files.set(name, text.replace('"records":1', '"records":2'));
    expect(await faults()).toEqual([
      ["unsigned", name],
      ["reordered", names[2]],
    ]);
    const { manifest } = readManifest(text);
    const other = generateKeyPairSync("ed25519").privateKey;
    archive.files.set(name, signedText(manifest, other));
    expect(await faults({ keys: [key] })).toEqual([
      ["reordered", names[2]],
      ["other_key", name],
    ]);
    expect((await checkChain(archive, never)).fingerprints).toHaveLength(2);
  });

  it("cannot leave one out, in the middle or at the end, or put one in another's place", async () => {
    archive.files.delete(names[1] as string);
    expect(await faults()).toEqual([
      ["gap", names[2]],
      ["reordered", names[2]],
      ["extra", "year=2026/month=08/day=02/a.ndjson"],
      ["extra", "year=2026/month=08/day=02/b.ndjson"],
    ]);
    archive = new Archive();
    names = Array.from({ length: 3 }, () => archive.add());
    for (const name of [...archive.files.keys()].filter((each) => each.includes("day=03")))
      archive.files.delete(name);
    const last = archive.files.get(names[2] as string) ?? "";
    const cut = readManifest(last).hash;
    archive.files.delete(names[2] as string);
    expect(await faults()).toEqual([]);
    expect(await faults({ head: cut })).toEqual([["head", names[1]]]);
    archive.files.set(names[1] as string, last);
    expect((await faults()).map(([what]) => what)).toContain("reordered");
  });

  it("cannot move the chain to another folder, or hide a file among probes of locks", async () => {
    for (const name of names) {
      archive.files.set(`x/${name}`, archive.files.get(name) ?? "");
      archive.files.delete(name);
    }
    expect(await checkChain(archive, never, { head })).toMatchObject({
      manifests: 0,
      faults: [{ what: "head" }],
    });
    archive = new Archive();
    names = [archive.add()];
    archive.files.set("lock-probe/year=2026/month=08/day=01/c.parquet", "PAR1");
    expect(await faults()).toEqual([["extra", "lock-probe/year=2026/month=08/day=01/c.parquet"]]);
  });

  it("can name more files that are not there than a call has arguments", async () => {
    const sought = { size: 1, sha256: "", records: 0 };
    archive.add({ files: Array.from({ length: 150_000 }, (_, at) => ({ name: `${at}`, ...sought })) });
    expect((await faults()).filter(([what]) => what === "missing")).toHaveLength(150_000);
  });

  it("cannot make the whole chain anew, where key or head are known", async () => {
    const forger = new Archive(generateKeyPairSync("ed25519").privateKey);
    for (let day = 0; day < 4; day++) forger.add();
    const what = async (vouched: object) =>
      (await checkChain(forger, never, vouched)).faults.map((fault) => fault.what);
    expect(await what({})).toEqual([]);
    expect(await what({ keys: [key] })).toEqual(Array(4).fill("other_key"));
    expect(await what({ head })).toEqual(["head"]);
  });

  it("cannot change any byte of anything", async () => {
    const all = [...archive.files.keys()];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        fc.nat(),
        fc.constantFrom("x", "0", " "),
        async (name, at, byte) => {
          const text = archive.files.get(name) ?? "";
          const place = at % text.length;
          fc.pre(text[place] !== byte);
          archive.files.set(name, text.slice(0, place) + byte + text.slice(place + 1));
          try {
            const { faults: found } = await checkChain(archive, never, { keys: [key], head });
            expect([name, place, byte, found.length > 0]).toEqual([name, place, byte, true]);
          } finally {
            archive.files.set(name, text);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
