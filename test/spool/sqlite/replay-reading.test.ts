import { statSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { acme, dayMs, drain, keep, newRecords, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const span = { first: today, end: today + 2, perSecond: 5 };

it("keeps what was handed over of a day until the last source that shows it is done with it", () => {
  const store = state.open();
  keep(store, "prod", [record("a")]);
  drain(store, "siem");
  const days = [
    { ...span, source: "prod" },
    { ...span, source: "copy" },
  ];
  const filter = { from: 0, to: (today + 2) * dayMs };
  const { id } = store.replays.plan({ output: "siem", filter, perSecond: 5, days, from: "days" });
  store.append(
    "prod",
    newRecords(),
    { instance: acme, known: new Map(), counts: [] },
    { seconds: 1, nanos: 0 },
    { id, day: today, records: newRecords(record("a")), keys: Buffer.alloc(16, 7) },
  );
  const keys = () => [...store.replays.taken(id, acme, today)].length;
  const finish = (source: string, next: number) => {
    const before = store.backfill(source) ?? expect.unreachable();
    const progress = { ...before, next, state: next === span.end ? ("done" as const) : before.state };
    store.finishStep({ progress }, { instance: acme, renamed: new Map(), counts: [] }, 1);
  };
  finish("prod", today + 1);
  expect(keys()).toBe(1);
  finish("prod", span.end);
  expect(keys()).toBe(1);
  finish("copy", today + 1);
  expect(keys()).toBe(0);
  expect(store.standing("siem").replay?.shown.grows).toBe(true);
  finish("copy", span.end);
  expect(store.standing("siem").replay?.shown.grows).toBe(false);
});

it("lets others write while what was handed over is gone through, however much that is", () => {
  const store = state.open();
  const filter = { from: 0, to: (today + 2) * dayMs };
  const days = [{ ...span, source: "prod" }];
  const { id } = store.replays.plan({ output: "siem", filter, perSecond: 5, days, from: "days" });
  const nothing = { instance: acme, known: new Map(), counts: [] };
  for (let at = 1; at <= 40; at++) {
    const shown = { id, day: today, records: newRecords(record(`${at}`)), keys: Buffer.alloc(16, at) };
    store.append("prod", newRecords(), nothing, { seconds: 1, nanos: 0 }, shown);
  }
  for (let at = 0; at < 40; at++) keep(store, "prod", [record(`of the run ${at}`)]);
  const pieces = store.replays.taken(id, acme, today)[Symbol.iterator]();
  const found = [pieces.next().value];
  const log = () => statSync(state.file("spool.db-wal")).size;
  const write = (at: number) => keep(store, "prod", [record(`other ${at}`, { day: today + 1 })]);
  // Until the log was written into the database once: its file is written over then, and grows no more.
  let before = 0;
  for (let at = 0; log() > before && at < 2000; at++) {
    before = log();
    write(at);
  }
  expect(log()).toBe(before);
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) found.push(next.value);
  expect(found.map(({ form, bytes }) => `${form} ${form === "keys" ? bytes[0] : ""}`)).toEqual([
    ...Array.from({ length: 40 }, (_, at) => `keys ${at + 1}`),
    ...Array.from({ length: 40 }, () => "known "),
  ]);
});

it("tells of a backfill which output gets again what was known", () => {
  const store = state.open({ sources: ["prod"] });
  keep(store, "prod", [record("a")]);
  drain(store, "siem");
  const filter = { from: 0, to: (today + 2) * dayMs };
  const days = [{ ...span, source: "prod" }];
  store.replays.plan({ output: "siem", filter, perSecond: 5, days });
  expect(store.sources()[0]?.backfill).toMatchObject({ output: "siem", state: "running" });
  expect(store.outputs()[0]?.replay).toMatchObject({ days: [{ source: "prod" }], waiting: 0 });
});

it("ends the days of an output that is not configured any more", () => {
  const store = state.open();
  keep(store, "prod", [record("a")]);
  drain(store, "siem");
  const filter = { from: 0, to: (today + 2) * dayMs };
  store.replays.plan({ output: "siem", filter, perSecond: 5, days: [{ ...span, source: "prod" }] });
  expect(state.open({ outputs: ["other"] }).backfill("prod")?.state).toBe("cancelled");
});

const wanted = { output: "siem", filter: { from: 0, to: (today + 2) * dayMs }, perSecond: 5 };
const ofBucket = { ...wanted, days: [{ ...span, source: "bucket" }], from: "days" as const };

it.each([
  ["is not in the configuration any more", { sources: ["prod"] }],
  ["is a witness now", { sources: ["prod", "bucket"], witnesses: new Map([["bucket", "prod"]]) }],
])("ends, and is not called done, where the source of its days %s", (_, later) => {
  const store = state.open({ sources: ["prod", "bucket"] });
  store.replays.plan(ofBucket);
  expect(state.open({ sources: ["prod", "bucket"] }).replays.of("siem")?.state).toBe("running");
  const again = state.open(later);
  expect(again.replays.of("siem")?.state).toBe("cancelled");
  expect(again.backfill("bucket")?.state).toBe("cancelled");
  expect(again.standing("siem").replay).toBeUndefined();
});

it("and its days go on where a command only looks at the state", () => {
  const store = state.open({ sources: ["prod", "bucket"] });
  store.planBackfill({ ...span, source: "bucket" });
  expect(state.open({ outputs: undefined }).backfill("bucket")?.state).toBe("running");
});
