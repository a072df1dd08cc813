import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isPattern, matching } from "../../../src/source/file/pattern.ts";
import { failure, Keeper, line, today } from "../wandb-api/reading.ts";
import { type Folder, testFolder } from "./reading-files.ts";

/** Root may read everything, so that one works as somebody else. */
async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** Folders `a` and `b` with a file each. */
function twoFolders(): Folder {
  const place = testFolder();
  chmodSync(place.path, 0o755);
  for (const name of ["a", "b"]) {
    mkdirSync(place.file(name));
    place.write(`${name}/audit.ndjson`, line(today, name.charCodeAt(0)));
  }
  return place;
}

async function found(path: string) {
  const names: string[] = [];
  const closed: string[] = [];
  await asNobody(async () => {
    for await (const name of matching(path, ({ volume }) => void closed.push(volume))) names.push(name);
  });
  return { names, closed };
}

describe("a folder that a pattern cannot look into", () => {
  it("is told, wherever in the pattern it stands, and what the others hold is found", async () => {
    const place = twoFolders();
    const b = place.file("b");
    chmodSync(b, 0);
    for (const path of ["*/audit.ndjson", "*/*.ndjson", "**/*.ndjson", "**", "{a,b}/audit.ndjson"]) {
      const { names, closed } = await found(place.file(path));
      expect(names).toContain(place.file("a/audit.ndjson"));
      expect([path, new Set(closed)]).toEqual([path, new Set([b])]);
    }
    expect(await found(place.file("b/*.ndjson"))).toEqual({ names: [], closed: [b] });
    chmodSync(b, 0o700);
  });

  it("is not told where it is behind a link that the pattern does not follow", async () => {
    const place = twoFolders();
    mkdirSync(place.file("closed"), 0o000);
    mkdirSync(place.file("links"));
    symlinkSync(place.file("closed"), place.file("links/away"));
    symlinkSync("itself", place.file("links/itself"));
    chmodSync(place.file("links"), 0o755);
    for (const path of ["links/*/*.ndjson", "links/**/*.ndjson", "links/**"])
      expect([path, (await found(place.file(path))).closed]).toEqual([path, []]);
    expect((await found(place.file("links/{away,none}/*.ndjson"))).closed).toEqual([
      place.file("links/away"),
    ]);
    chmodSync(place.file("closed"), 0o700);
  });

  it("need not be listed where the rest of the path is a name", async () => {
    const place = twoFolders();
    chmodSync(place.file("b"), 0o711);
    const { names, closed } = await found(place.file("*/audit.ndjson"));
    expect([names.length, closed]).toEqual([2, []]);
    expect((await found(place.file("*/*.ndjson"))).closed).toEqual([place.file("b")]);
  });

  it("fails the round, after the others were read", async () => {
    const place = twoFolders();
    chmodSync(place.file("b"), 0);
    const keeper = new Keeper(place.source("*/audit.ndjson"));
    expect(await asNobody(() => failure(keeper.poll()))).toMatchObject({
      reason: "forbidden",
      message: expect.stringContaining(place.file("b")),
    });
    expect(keeper.lines).toEqual([line(today, 97)]);
    chmodSync(place.file("b"), 0o755);
    await asNobody(() => keeper.poll());
    expect(keeper.lines).toEqual([line(today, 97), line(today, 98)]);
  });

  it("is none where it belongs to the file system, is no folder, or leads nowhere", async () => {
    const place = twoFolders();
    mkdirSync(place.file("lost+found"), 0o700);
    place.write("file", "x");
    symlinkSync("nowhere", place.file("link"));
    for (const path of ["*/*.ndjson", "**/*.ndjson"])
      expect((await found(place.file(path))).closed).toEqual([]);
  });
});

it("a path is a pattern where nothing has that very name", async () => {
  const place = testFolder();
  place.write("a[1].ndjson", line(today, 1));
  expect(await isPattern(place.file("a[1].ndjson"))).toBe(false);
  expect(await isPattern(place.file("a[2].ndjson"))).toBe(true);
  expect(await isPattern(place.file("a.ndjson"))).toBe(false);
});
