import { describe, expect, it } from "vitest";
import { Pages } from "../../../src/source/wandb-api/pages.ts";
import { collected } from "../wandb-log/collected.ts";

function pages() {
  const { sink, all, long } = collected();
  const pages = new Pages(sink);
  const page = (...entries: string[]) => {
    for (const entry of entries) pages.record(Buffer.from(entry));
  };
  /** How many pages are taken until one ends it. */
  const taken = (most: number, entries: (at: number) => string[]) => {
    for (let at = 0; at < most; at++) {
      page(...entries(at));
      if (!pages.ended(`${at}`)) return at;
    }
    return most;
  };
  return { pages, page, taken, all, long };
}

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `entry ${from + at}`);

describe("Pages", () => {
  it("lets every record through, whatever it thinks of the page", () => {
    const { pages: them, page, all, long } = pages();
    page("a", "b");
    them.tooLong(Buffer.from("long"));
    expect([all, long]).toEqual([["a", "b"], ["long"]]);
  });

  it("goes on as long as cursors are new", () => {
    const { pages: them, page } = pages();
    for (const cursor of ["1", "2", "3"]) {
      page(cursor);
      expect(them.ended(cursor)).toBe(true);
    }
    page("4");
    expect(them.ended("2")).toBe(false);
  });

  it("takes no cursor that cannot stand in the head of a request", () => {
    expect(pages().pages.ended("c".repeat(8192))).toBe(true);
    expect(pages().pages.ended("c".repeat(8193))).toBe(false);
  });

  it("gives up after a thousand empty pages in a row", () => {
    const { pages: them, page } = pages();
    for (let count = 0; count < 1000; count++) expect(them.ended(`${count}`)).toBe(true);
    page("something");
    expect(them.ended("something")).toBe(true);
    for (let count = 0; count < 1000; count++) expect(them.ended(`again ${count}`)).toBe(true);
    expect(them.ended("one more")).toBe(false);
  });

  it("gives up when there are more pages than any window has, each with something new", () => {
    expect(pages().taken(110_000, (at) => [`entry ${at}`])).toBe(100_000);
  });

  it("knows a circle of long pages when the first comes again, before it has ended", () => {
    const { pages: them, page, taken } = pages();
    expect(taken(3, (at) => numbered(20_000, at * 20_000))).toBe(3);
    page(...numbered(99));
    expect(them.circular).toBe(false);
    page("entry 99");
    expect([them.circular, them.ended(undefined)]).toEqual([true, false]);
  });

  it("knows a circle of short pages after a few rounds", () => {
    expect(pages().taken(1000, () => numbered(10))).toBe(3);
    expect(pages().taken(1000, (at) => numbered(10, at % 3))).toBe(9);
  });

  it("does not show the last page again, whatever it says of the next", () => {
    const { pages: them, page } = pages();
    for (const cursor of ["1", undefined]) {
      page(...numbered(150));
      expect(them.ended(cursor)).toBe(cursor === "1");
    }
  });

  it("tells which page may be a repetition", () => {
    const { pages: them, page } = pages();
    const repeating = ["a", "b", "a", "c"].map((entry) => {
      page(entry, "z");
      them.ended(entry + them.repeating);
      return them.repeating;
    });
    expect(repeating).toEqual([false, false, true, false]);
  });

  it("lets as many true twins pass as users can make in a second", () => {
    const twins = (count: number) => Array.from({ length: count }, () => "twin");
    expect(pages().taken(100, () => twins(100))).toBe(32);
    expect(pages().taken(100, () => twins(1))).toBe(32);
    expect(pages().taken(100, () => twins(2_000))).toBe(3);
    expect(pages().taken(100, () => twins(20_000))).toBe(1);
  });

  it("does not take pages that only begin or end alike for the same", () => {
    const pageOf = (at: number) => ["first", `in between ${at}`, "last"];
    expect(pages().taken(9, pageOf)).toBe(9);
    expect(pages().taken(9, (at) => [...numbered(150), ...numbered(at)])).toBe(1);
  });
});
