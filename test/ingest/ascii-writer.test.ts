import { describe, expect, test } from "vitest";
import { AsciiWriter } from "../../src/ingest/ascii-writer.ts";

describe("AsciiWriter", () => {
  const writer = new AsciiWriter(8);

  test("collects parts of texts and bytes until it is cleared", () => {
    writer.clear();
    writer.addPart(Buffer.from("-abc-"), 1, 4);
    writer.addBytes(Buffer.from("de"));
    expect(writer.written()?.toString()).toBe("abcde");
    writer.clear();
    expect(writer.written()?.toString()).toBe("");
  });

  test("gives nothing when something was not ASCII, and works again when cleared", () => {
    writer.clear();
    writer.add("aé");
    writer.add("b");
    expect(writer.written()).toBeUndefined();
    writer.clear();
    writer.add("b");
    expect(writer.written()?.toString()).toBe("b");
  });

  test("gives nothing when the text was too long", () => {
    writer.clear();
    writer.add("12345678");
    expect(writer.written()?.toString()).toBe("12345678");
    writer.add("9");
    expect(writer.written()).toBeUndefined();
  });
});
