import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { attest } from "../../src/archive/attesting.ts";
import { readManifests } from "../../src/archive/manifests.ts";
import { MemoryArchive } from "../fake/memory-archive.ts";

it("are read in their order, without what is none", async () => {
  const store = new MemoryArchive();
  const never = new AbortController().signal;
  const { privateKey: key } = generateKeyPairSync("ed25519");
  const facts = () => ({ days: [], files: [], gaps: [], dead_letters: [] });
  for (const now of [0, 86_400_000]) await attest({ store, key, known: undefined, facts, now }, never);
  store.files.set("manifests/000002.json", Buffer.from("broken"));
  store.files.set("manifests/notes.txt", Buffer.from("mine"));
  const found = await readManifests(store, never);
  expect(found.map(({ manifest, isSigned }) => [manifest.number, manifest.date, isSigned])).toEqual([
    [0, "1970-01-01", true],
    [1, "1970-01-02", true],
  ]);
});
