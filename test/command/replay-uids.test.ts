import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listedUids } from "../../src/command/replay-uids.ts";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "uids-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const [a, b] = ["a".repeat(32), "b".repeat(32)];

const none = Readable.from([]);

it("reads a list, and a file with one a line, each once", async () => {
  expect(await listedUids(`${a}, ${b},${a}`, none)).toEqual([a, b]);
  writeFileSync(join(place, "uids"), `${a}\r\n\n${b}\n`);
  expect(await listedUids(join(place, "uids"), none)).toEqual([a, b]);
});

it("takes digits of either case, and a mark of byte order", async () => {
  writeFileSync(join(place, "uids"), `\ufeff${a.toUpperCase()}\n${a}\n`);
  expect(await listedUids(join(place, "uids"), none)).toEqual([a]);
  expect(await listedUids(b.toUpperCase(), none)).toEqual([b]);
});

it.each(["", "no-such-file", "@no-such-file", "a,b"])("takes %j for neither", async (given) => {
  expect(await listedUids(given, none)).toBe(
    `${given} is neither a list of uids nor a file of them: 32 hexadecimal digits each, with commas or line ends between`,
  );
});

it("says what is wrong with a file, and nothing of what it holds", async () => {
  const file = join(place, "uids");
  writeFileSync(file, `${a}\nsecret\n`);
  const said = String(await listedUids(file, none));
  expect([said, said.includes("secret")]).toEqual([
    expect.stringContaining("; line 2 holds something else"),
    false,
  ]);
  writeFileSync(file, "\n");
  expect(await listedUids(file, none)).toContain("; nothing is in it");
  writeFileSync(file, " ".repeat(1024 * 1024 + 1));
  expect(await listedUids(file, none)).toContain("; it is larger than 1 MiB");
  expect(await listedUids("/dev/zero", none)).toContain("; it is not a regular file");
  expect(await listedUids(place, none)).toContain("; it is a folder");
});

it("reads a file behind an @, and standard input", async () => {
  writeFileSync(join(place, "uids"), `${b}\n`);
  expect(await listedUids(`@${join(place, "uids")}`, none)).toEqual([b]);
  expect(await listedUids("-", Readable.from([`${a}\n${b.slice(0, 5)}`, b.slice(5)]))).toEqual([a, b]);
  expect(await listedUids("-", none)).toContain("standard input has no list of uids");
  const endless = Readable.from([`${a}\n`, " ".repeat(1024 * 1024), b]);
  expect(await listedUids("-", endless)).toBe("standard input is larger than 1 MiB");
});
