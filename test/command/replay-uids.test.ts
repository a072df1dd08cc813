import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listedUids } from "../../src/command/replay-uids.ts";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "uids-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const [a, b] = ["a".repeat(32), "b".repeat(32)];

it("reads a list, and a file with one a line, each once", () => {
  expect(listedUids(`${a}, ${b},${a}`)).toEqual([a, b]);
  writeFileSync(join(place, "uids"), `${a}\r\n\n${b}\n`);
  expect(listedUids(join(place, "uids"))).toEqual([a, b]);
});

it.each(["", "no-such-file", "a,b"])("takes %j for neither", (given) => {
  expect(listedUids(given)).toBeUndefined();
});

it("takes a file with anything else in it for none of uids", () => {
  writeFileSync(join(place, "uids"), `${a}\nnot a uid\n`);
  expect(listedUids(join(place, "uids"))).toBeUndefined();
});
