import { afterEach, beforeEach, expect, it } from "vitest";
import { findEvents } from "../../src/command/find-event.ts";
import { soughtOf } from "../../src/command/sought.ts";
import type { AskedLookup, EventLookup } from "../../src/spool/event-lookup.ts";
import { keepLines, prod } from "../fake/kept-lines.ts";
import { all } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

function optionsOver(events: EventLookup, told: string[] = []) {
  const asked = Object.entries(events).map(([name, answer]) => [
    name,
    async (question: never) => answer(question),
  ]);
  return {
    lookup: Object.fromEntries(asked) as AskedLookup,
    instances: [prod.instance, "other.example"],
    instanceOf: (source: string) => (source === "prod" ? prod.instance : undefined),
    progress: (what: string) => void told.push(what),
  };
}

const line = '{"timestamp":"2026-07-31T13:12:14Z","action":"project:read","actor_user_id":1042}';

it("tells how far it is while it looks through spool and ledger", async () => {
  const store = state.open();
  keepLines(store, state.clock, [line]);
  const told: string[] = [];
  expect(await findEvents(soughtOf("f".repeat(32)), optionsOver(store.events, told))).toEqual([]);
  expect(new Set(told)).toEqual(new Set(["the spool", "the ledger of wandb.example"]));
});

it("finds a line in the log of every instance that has shown it, under a uid of its own", async () => {
  const store = state.open();
  keepLines(store, state.clock, [line]);
  keepLines(store, state.clock, [line], { origin: { ...prod, source: "b", instance: "other.example" } });
  const found = await findEvents(soughtOf(line), optionsOver(store.events));
  expect(found.map(({ instance }) => instance)).toEqual([prod.instance, "other.example"]);
  expect(found.map(({ uid }) => uid)).toEqual(store.read(0, all).map(({ uid }) => uid));
});

it("shows a record whose source is not configured any more, without what only that could tell", async () => {
  const store = state.open();
  keepLines(store, state.clock, [line], { origin: { ...prod, source: "gone" } });
  const [record] = store.read(0, all);
  const found = await findEvents(soughtOf(record?.uid ?? ""), optionsOver(store.events));
  expect(found).toEqual([{ uid: record?.uid, twins: 0, record: expect.objectContaining({ seq: 1 }) }]);
});
