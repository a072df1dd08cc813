import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Assembly } from "../../../src/source/wandb-log/assembly.ts";
import { collected } from "./collected.ts";

describe("Assembly", () => {
  it("puts together what came in pieces, and begins anew", () => {
    const { sink, all } = collected();
    const assembly = new Assembly(sink, 100);
    for (const piece of ["ab", "", "cd"]) assembly.add(Buffer.from(piece));
    assembly.finish(Buffer.from("ef"));
    assembly.finish(Buffer.from("gh"));
    expect(assembly.size).toBe(0);
    expect(all).toEqual(["abcdef", "gh"]);
  });

  it("keeps the bytes of a record in one piece without copying them", () => {
    const { sink, buffers } = collected();
    const chunk = Buffer.from("one record");
    new Assembly(sink, 100).finish(chunk);
    expect(buffers[0]?.buffer).toBe(chunk.buffer);
  });

  it("keeps of a record over the limit its beginning, its size and its hash", () => {
    const { sink, long } = collected();
    const assembly = new Assembly(sink, 10);
    const text = "0123456789abcdefghij";
    for (const letter of text) assembly.add(Buffer.from(letter));
    assembly.finish(Buffer.alloc(0));
    const digest = createHash("sha256").update(text).digest("hex");
    expect(long).toEqual([`0123456789 [cut: 20 bytes, sha256 ${digest}]`]);
  });

  it("takes a record of exactly the limit, alone or in pieces", () => {
    const { sink, all, long } = collected();
    const assembly = new Assembly(sink, 4);
    assembly.finish(Buffer.from("abcd"));
    assembly.add(Buffer.from("ab"));
    assembly.finish(Buffer.from("cd"));
    assembly.finish(Buffer.from("abcde"));
    expect(all).toEqual(["abcd", "abcd"]);
    expect(long).toHaveLength(1);
  });
});
