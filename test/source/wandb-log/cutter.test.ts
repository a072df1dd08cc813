import { describe, expect, it } from "vitest";
import { Cutter } from "../../../src/source/wandb-log/cutter.ts";
import { Lines } from "../../../src/source/wandb-log/lines.ts";
import { seeded } from "../wandb-api/reading.ts";
import { collected } from "./collected.ts";

const random = seeded(7);
const lineOf = (at: number, bytes = 100 + Math.floor(random() * 900)) =>
  `{"n":${at},"x":"${String(random()).repeat(bytes).slice(0, bytes)}"}\n`;
const log = Array.from({ length: 1500 }, (_, at) => lineOf(at));

/** The passages of a text that comes in chunks of this size, and the lines that belong to none. */
function cut(text: string, chunk = 65_536) {
  const { sink, all, long } = collected();
  const passages: string[] = [];
  const lines = new Lines(sink, 1_000_000);
  const cutter = new Cutter(
    { passage: (parts) => void passages.push(Buffer.concat(parts).toString()) },
    lines,
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) cutter.push(Buffer.from(bytes.subarray(at, at + chunk)));
  cutter.end();
  const last = lines.end();
  return { passages, loose: all, long, last };
}

describe("Cutter", () => {
  it("cuts whole lines into passages of some 64 KiB, and loses none", () => {
    const { passages, loose, last } = cut(log.join(""));
    expect(passages.join("")).toBe(log.join(""));
    expect([loose, last]).toEqual([[], "ended"]);
    expect(passages.every((passage) => passage.endsWith("\n"))).toBe(true);
    const sizes = passages.slice(0, -1).map(({ length }) => length);
    expect(Math.min(...sizes)).toBeGreaterThan(48 * 1024);
    expect(Math.max(...sizes)).toBeLessThan(130 * 1024);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(56 * 1024);
    expect(mean).toBeLessThan(76 * 1024);
  });

  it.each([1, 100, 4_096, 30_000, 10_000_000])("cuts in the same places, in chunks of %i bytes", (chunk) => {
    const some = log.slice(0, 400).join("");
    expect(cut(some, chunk).passages).toEqual(cut(some).passages);
  });

  it("leaves nearly all passages as they were when lines come in between, go or change", () => {
    const before = new Set(cut(log.join("")).passages);
    const changed = [...log];
    changed.splice(300, 0, lineOf(9_001));
    changed.splice(900, 2);
    changed[1200] = lineOf(9_002);
    const again = cut(changed.join("")).passages;
    expect(again.filter((passage) => !before.has(passage)).length).toBeLessThan(8);
  });

  it("cuts lines of which all end alike, or all begin alike", () => {
    for (const line of [
      (at: number) => `{"t":${at}${'"x":"y"'.repeat(60)}}\n`,
      (at: number) => `{${'"x":"y"'.repeat(60)}"t":${at}}\n`,
    ]) {
      const lines = Array.from({ length: 1500 }, (_, at) => line(at));
      const before = new Set(cut(lines.join("")).passages);
      const again = cut([line(77_777), ...lines].join("")).passages;
      expect(again.filter((passage) => !before.has(passage)).length).toBeLessThan(4);
    }
  });

  it("gives a last line without an end, and one that is too long, to the lines", () => {
    const few = log.slice(0, 10).join("");
    expect(cut(`${few}{"half":1`)).toMatchObject({ passages: [], last: "broken" });
    expect(cut(`${few}{"half":1`).loose).toHaveLength(11);
    const long = `{"x":"${"y".repeat(400_000)}"}\n`;
    for (const chunk of [10_000, 65_536, 10_000_000]) {
      const { passages, loose } = cut(few + long + log.slice(0, 500).join(""), chunk);
      const shown = [...loose.map((line) => `${line}\n`), ...passages];
      expect(shown.join("").length).toBe((few + long + log.slice(0, 500).join("")).length);
      expect(passages.length).toBeGreaterThan(2);
    }
  });

  it("hands out blank lines and carriage returns as they are", () => {
    const text = `\r\n\n${log.slice(0, 3).join("\r\n \n")}`;
    expect(cut(text).passages).toEqual([text]);
  });
});
