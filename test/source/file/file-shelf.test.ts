import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { failure, Keeper, line, today } from "../wandb-api/reading.ts";
import { testFolder } from "./reading-files.ts";

describe("a file that is rotated", () => {
  it("by renaming: the rest of the old one is read, then the new one, and twins on both sides count", async () => {
    const place = testFolder();
    const [first, twin, last] = [line(today, 1), line(today, 2), line(today, 3)];
    place.write("audit.ndjson", first, twin);
    const keeper = new Keeper(place.source("audit.ndjson"));
    await keeper.poll();
    place.append("audit.ndjson", twin);
    renameSync(place.file("audit.ndjson"), place.file("audit.ndjson.1"));
    place.append("audit.ndjson", twin, last);
    keeper.source = place.source("audit.ndjson");
    expect(await keeper.poll()).toHaveLength(3);
    place.append("audit.ndjson", twin);
    expect(await keeper.poll()).toHaveLength(1);
    expect(keeper.lines).toEqual([first, twin, twin, twin, twin, last]);
    renameSync(place.file("audit.ndjson.1"), place.file("audit.ndjson.2"));
    renameSync(place.file("audit.ndjson"), place.file("audit.ndjson.1"));
    place.append("audit.ndjson", twin);
    expect(await keeper.poll()).toHaveLength(1);
    rmSync(place.file("audit.ndjson.2"));
    expect(await keeper.poll()).toEqual([]);
    expect(keeper.notices).toEqual([]);
  });

  it("by copying and truncating: the copy shows nothing new, and the file is read from its beginning", async () => {
    const place = testFolder();
    place.write("audit.ndjson", line(today, 1), line(today, 2));
    const keeper = new Keeper(place.source("audit.ndjson*"));
    await keeper.poll();
    copyFileSync(place.file("audit.ndjson"), place.file("audit.ndjson.1"));
    truncateSync(place.file("audit.ndjson"));
    place.append("audit.ndjson", line(today, 3));
    expect(await keeper.poll()).toHaveLength(1);
    expect(keeper.lines).toEqual([1, 2, 3].map((second) => line(today, second)));
    expect(keeper.notices).toEqual([expect.stringContaining("audit.ndjson shrank from")]);
  });

  it("by truncating, when it is longer than before at the next look: it is not gone on with", async () => {
    const place = testFolder();
    const long = (from: number) =>
      Array.from({ length: 9000 }, (_, at) => line(today, (from + at) * 4, { note: "x".repeat(500) }));
    place.write("audit.ndjson", ...long(0));
    const keeper = new Keeper(place.source("audit.ndjson"));
    await keeper.poll();
    truncateSync(place.file("audit.ndjson"));
    place.append("audit.ndjson", ...long(9000), line(today, 80_000));
    expect(await keeper.poll()).toHaveLength(9001);
    expect(keeper.notices).toEqual([expect.stringContaining("audit.ndjson was rewritten")]);
  });
});

describe("a path", () => {
  it("that is not there yet is looked for, and read when it is", async () => {
    const place = testFolder();
    for (const path of ["audit.ndjson", "*.ndjson", "later/*.ndjson"]) {
      const keeper = new Keeper(place.source(path));
      expect(await failure(keeper.poll())).toMatchObject({ reason: "nothing_there" });
      mkdirSync(place.file("later"), { recursive: true });
      for (const name of ["audit.ndjson", "later/audit.ndjson"]) place.write(name, line(today, 1));
      expect(await keeper.poll()).toHaveLength(1);
      for (const name of ["audit.ndjson", "later"]) rmSync(place.file(name), { recursive: true });
    }
  });

  it("may be a pattern whose files are taken away when they are read, but no file that is lost", async () => {
    const place = testFolder();
    place.write("audit.ndjson", line(today, 1));
    const [pattern, file] = ["*.ndjson", "audit.ndjson"].map((path) => new Keeper(place.source(path)));
    await pattern?.poll();
    await file?.poll();
    rmSync(place.file("audit.ndjson"));
    for (const _ of [1, 2]) expect(await pattern?.poll()).toEqual([]);
    expect(await failure(file?.poll() as Promise<unknown>)).toMatchObject({ reason: "nothing_there" });
  });

  it("that is a folder is told with the pattern that was meant", async () => {
    const place = testFolder();
    expect(await failure(new Keeper(place.source("")).poll())).toMatchObject({
      reason: "not_a_file",
      fix: expect.stringContaining(`path: ${place.path}/*.ndjson`),
    });
  });

  it("may have any name, also one that looks like a pattern", async () => {
    const place = testFolder();
    for (const name of ["audit [1].ndjson", "día 日 😀 %2F.ndjson", "a*b"]) {
      place.write(name, line(today, 1));
      const keeper = new Keeper(place.source(name));
      expect(await keeper.poll()).toHaveLength(1);
    }
  });

  it("shows one file once, by whatever names it goes", async () => {
    const place = testFolder();
    place.write("a.ndjson", line(today, 1), line(today, 1));
    linkSync(place.file("a.ndjson"), place.file("b.ndjson"));
    symlinkSync("a.ndjson", place.file("c.ndjson"));
    mkdirSync(place.file("d.ndjson"));
    const keeper = new Keeper(place.source("*.ndjson"));
    expect(await keeper.poll()).toHaveLength(2);
    expect(keeper.dones).toHaveLength(1);
  });

  it("may go through folders", async () => {
    const place = testFolder();
    mkdirSync(place.file("2026/08"), { recursive: true });
    place.write("2026/08/20.ndjson", line(today, 1));
    place.write("2026/19.ndjson", line(today, 2));
    expect(await new Keeper(place.source("**/*.ndjson")).poll()).toHaveLength(2);
  });
});

it("a packed file that is still being written waits, and the others are read", async () => {
  const place = testFolder();
  const packed = gzipSync(`${line(today, 1)}\n${line(today, 2)}\n`);
  place.write("a.gz", packed.subarray(0, -5));
  place.write("b.gz", gzipSync(`${line(today, 3)}\n`));
  const keeper = new Keeper(place.source("*.gz"));
  expect(await failure(keeper.poll())).toMatchObject({
    reason: "cut_body",
    message: expect.stringContaining("a.gz: its gzip ends too early"),
  });
  expect(keeper.lines).toContain(line(today, 3));
  place.write("a.gz", packed);
  await keeper.poll();
  expect(keeper.lines).toEqual([1, 2, 3].map((second) => line(today, second)));
});

it("goes on in the middle of a large file: nothing but its end is read again", async () => {
  const place = testFolder();
  const lines = Array.from({ length: 12_000 }, (_, at) => line(today, at * 4, { note: "x".repeat(500) }));
  place.write("audit.ndjson", ...lines);
  const keeper = new Keeper(place.source("audit.ndjson"));
  await keeper.poll();
  keeper.source = place.source("audit.ndjson");
  place.append("audit.ndjson", lines.at(-1) as string, line(today, 50_000));
  let shown = 0;
  const { read } = keeper.source;
  keeper.source = {
    ...keeper.source,
    read: async function* (...how) {
      const reading = read(...how);
      let step = await reading.next();
      for (; step.done !== true; step = await reading.next()) {
        shown += step.value.length;
        yield step.value;
      }
      return step.value;
    },
  };
  expect(await keeper.poll()).toHaveLength(2);
  expect(shown).toBeLessThan(6000);
});
