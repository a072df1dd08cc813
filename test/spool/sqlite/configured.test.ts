import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { all, ofOurs } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const open = (parts: Readonly<Record<string, string>>) =>
  state.open({ configuration: new Map(Object.entries(parts)) });

it("a change is told at the next start, by the names of what changed; the first start is none", () => {
  expect(ofOurs(open({ "sources.prod": "a", spool: "b" }).read(0, all))).toEqual([]);
  open({ "sources.prod": "a", spool: "b" });
  state.open();
  const spool = open({ "sources.prod": "a2", "outputs.soc": "c" });
  expect(ofOurs(spool.read(0, all))).toMatchObject([
    { added: ["outputs.soc"], removed: ["spool"], changed: ["sources.prod"] },
  ]);
  expect(open({ "sources.prod": "a2", "outputs.soc": "c" }).head()).toBe(1);
});

it("nothing of what the parts say is kept", () => {
  open({ "sources.prod": "a-secret-text" });
  state.close();
  expect(readFileSync(state.file("spool.db")).includes("a-secret-text")).toBe(false);
});
