import { afterEach, beforeEach, expect, it } from "vitest";
import { counted, done, keep, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
const moves: string[] = [];
beforeEach(() => {
  moves.length = 0;
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

function open(instance: string, baseUrl = `https://${instance}`) {
  return state.open({
    sources: ["prod"],
    origins: new Map([["prod", { instance, baseUrl }]]),
    onMove: (source, from, to) => moves.push(`${source}: ${from} → ${to}`),
  });
}

function read(instance: string) {
  const store = open(instance);
  keep(store, "prod", [record("a")]);
  store.finishWindow("prod", done("next", { gaps: [{ day: 7, reason: "refused" }] }), counted(), 1);
  return store;
}

it("another address of the same instance goes on, and is told once", () => {
  read("wandb.example");
  const after = open("wandb.example", "https://10.0.0.7");
  expect(after.instanceChange("prod")).toBeUndefined();
  expect(after.cursor("prod")).toBe("next");
  open("wandb.example", "https://10.0.0.7");
  expect(moves).toEqual(["prod: https://wandb.example → https://10.0.0.7"]);
});

it("another instance is asked about until the old one is back", () => {
  read("wandb.example");
  const after = open("wandb.internal");
  expect(after.instanceChange("prod")).toEqual({ was: "wandb.example", is: "wandb.internal" });
  expect(open("wandb.internal").instanceChange("prod")).toBeDefined();
  const back = open("wandb.example");
  expect(back.instanceChange("prod")).toBeUndefined();
  expect(back.startOver("prod")).toBe(false);
  expect(back.cursor("prod")).toBe("next");
});

it("a person agrees: the source is read from its start, what was delivered stays counted", () => {
  read("wandb.example");
  const after = open("wandb.internal");
  expect(after.startOver("prod")).toBe(true);
  expect([after.cursor("prod"), [...after.known("wandb.internal", today)], after.sources()[0]?.gaps]).toEqual(
    [undefined, [], []],
  );
  expect(after.books()[0]).toMatchObject({ new: 1, pending: 1 });
  expect(open("wandb.internal").instanceChange("prod")).toBeUndefined();
});

it("nobody is asked before anything was read", () => {
  open("wandb.exmaple");
  expect(open("wandb.example").instanceChange("prod")).toBeUndefined();
});
