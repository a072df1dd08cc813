import { expect, it } from "vitest";
import { type PackingName, packingOf, packings } from "../../src/archive/packing.ts";

const line = (uid: string) =>
  `{"day":"2026-08-01","uid":"${uid}","source":"prod","instance":"i","first_seen":"t","record":"{}"}\n`;
const lines = Buffer.from(line("a") + line("b"));

it.each(Object.keys(packings) as PackingName[])(
  "%s gives back what was packed, and the same file each time",
  async (name) => {
    const { pack, unpack, extension } = packings[name];
    const file = await pack(lines);
    expect((await pack(Buffer.from(lines))).equals(file)).toBe(true);
    expect((await unpack(file)).map(({ uid }) => uid)).toEqual(["a", "b"]);
    expect(packingOf(`year=2026/x${extension}`)).toBe(packings[name]);
  },
);

it("a file that is cut off or no such file is refused, with the line that is wrong", async () => {
  const whole = await packings.gzip.pack(lines);
  await expect(packings.gzip.unpack(whole.subarray(0, -9))).rejects.toThrow();
  await expect(packings.none.unpack(lines.subarray(0, -1))).rejects.toThrow("line 2 has no end");
  await expect(packings.none.unpack(Buffer.from(`${line("a")}x\n`))).rejects.toThrow(/^line 2: /);
  expect(packingOf("manifests/000000.json")).toBeUndefined();
});
