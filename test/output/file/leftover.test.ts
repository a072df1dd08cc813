import { describe, expect, it } from "vitest";
import { type Leftover, leftoverOf, nothingLeft, remainderOf } from "../../../src/output/file/leftover.ts";

const left = (text: string, options: Partial<Parameters<typeof leftoverOf>[1]> = {}): Leftover =>
  leftoverOf(Buffer.from(text, "latin1"), { whole: true, known: true, ...options });
const remainder = (batch: string, leftover: Leftover) => {
  const { rest, lines, stuck } = remainderOf(Buffer.from(batch), leftover);
  return [rest.toString(), lines.toString(), stuck];
};

describe("what a file's end holds", () => {
  it("is whole lines, and half a line behind them", () => {
    const { lines, half } = left("one\ntwo\nth");
    expect([...lines]).toEqual(["one\n", "two\n"]);
    expect(half.toString()).toBe("th");
  });

  it("is no line whose beginning was not read", () => {
    expect([...left("ne\ntwo\n", { whole: false }).lines]).toEqual(["two\n"]);
    expect(left("no line", { whole: false }).half.toString()).toBe("no line");
  });

  it("is no line where two events may have the same", () => {
    const { lines, half } = left("one\ntwo\nth", { known: false });
    expect([lines.size, half.toString()]).toEqual([0, "th"]);
  });
});

describe("what is left to write", () => {
  it.each([
    ["everything, where nothing is there", "", "one\ntwo\n", ["", "one\ntwo\n", false]],
    ["what is not there", "zero\none\n", "one\ntwo\n", ["", "two\n", false]],
    ["nothing, where all is there", "one\ntwo\nthree\n", "one\ntwo\n", ["", "", false]],
    ["the rest of half a line, and what follows", "one\ntw", "one\ntwo\nthree\n", ["o\n", "three\n", false]],
    ["a line feed alone", "one\ntwo", "one\ntwo\n", ["\n", "", false]],
    ["nothing behind half of another line", "one\nxy", "one\ntwo\n", ["", "two\n", true]],
    ["nothing behind bytes that a lost disk left", "one\n\0\0", "one\ntwo\n", ["", "two\n", true]],
  ])("is %s", (_, file, batch, expected) => {
    expect(remainder(batch, left(file))).toEqual(expected);
  });

  it("is a line again that comes twice", () => {
    const leftover = left("one\n");
    expect(remainder("one\none\n", leftover)).toEqual(["", "one\n", false]);
    expect(remainder("one\n", leftover)).toEqual(["", "one\n", false]);
  });

  it("is the batch itself where nothing is left, without a copy", () => {
    const batch = Buffer.from("one\n");
    expect(remainderOf(batch, nothingLeft()).lines).toBe(batch);
  });
});
