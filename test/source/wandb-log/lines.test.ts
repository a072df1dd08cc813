import { describe, expect, it } from "vitest";
import { Lines } from "../../../src/source/wandb-log/lines.ts";
import { collected, pieces } from "./collected.ts";

describe("Lines", () => {
  it("splits at newlines alone, however the bytes come", () => {
    const text = '{"a":1}\n\n{"b":"\u2028\u0085"}\r\n  \t\r\n{"c":"\r"}\n';
    for (const chunks of pieces(text)) {
      const { sink, all } = collected();
      const lines = new Lines(sink, 1000);
      for (const chunk of chunks) lines.push(chunk);
      expect(lines.end()).toBe("ended");
      expect(all).toEqual(['{"a":1}', '{"b":"\u2028\u0085"}', '{"c":"\r"}']);
    }
  });

  it.each([
    ['{"b":', "broken"],
    ['{"b":2}', "whole"],
  ])("hands over a last line without an end, and says whether it is whole: %s", (last, extent) => {
    const { sink, all } = collected();
    const lines = new Lines(sink, 1000);
    lines.push(Buffer.from(`{"a":1}\n${last}`));
    expect(lines.end()).toBe(extent);
    expect(all).toEqual(['{"a":1}', last]);
  });

  it("misses nothing when only blanks follow the last line's end", () => {
    const lines = new Lines(collected().sink, 1000);
    lines.push(Buffer.from('{"a":1}\n \r'));
    expect(lines.end()).toBe("whole");
  });

  it("cuts a line that is too long, and goes on with the next", () => {
    for (const chunks of pieces(`${"x".repeat(50)}\nshort\n`)) {
      const { sink, all, long } = collected();
      const lines = new Lines(sink, 20);
      for (const chunk of chunks) lines.push(chunk);
      lines.end();
      expect(all).toEqual(["short"]);
      expect(long).toHaveLength(1);
      expect(long[0]).toContain("[cut: 50 bytes");
    }
  });
});
