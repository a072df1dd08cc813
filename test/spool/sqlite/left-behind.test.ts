import { afterEach, beforeEach, expect, it } from "vitest";
import { drain, keep, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

type Opened = ReturnType<SpoolDirectory["open"]>;
let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const left = (store: Opened, day = today) => store.events.left({ day }).left;
const two = ["siem", "lake"];
const waited = { source: "prod", output: "lake", records: 2 };

/** `lake` has got nothing when it is taken out; and then something comes. */
function without(): Opened {
  const before = state.open({ outputs: two });
  keep(before, "prod", [record("a"), record("b"), record("c", { day: today - 1 })]);
  drain(before, "siem");
  expect(left(before)).toEqual([]);
  const after = state.open({ outputs: ["siem"] });
  keep(after, "prod", [record("d")]);
  return after;
}

it("knows what waited for an output when it was taken out of the configuration, and not what came later", () => {
  const after = without();
  expect(left(after)).toEqual([waited]);
  expect(left(after, today - 1)).toEqual([{ ...waited, records: 1 }]);
  expect(left(state.open({ outputs: ["siem"] }))).toEqual([waited]);
});

it("forgets it when the output is back", () => {
  without();
  expect(left(state.open({ outputs: two }))).toEqual([]);
});

it("goes with the output where that has another name", () => {
  const places = (...names: string[]) =>
    new Map(names.map((name) => [name, [name === "siem" ? "one" : "two"]]));
  keep(state.open({ outputs: two, places: places("siem", "lake") }), "prod", [record("a"), record("b")]);
  state.open({ outputs: ["siem"], places: places("siem") });
  const again = state.open({ outputs: ["lake"], places: new Map([["lake", ["one"]]]) });
  const [gone] = left(again);
  expect(gone).toEqual({ ...waited, output: expect.stringMatching(/^lake until /) });
});
