import { cpSync, mkdirSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import { counted, done, keep, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
let killed: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
  killed = new SpoolDirectory();
});
afterEach(() => {
  state.remove();
  killed.remove();
});

const options = { outputs: ["siem"], sources: ["prod"] };
const finish = (spool: Store, next: string, mayWait?: true) =>
  spool.finishWindow("prod", done(next, { ...(mayWait && { mayWait }) }), counted(), 5);

/** What a kill leaves on disk, opened by the next run. */
function afterKill(): Store {
  killed.close();
  rmSync(killed.path, { recursive: true, force: true });
  mkdirSync(killed.path, { mode: 0o700 });
  cpSync(state.path, killed.path, { recursive: true });
  return killed.open(options);
}

it("a cursor that may wait is on disk with the next that may not, and its records are at once", () => {
  const spool = state.open(options);
  finish(spool, "one");
  keep(spool, "prod", [record("a")]);
  finish(spool, "two", true);
  keep(spool, "prod", [record("b")]);
  finish(spool, "three", true);
  expect(spool.cursor("prod")).toBe("three");
  const left = afterKill();
  expect([left.cursor("prod"), left.head()]).toEqual(["one", spool.head()]);
  finish(spool, "four");
  expect(afterKill().cursor("prod")).toBe("four");
});

it("a cursor that waits is on disk after the end", () => {
  const spool = state.open(options);
  finish(spool, "one");
  keep(spool, "prod", [record("a")]);
  finish(spool, "two", true);
  const again = state.open(options);
  expect([again.cursor("prod"), again.sources()[0]?.newestEvent]).toEqual([
    "two",
    spool.sources()[0]?.newestEvent,
  ]);
});

it("a transaction that fails leaves the cursor that is on disk", () => {
  const spool = state.open(options);
  finish(spool, "one");
  finish(spool, "two", true);
  expect(() =>
    spool.finishWindow(
      "prod",
      done("three"),
      { ...counted(), counts: [{ day: 1, fetched: 2, known: 1 }] },
      5,
    ),
  ).toThrow();
  expect(spool.cursor("prod")).toBe("one");
});
