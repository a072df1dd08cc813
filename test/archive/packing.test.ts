import { expect, it } from "vitest";
import {
  archiveCompressions,
  fileKinds,
  mostRecords,
  packingOf,
  packings,
} from "../../src/archive/packing.ts";
import { unpackParquet } from "../../src/archive/parquet.ts";

const line = (uid: string, record = "{}") =>
  `{"date":"2026-08-01","uid":"${uid}","source":"prod","instance":"i","first_seen":"2026-08-01T16:00:00.000000005Z","record":${JSON.stringify(record)}}\n`;
const odd = line("c").replace(
  '"record":"{}"',
  '"fault":"not_json","replay_id":"7","labels":{"a":"b"},"record_base64":"/w=="',
);
const lines = Buffer.from(
  line("a") + line("b", '{"timestamp":"2026-08-01T13:12:14Z","action":"user:create"}') + odd,
);
const ways = fileKinds.flatMap((files) =>
  archiveCompressions.map((compression) => [files, compression] as const),
);

it.each(ways)(
  "%s with %s gives back what was packed, and the same file each time",
  async (files, compression) => {
    const { pack, unpack, extension } = packings[files][compression];
    const file = await pack(lines);
    expect((await pack(Buffer.from(lines))).equals(file)).toBe(true);
    const found = await unpack(file);
    expect(found.map(({ uid }) => uid)).toEqual(["a", "b", "c"]);
    expect(found[1]).toMatchObject({
      ...{ date: "2026-08-01", source: "prod", instance: "i", firstSeen: "2026-08-01T16:00:00.000000005Z" },
      record: Buffer.from('{"timestamp":"2026-08-01T13:12:14Z","action":"user:create"}'),
    });
    expect(found[2]).toMatchObject({ fault: "not_json", replayId: "7", labels: { a: "b" }, isText: false });
    expect(found[2]?.record.toString("hex")).toBe("ff");
    expect(packingOf(`year=2026/x${extension}`)?.extension).toBe(extension);
  },
);

it("a Parquet file of many rows, in which most columns are empty, is read again", async () => {
  const many = Buffer.from(Array.from({ length: 9_000 }, (_, at) => line(`${at}`)).join(""));
  for (const compression of archiveCompressions) {
    const { pack, unpack } = packings.parquet[compression];
    expect((await unpack(await pack(many))).map(({ uid }) => Number(uid))).toEqual(
      Array.from({ length: 9_000 }, (_, at) => at),
    );
  }
});

it("a small file that unpacks to more records than a file of ours has is refused, whatever its kind", async () => {
  const many = Buffer.from(line("a").repeat(mostRecords + 1));
  for (const { pack, unpack } of [packings.ndjson.zstd, packings.parquet.zstd]) {
    await expect(unpack(await pack(many))).rejects.toThrow(/^it has more than 100000 (lines|rows)$/);
    const most = many.subarray(line("a").length);
    expect(await unpack(await pack(most))).toHaveLength(mostRecords);
  }
});

it("pages of Parquet that hold more than a file may are refused before they are unpacked", async () => {
  const file = await packings.parquet.gzip.pack(Buffer.from(line("a", "x".repeat(5000))));
  const most = { records: 1, bytes: 4000 };
  await expect(unpackParquet(file, most)).rejects.toThrow("it has more than 4000 bytes");
  expect(await unpackParquet(file, { records: 1, bytes: 10_000 })).toHaveLength(1);
});

it("a text that stands in a Parquet file once counts for every row that has it", async () => {
  const file = await packings.parquet.none.pack(Buffer.from(line("a", "x".repeat(5000)).repeat(20)));
  expect(file.length).toBeLessThan(20_000);
  await expect(unpackParquet(file, { records: 20, bytes: 50_000 })).rejects.toThrow("more than 50000 bytes");
  expect(await unpackParquet(file, { records: 20, bytes: 150_000 })).toHaveLength(20);
});

it("a file that is cut off or no such file is refused, with the line that is wrong", async () => {
  const { gzip, none } = packings.ndjson;
  const whole = await gzip.pack(lines);
  await expect(gzip.unpack(whole.subarray(0, -9))).rejects.toThrow();
  await expect(none.unpack(lines.subarray(0, -1))).rejects.toThrow("line 3 has no end");
  await expect(none.unpack(Buffer.from(`${line("a")}x\n`))).rejects.toThrow(/^line 2: /);
  const parquet = await packings.parquet.gzip.pack(lines);
  await expect(packings.parquet.gzip.unpack(parquet.subarray(0, -9))).rejects.toThrow();
  expect(packingOf("manifests/000000.json")).toBeUndefined();
});
