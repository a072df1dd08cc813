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

it.each(["", "no-such-file", "@no-such-file", "a,b"])("takes %j for neither", async (given) => {
  expect(await listedUids(given, none)).toBeUndefined();
});

it("takes a file with anything else in it for none of uids", async () => {
  writeFileSync(join(place, "uids"), `${a}\nnot a uid\n`);
  expect(await listedUids(join(place, "uids"), none)).toBeUndefined();
});

it("reads a file behind an @, and standard input", async () => {
  writeFileSync(join(place, "uids"), `${b}\n`);
  expect(await listedUids(`@${join(place, "uids")}`, none)).toEqual([b]);
  expect(await listedUids("-", Readable.from([`${a}\n${b.slice(0, 5)}`, b.slice(5)]))).toEqual([a, b]);
  expect(await listedUids("-", none)).toBeUndefined();
});
