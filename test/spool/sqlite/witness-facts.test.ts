import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import { all, counted, keep, ofOurs, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const open = () => state.open({ sources: ["prod", "archive"], witnesses: new Map([["archive", "prod"]]) });
const told = (store: Store) => ofOurs(store.read(0, all));
const counts = { shown: 4, known: 4, examples: [], open: false };

function found(store: Store, missing: number, extra: number, at: number) {
  const witnessed = { day: today, ...counts, missing, extra };
  store.finishStep({ progress: { source: "archive", witnessed } }, counted(), at);
}

it("a difference is told once, with what it is; another one too, and its end", () => {
  const store = open();
  found(store, 0, 0, 1_000);
  found(store, 2, 0, 2_000);
  found(store, 2, 0, 3_000);
  found(store, 2, 1, 4_000);
  expect(store.witnessed("archive")).toMatchObject([{ since: 2_000, compared: 4_000 }]);
  found(store, 0, 0, 62_000);
  found(store, 0, 0, 63_000);
  expect(told(store)).toMatchObject([
    { action: expect.stringContaining("witness_differs"), day: "2026-08-01", missing: 2, extra: 0 },
    { action: expect.stringContaining("witness_differs"), missing: 2, extra: 1 },
    { action: expect.stringContaining("witness_agrees"), source: "archive", seconds: 60 },
  ]);
  expect(store.witnessed("archive")[0]).not.toHaveProperty("since");
});

it("is told together with what is written down, also when the process is killed then", () => {
  found(open(), 1, 0, 2_000);
  const again = open();
  expect(again.witnessed("archive")).toMatchObject([{ missing: 1, since: 2_000 }]);
  expect(told(again)).toHaveLength(1);
  found(again, 1, 0, 9_000);
  expect(told(again)).toHaveLength(1);
});

it("says nothing and writes nothing while a comparison goes on", () => {
  const store = open();
  store.finishStep({ progress: { source: "archive", witnessed: undefined } }, counted(), 1);
  expect([store.witnessed("archive"), told(store)]).toEqual([[], []]);
});

it("comes with how many records of the day were kept of the instance, whichever source showed them", () => {
  const instance = { instance: "acme.example", baseUrl: "https://acme.example" };
  const store = state.open({
    ...{ sources: ["prod", "archive", "other"], witnesses: new Map([["archive", "prod"]]) },
    origins: new Map([
      ["prod", instance],
      ["archive", instance],
      ["other", { ...instance, instance: "other.example" }],
    ]),
  });
  keep(store, "prod", [record("a"), record("b")]);
  keep(store, "archive", [record("c")]);
  keep(store, "other", [record("d")]);
  found(store, 1, 0, 2_000);
  expect([store.keptOf("archive", today), store.keptOf("archive", today + 1)]).toEqual([3, 0]);
  expect(store.witnessed("archive")).toMatchObject([{ kept: 3 }]);
});
