import { describe, expect, it } from "vitest";
import { type Column, seal } from "../../../src/spool/sqlite/seal.ts";

const row: readonly Column[] = ["prod", 7, null, Buffer.from("bytes"), Buffer.from("more")];
const hex = (table: string, columns: readonly Column[]) => seal(table, columns).toString("hex");

describe("a seal", () => {
  it("is the same for the same row", () => {
    expect(hex("chunk", row)).toBe(hex("chunk", [...row]));
    expect(seal("chunk", row)).toHaveLength(16);
  });

  it.each<[string, string, readonly Column[]]>([
    ["another table", "book", row],
    ["a column that is gone", "chunk", row.slice(0, 4)],
    ["columns in another order", "chunk", [7, "prod", null, Buffer.from("bytes"), Buffer.from("more")]],
    ["a number that became text", "chunk", ["prod", "7", null, Buffer.from("bytes"), Buffer.from("more")]],
    [
      "an absent value that became empty",
      "chunk",
      ["prod", 7, "", Buffer.from("bytes"), Buffer.from("more")],
    ],
    ["a changed byte", "chunk", ["prod", 7, null, Buffer.from("byteS"), Buffer.from("more")]],
    [
      "a byte that moved to the next column",
      "chunk",
      ["prod", 7, null, Buffer.from("byte"), Buffer.from("smore")],
    ],
  ])("shows %s", (_, table, columns) => expect(hex(table, columns)).not.toBe(hex("chunk", row)));
});
