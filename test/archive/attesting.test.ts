import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { attest } from "../../src/archive/attesting.ts";
import { checkChain } from "../../src/archive/chain.ts";
import type { KnownHead } from "../../src/archive/chain-end.ts";
import {
  fingerprintOf,
  type Manifest,
  manifestName,
  readManifest,
  signedText,
} from "../../src/archive/manifest.ts";
import { MemoryArchive } from "../fake/memory-archive.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const never = new AbortController().signal;
const nothing = { days: [], files: [], gaps: [], dead_letters: [] };

/** An archive with a chain of so many, and what was told of each. */
async function chained(count: number, archive = new MemoryArchive(), from?: KnownHead) {
  let known = from;
  const heads: KnownHead[] = [];
  for (let day = 0; day < count; day++) {
    const written = await next(archive, known, day);
    known = { number: written?.manifest.number as number, hash: written?.hash as string };
    heads.push(known);
  }
  return { archive, heads };
}

function next(archive: MemoryArchive, known: KnownHead | undefined, day = 20, key = privateKey) {
  const now = Date.parse("2026-08-01T01:00:00Z") + day * 86_400_000;
  return attest({ store: archive, key, known, facts: () => nothing, now }, never);
}

const faultsOf = async (archive: MemoryArchive) => {
  const vouched = { keys: [fingerprintOf(publicKey)] };
  return (await checkChain(archive, never, vouched)).faults.map(({ what }) => what);
};

describe("the chain", () => {
  it("begins, and each manifest names the one before it", async () => {
    const { archive, heads } = await chained(3);
    expect([...archive.files.keys()]).toEqual([0, 1, 2].map((number) => manifestName({ number })));
    const manifests = [...archive.files.values()].map((text) =>
      JSON.parse(text.toString().split("\n")[0] as string),
    );
    expect(manifests.map(({ previous, recovered }: Manifest) => [previous, recovered])).toEqual([
      [null, null],
      [heads[0]?.hash, null],
      [heads[1]?.hash, null],
    ]);
    expect(await faultsOf(archive)).toEqual([]);
  });

  it("goes on from the archive when the state is older, says why, and tells what was named there", async () => {
    const { archive, heads } = await chained(3);
    const named: number[] = [];
    const facts = (stored: readonly Manifest[]) => {
      named.push(...stored.map(({ number }) => number));
      return nothing;
    };
    const written = await attest({ store: archive, key: privateKey, known: heads[0], facts, now: 0 }, never);
    expect(written?.manifest).toMatchObject({ number: 3, previous: heads[2]?.hash });
    expect(written?.manifest.recovered).toContain("0 was the last that was known here");
    expect(named).toEqual([1, 2]);
    expect(written?.warning).toBeUndefined();
    expect(await faultsOf(archive)).toEqual([]);
  });

  it("goes on from the archive when the state is lost", async () => {
    const { archive, heads } = await chained(2);
    const written = await next(archive, undefined);
    expect(written?.manifest).toMatchObject({ number: 2, previous: heads[1]?.hash });
    expect(written?.manifest.recovered).toContain("nothing was known here");
    expect(await faultsOf(archive)).toEqual([]);
  });

  it("never forks: of two that come at once only one is stored, and the other looks again", async () => {
    const { archive, heads } = await chained(1);
    archive.troubles.push("late");
    await expect(next(archive, heads[0], 1)).rejects.toThrow();
    const view = archive.list.bind(archive);
    archive.list = async function* (prefix: string) {
      yield* view(prefix);
      archive.land();
    };
    expect(await next(archive, heads[0], 2)).toBeUndefined();
    archive.list = view;
    expect((await next(archive, heads[0], 2))?.manifest.number).toBe(2);
    expect(await faultsOf(archive)).toEqual([]);
  });
});

describe("who changes an archive", () => {
  it("cannot hide that its end was removed", async () => {
    const { archive, heads } = await chained(3);
    archive.files.delete(manifestName({ number: 2 }));
    const written = await next(archive, heads[2]);
    expect(written?.warning).toBe("manifest 2 was written, and is not in the archive any more");
    expect(written?.manifest).toMatchObject({ number: 3, previous: heads[2]?.hash });
    expect(await faultsOf(archive)).toContain("gap");
  });

  it("cannot put another end in its place, signed with the same key", async () => {
    const { archive, heads } = await chained(3);
    archive.files.delete(manifestName({ number: 2 }));
    const forged = await chained(2, archive, heads[1]);
    expect(forged.heads.at(-1)?.number).toBe(3);
    const written = await next(archive, heads[2]);
    expect(written?.warning).toBe("manifest 2 is not the one that was written");
    expect(written?.manifest).toMatchObject({ number: 4, previous: heads[2]?.hash });
    expect(await faultsOf(archive)).toContain("reordered");
  });

  it("cannot stop the chain with what is no manifest, or names nothing that is", async () => {
    const { archive, heads } = await chained(1);
    archive.files.set(
      manifestName({ number: 1 }),
      Buffer.from('{"version":1,"number":1,"days":[null],"files":[7]}\n{}\n'),
    );
    archive.files.set("manifests/99999999999999999999.json", Buffer.from("x"));
    expect((await next(archive, heads[0]))?.manifest).toMatchObject({ number: 2, previous: heads[0]?.hash });
    expect(await faultsOf(archive)).toEqual(expect.arrayContaining(["edited"]));
  });

  it("is told when the newest manifest is signed with another key, or follows nothing", async () => {
    const { archive, heads } = await chained(1);
    const { privateKey: other } = generateKeyPairSync("ed25519");
    await next(archive, heads[0], 1, other);
    expect((await next(archive, heads[0], 2))?.warning).toContain("is signed with the key");
    const loose = await chained(1);
    archive.files.set(manifestName({ number: 3 }), [...loose.archive.files.values()][0] as Buffer);
    const known = { number: 0, hash: heads[0]?.hash as string };
    for (const number of [1, 2]) archive.files.delete(manifestName({ number }));
    const written = await next(archive, known, 3);
    expect(written?.warning).toContain("does not follow it");
    expect(written?.manifest).toMatchObject({ number: 1, previous: heads[0]?.hash });
  });

  it("cannot end the chain, or leave a hole in it, with the highest number that there is", async () => {
    const { archive, heads } = await chained(1);
    archive.files.set("manifests/999999999.json", Buffer.from("x"));
    let known = heads[0] as KnownHead;
    for (const number of [1, 2]) {
      const written = await next(archive, known, number);
      expect(written?.manifest).toMatchObject({ number, previous: known.hash });
      known = { number, hash: written?.hash as string };
    }
    const evil = { ...readManifest(String(archive.files.get("manifests/000002.json"))).manifest };
    const { privateKey: other } = generateKeyPairSync("ed25519");
    const forged = signedText({ ...evil, number: 999_999_999, previous: known.hash }, other);
    archive.files.set("manifests/999999999.json", Buffer.from(forged));
    for (const each of [known, undefined])
      expect((await next(archive, each, 3))?.manifest.number).toBe(each ? 3 : 4);
    archive.files.delete("manifests/999999999.json");
    expect(await faultsOf(archive)).toEqual([]);
  });

  it("cannot name with another key what is to be named with this one", async () => {
    const { archive, heads } = await chained(1);
    await next(archive, heads[0], 1, generateKeyPairSync("ed25519").privateKey);
    for (const known of [heads[0], undefined]) {
      const named: number[] = [];
      const facts = (stored: readonly Manifest[]) => {
        named.push(...stored.map(({ number }) => number));
        return nothing;
      };
      const written = await attest({ store: archive, key: privateKey, known, facts, now: 0 }, never);
      expect(named).toEqual(known ? [] : [2]);
      expect(written?.manifest.number).toBe(known ? 2 : 3);
    }
  });
});
