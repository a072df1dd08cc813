import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import { all, drain, keep, move, ofOurs, record, settled } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
const renames: string[] = [];
beforeEach(() => {
  renames.length = 0;
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

/** The store with outputs at these places. */
function open(places: Record<string, string | readonly string[]>): Store {
  const members = (place: string | readonly string[]) => (typeof place === "string" ? [place] : place);
  return state.open({
    outputs: Object.keys(places),
    places: new Map(Object.entries(places).map(([name, place]) => [name, members(place)])),
    onRename: (from, to) => renames.push(`${from} → ${to}`),
  });
}
const events = (store: Store, output: string) => store.backlog(output).events;
const three = () => ["a", "b", "c"].map((name) => record(name));

it("two outputs that swap names keep what each receiver has, and what it waits for", () => {
  const before = open({ up: "hec one", down: "hec two" });
  keep(before, "prod", three());
  drain(before, "up");
  const [first] = before.read(0, all);
  if (first === undefined) throw new Error();
  const refused = { record: first, reason: "bad_event", detail: "no", at: 1 };
  before.settle("down", move(1, [], [], [refused]));
  const after = open({ up: "hec two", down: "hec one" });
  expect(renames.sort()).toEqual(["down → up", "up → down"]);
  expect([events(after, "up"), events(after, "down")]).toEqual([3, 0]);
  expect(after.side("up", "suspect", 0, all)).toHaveLength(1);
  expect(after.books().map(({ output, delivered, pending }) => [output, delivered, pending])).toEqual([
    ["down", 3, 0],
    ["up", 0, 3],
  ]);
});

it("a renamed output with the same destination goes on where it was, with its dead letters", () => {
  const before = open({ siem: "hec one" });
  keep(before, "prod", three());
  const { counts, dead } = settled(before.read(0, all), ({ seq }) => (seq === 2 ? "dead" : "delivered"));
  before.settle("siem", move(3, counts, dead));
  keep(before, "prod", [record("d")]);
  expect(ofOurs(before.read(3, all))).toMatchObject([{ output: "siem", reason: "bad_event" }]);
  const after = open({ splunk: "hec one" });
  expect(renames).toEqual(["siem → splunk"]);
  expect(after.outputs().map(({ output }) => output)).toEqual(["splunk"]);
  expect(drain(after, "splunk").map(({ seq }) => seq)).toEqual([5]);
  expect(after.deadLetters({}, 9)).toMatchObject([{ output: "splunk", seq: 2 }]);
});

it("an output whose destination changed waits for a person, and only that one", () => {
  const before = open({ siem: "hec one", lake: "otlp" });
  keep(before, "prod", three());
  for (const output of ["siem", "lake"]) drain(before, output);
  const after = open({ siem: "hec elsewhere", lake: "otlp" });
  expect(after.standing("siem").moved).toEqual({ from: ["hec one"], to: ["hec elsewhere"] });
  expect(after.standing("lake")).not.toHaveProperty("moved");
  expect(open({ siem: "hec one", lake: "otlp" }).standing("siem")).not.toHaveProperty("moved");
});

it.each([
  ["adopt", 0, 3, 0],
  ["start_over", 3, 0, 0],
  ["from_now", 0, 0, 1],
] as const)(
  "%s: what waits for it then, and what is counted as delivered to it",
  (answer, ofWandb, delivered, ours) => {
    // That a person accepted a loss is told, to every output.
    const waits = ofWandb + ours;
    const before = open({ siem: "hec one" });
    keep(before, "prod", three());
    drain(before, "siem");
    const after = open({ siem: "hec two" });
    after.answerPlace("siem", answer);
    expect(after.standing("siem")).not.toHaveProperty("moved");
    expect(events(after, "siem")).toBe(waits);
    expect(ofOurs(after.read(0, all))).toMatchObject(
      ours === 0 ? [] : [{ loss: "from_now", output: "siem", records: 3 }],
    );
    const siem = after.outputs().find(({ output }) => output === "siem");
    expect(siem).toMatchObject({ delivered, abandoned: false });
    // The old place is remembered with what it had, and goes on when it is configured again.
    keep(after, "prod", [record("d")]);
    const again = open({ siem: "hec two", old: "hec one" });
    expect(events(again, "siem")).toBe(waits + 1);
    expect(events(again, "old")).toBe((answer === "adopt" ? 4 : 1) + ours);
    expect(open({ siem: "hec two", old: "hec one" }).standing("siem")).not.toHaveProperty("moved");
  },
);

it("the same name at a new place while the old place has a new name: nobody is asked, nothing comes twice", () => {
  const before = open({ siem: "hec one" });
  keep(before, "prod", three());
  drain(before, "siem");
  const after = open({ siem: "hec two", archive: "hec one" });
  expect(renames).toEqual(["siem → archive"]);
  expect([events(after, "siem"), events(after, "archive")]).toEqual([3, 0]);
  expect(after.standing("siem")).not.toHaveProperty("moved");
});

it("an address that is corrected before anything arrived asks nobody", () => {
  const before = open({ siem: "hec wrong" });
  keep(before, "prod", three());
  const after = open({ siem: "hec right" });
  expect(after.standing("siem")).not.toHaveProperty("moved");
  expect(events(after, "siem")).toBe(3);
});

it("lists that share a member are the same place, and what is there now is remembered", () => {
  const before = open({ bus: ["kafka a topic x", "kafka b topic x"] });
  keep(before, "prod", three());
  drain(before, "bus");
  expect(open({ bus: ["kafka b topic x", "kafka c topic x"] }).standing("bus")).not.toHaveProperty("moved");
  expect(open({ bus: ["kafka c topic x"] }).standing("bus")).not.toHaveProperty("moved");
  expect(open({ bus: ["kafka a topic x"] }).standing("bus")).toHaveProperty("moved");
});

it("a state from before places were known takes the first configuration's", () => {
  const before = state.open({ outputs: ["siem"] });
  keep(before, "prod", three());
  drain(before, "siem");
  expect(open({ siem: "hec one" }).standing("siem")).not.toHaveProperty("moved");
  expect(open({ siem: "hec two" }).standing("siem")).toHaveProperty("moved");
});
