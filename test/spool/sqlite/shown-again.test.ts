import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import {
  acme,
  all,
  dayMs,
  drain,
  keep,
  move,
  newRecords,
  record,
  today,
  uidOfText,
} from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const days = [{ source: "prod", first: today, end: today + 1, perSecond: 5 }];
const plan = { output: "siem", filter: { from: 0, to: (today + 1) * dayMs }, perSecond: 5, days };

/** A source has shown a, b and c for a replay, in an append each. */
function shown(): Store {
  const store = state.open();
  keep(store, "prod", [record("a")]);
  drain(store, "siem");
  const { id } = store.replays.plan(plan);
  for (const name of ["a", "b", "c"])
    store.append(
      "prod",
      newRecords(),
      { instance: acme, known: new Map(), counts: [] },
      { seconds: 1, nanos: 0 },
      { id, day: today, records: newRecords(record(name)), keys: Buffer.alloc(16, name) },
    );
  return store;
}

it("passes over what was changed on disk, counts it, and tells of it", () => {
  shown();
  state.close();
  const db = new DatabaseSync(state.file("spool.db"));
  db.exec("UPDATE again SET bytes = zeroblob(length(bytes)) WHERE first_seq = 2");
  db.close();
  const store = state.open();
  expect(store.replays.shown("siem", 0, all).map(({ uid }) => uid)).toEqual(["a", "c"].map(uidOfText));
  const { id } = store.replays.of("siem") ?? expect.unreachable();
  const step = { id, part: "shown" as const, nextSeq: 4, sent: 2, refused: 0 };
  store.settle("siem", { ...move(store.standing("siem").position, []), replay: step });
  expect(store.replays.of("siem")).toMatchObject({ removed: 1, sent: 2 });
  expect(store.damage()).toMatchObject([{ count: 0, source: "prod", reason: expect.stringContaining(id) }]);
});

it("takes room as what waits does, and gives it back when it was sent", () => {
  const store = shown();
  const waits = () => store.replays.readFor("prod")?.bytes;
  const before = waits() as number;
  const { id } = store.replays.of("siem") ?? expect.unreachable();
  const step = { id, part: "shown" as const, nextSeq: 3, sent: 2, refused: 0 };
  store.settle("siem", { ...move(store.standing("siem").position, []), replay: step });
  expect(waits()).toBe(before / 3);
  state.close();
  expect(state.open().replays.readFor("prod")?.bytes).toBe(before / 3);
});

it("stays with its output where that gets another name", () => {
  shown();
  const place = (name: string) => ({ outputs: [name], places: new Map([[name, ["https://siem.example"]]]) });
  state.open(place("siem"));
  const store = state.open(place("other"));
  expect(store.replays.shown("other", 0, all)).toHaveLength(3);
  expect(store.replays.readFor("prod")?.output).toBe("other");
});
