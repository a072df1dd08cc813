import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import { all, counted, done, drain, keep, ofOurs, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const siem = { output: "siem", source: "" };
const prod = { output: "", source: "prod" };
const options = { outputs: ["siem", "lake"], sources: ["prod"] };
const told = (spool: Store) =>
  ofOurs(spool.read(0, all)).map(({ action, reason, seconds }) =>
    [action.replace(/^.*:/, ""), reason, seconds].filter((part) => part !== undefined).join(" "),
  );

it("a hold is told once, whatever the reason becomes and however often the program starts", () => {
  const spool = state.open(options);
  spool.hold(siem, "unauthorized");
  spool.hold(siem, "tls");
  const again = state.open(options);
  again.hold(siem, "unauthorized");
  expect(told(again)).toEqual(["output_held unauthorized"]);
});

it("ends with what is delivered, in the same transaction, and not with what is filtered", () => {
  const spool = state.open(options);
  keep(spool, "prod", [record("a")]);
  spool.hold(siem, "unauthorized");
  state.clock.advance(90_000);
  const day = spool.read(0, all)[0]?.day as number;
  const row = { source: "prod", day, delivered: 0, filtered: 1, dead: 0, resent: 0 };
  const rest = { dead: [], suspects: [], done: [] };
  spool.settle("siem", { through: 1, counts: [row], ...rest });
  expect(told(spool)).toEqual(["output_held unauthorized"]);
  keep(spool, "prod", [record("b")]);
  drain(spool, "siem");
  expect(told(spool)).toEqual(["output_held unauthorized", "output_released unauthorized 90"]);
  drain(spool, "siem");
  spool.hold(siem, undefined);
  expect(told(spool)).toHaveLength(2);
});

it("of a source ends with a read that ends cleanly, and says when it was the key", () => {
  const spool = state.open(options);
  spool.hold(prod, "forbidden");
  spool.finishWindow("prod", done("one", { troubled: true }), counted(), 1);
  expect(told(spool)).toEqual(["key_rejected forbidden"]);
  state.clock.advance(5000);
  spool.finishWindow("prod", done("two"), counted(), state.clock.now());
  spool.hold(prod, "tls");
  spool.finishWindow("prod", done("three"), counted(), state.clock.now());
  expect(told(spool).slice(1)).toEqual([
    "key_accepted forbidden 5",
    "source_held tls",
    "source_released tls 0",
  ]);
});

it("goes on under the output's new name, and is forgotten with what is not configured any more", () => {
  const places = (name: string) => new Map([[name, ["one place"]]]);
  const open = (name: string) => state.open({ outputs: [name], sources: [], places: places(name) });
  open("siem").hold(siem, "tls");
  const renamed = open("splunk");
  renamed.hold({ output: "splunk", source: "" }, "tls");
  expect(told(renamed)).toEqual(["output_held tls"]);
  state.open({ outputs: ["other"], sources: [] });
  const back = open("splunk");
  back.hold({ output: "splunk", source: "" }, "tls");
  expect(told(back)).toEqual(["output_held tls", "output_held tls"]);
});

it("is shown with the output and the source until it ends, over a restart too", () => {
  const spool = state.open(options);
  keep(spool, "prod", [record("a")]);
  spool.hold(siem, "unauthorized");
  spool.hold(prod, "forbidden");
  const again = state.open(options);
  expect(again.outputs()).toMatchObject([{ output: "lake" }, { output: "siem", held: "unauthorized" }]);
  expect(again.sources()).toMatchObject([{ source: "prod", held: "forbidden" }]);
  again.finishWindow("prod", done("two"), counted(), state.clock.now());
  drain(again, "siem");
  for (const each of [...again.outputs(), ...again.sources()]) expect(each).not.toHaveProperty("held");
});
