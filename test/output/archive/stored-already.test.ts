import { expect, it, onTestFinished, vi } from "vitest";
import type { ArchiveStore } from "../../../src/archive/archive-store.ts";
import { packings } from "../../../src/archive/packing.ts";
import { recordsIn } from "../../../src/archive/records.ts";
import { StoredAlready } from "../../../src/output/archive/stored-already.ts";

const day = 20_666;
const name = "year=2026/month=08/day=01/20260801T000000Z-00000000.parquet";
const line = `{"date":"2026-08-01","uid":"a","source":"prod","instance":"i","first_seen":"2026-08-01T16:00:00Z","record":"{}"}\n`;

it("says nothing of a file that cannot be read for want of a part of the program", async () => {
  const parquet = packings.parquet.none;
  const bytes = await parquet.pack(Buffer.from(line));
  const store = { read: async () => bytes } as unknown as ArchiveStore;
  const already = new StoredAlready(store);
  const { signal } = new AbortController();
  const read = () => already.read(day, [[name, bytes.length]], signal);
  const gone = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  const ready = vi.spyOn(parquet, "ready").mockRejectedValue(gone);
  onTestFinished(() => ready.mockRestore());
  // Taken for a file without records, those in it would be stored once more.
  await expect(read()).rejects.toBe(gone);
  await expect(recordsIn(store, { name }, signal)).rejects.toBe(gone);
  ready.mockRestore();
  expect((await read()).map(({ file, said }) => [file.records, [...said.keys()]])).toEqual([[1, ["a"]]]);
});
