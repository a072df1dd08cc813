import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readRecord } from "../../../src/source/wandb-log/read-record.ts";

const deep = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
const wide = (keys: number) => `{${Array.from({ length: keys }, (_, at) => `"k${at}":${at}`).join(",")}}`;

describe("the bytes of a record", () => {
  it.each([
    ["no JSON", "not json", "not_json"],
    ["a cut object", '{"a":', "not_json"],
    ["nothing", "", "not_json"],
    ["an array", "[1]", "not_json"],
    ["a number", "1e400", "not_json"],
    ["null", "null", "not_json"],
    ["65 levels", deep(64), "too_deep"],
    ["more levels than a parser takes", deep(400_000), "too_deep"],
    [
      "brackets in a text, and too many keys",
      wide(4097).replace('"k0":0', `"k0":"${"[".repeat(99)}"`),
      "too_many_keys",
    ],
    ["4097 keys", wide(4097), "too_many_keys"],
    ["too deep and too wide", wide(4097).replace('"k0":0', `"k0":${deep(70)}`), "too_deep"],
  ])("have a reason where they are no entry: %s", (_, text, fault) => {
    expect(readRecord(Buffer.from(text))).toEqual({ fault });
  });

  it.each([
    ["64 levels", deep(63)],
    ["4096 keys", wide(4096)],
    ["odd keys", '{"__proto__":1,"":2,"a":3,"a":4}'],
  ])("are an entry: %s", (_, text) => {
    expect(readRecord(Buffer.from(text))).toHaveProperty("entry");
  });

  it("are never parsed to find the reason", () => {
    const parse = vi.spyOn(JSON, "parse");
    onTestFinished(() => parse.mockRestore());
    for (const text of [deep(70), wide(5_000), `{${"[".repeat(200)}`])
      expect(readRecord(Buffer.from(text))).toHaveProperty("fault");
    expect(parse).not.toHaveBeenCalled();
  });
});
