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
      expect(lines.end()).toBe(false);
      expect(all).toEqual(['{"a":1}', '{"b":"\u2028\u0085"}', '{"c":"\r"}']);
    }
  });

  it("hands over a last line without an end, and says so", () => {
    const { sink, all } = collected();
    const lines = new Lines(sink, 1000);
    lines.push(Buffer.from('{"a":1}\n{"b":'));
    expect(lines.end()).toBe(true);
    expect(all).toEqual(['{"a":1}', '{"b":']);
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
