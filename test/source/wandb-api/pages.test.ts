import { describe, expect, it } from "vitest";
import { Pages } from "../../../src/source/wandb-api/pages.ts";
import { collected } from "../wandb-log/collected.ts";

function pages() {
  const { sink, all, long } = collected();
  const pages = new Pages(sink);
  const page = (...entries: string[]) => {
    for (const entry of entries) pages.record(Buffer.from(entry));
  };
  return { pages, page, all, long };
}

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
      expect(them.leadOn(cursor)).toBe(true);
    }
    page("4");
    expect(them.leadOn("2")).toBe(false);
  });

  it("takes no cursor that cannot stand in the head of a request", () => {
    expect(pages().pages.leadOn("c".repeat(8192))).toBe(true);
    expect(pages().pages.leadOn("c".repeat(8193))).toBe(false);
  });

  it("gives up after a thousand empty pages in a row", () => {
    const { pages: them, page } = pages();
    for (let count = 0; count < 1000; count++) expect(them.leadOn(`${count}`)).toBe(true);
    page("something");
    expect(them.leadOn("something")).toBe(true);
    for (let count = 0; count < 1000; count++) expect(them.leadOn(`again ${count}`)).toBe(true);
    expect(them.leadOn("one more")).toBe(false);
  });

  it("gives up when pages only repeat the one before, later than twins could", () => {
    const { pages: them, page } = pages();
    const entries = Array.from({ length: 1000 }, (_, at) => `entry ${at}`);
    let repetitions = 0;
    for (let cursor = 0; ; cursor++) {
      page(...entries);
      if (!them.leadOn(`${cursor}`)) break;
      repetitions++;
    }
    expect(repetitions).toBe(101);
  });
});
