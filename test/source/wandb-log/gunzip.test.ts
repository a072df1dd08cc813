import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzipped } from "../../../src/source/wandb-log/gunzip.ts";

const [first, second] = [gzipSync("one\n"), gzipSync("two\n")];

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(packed: readonly Buffer[], size: number): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of gunzipped(cut(Buffer.concat(packed), size))) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe.each([1, 7, first.length, first.length + 1, 65_536])("in pieces of %i bytes", (size) => {
  it("is the text of all members, whatever zeros fill it up", async () => {
    for (const zeros of [0, 1, 512, 100_000])
      expect(await unpacked([first, second, Buffer.alloc(zeros)], size)).toBe("one\ntwo\n");
  });

  it("is refused where anything stands behind zeros, a member too", async () => {
    for (const behind of [second, Buffer.from("{}"), second.subarray(0, 1)])
      for (const zeros of [1, 512])
        await expect(unpacked([first, Buffer.alloc(zeros), behind], size)).rejects.toMatchObject({
          code: "Z_DATA_ERROR",
        });
  });
});

it("waits for nothing that is on its way when nobody reads on", async () => {
  async function* silent(): AsyncGenerator<Buffer> {
    yield gzipSync("x".repeat(300_000));
    await new Promise<void>((resolve) => setTimeout(resolve, 60_000).unref());
  }
  for await (const part of gunzipped(silent())) {
    expect(part.length).toBeGreaterThan(0);
    break;
  }
});

it("passes the error of what it reads on as it is", async () => {
  const lost = new Error("cut");
  async function* breaking(): AsyncGenerator<Buffer> {
    yield first;
    throw lost;
  }
  const all = async () => {
    for await (const _ of gunzipped(breaking()));
  };
  await expect(all()).rejects.toBe(lost);
});
