import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReplayStep } from "../../../src/spool/replay.ts";
import type { Store } from "../../../src/spool/store.ts";
import { dayMs, drain, keep, move, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const filter = { from: today * dayMs, to: (today + 1) * dayMs, actions: ["user:*"] };
const plan = { output: "siem", filter, perSecond: 10 };

/** A store whose output is past all but the last of so many records. */
function delivered(count: number): Store {
  const store = state.open();
  keep(
    store,
    "prod",
    Array.from({ length: count }, (_, index) => record(`${index}`)),
  );
  drain(store, "siem");
  keep(store, "prod", [record("pending")]);
  return store;
}

function step(store: Store, more: Partial<ReplayStep>): void {
  const { id, nextSeq } = store.replays.of("siem") ?? expect.unreachable();
  const { position } = store.standing("siem");
  store.settle("siem", {
    ...move(position, []),
    replay: { id, part: "run", nextSeq: nextSeq + 1, sent: 1, refused: 0, ...more },
  });
}

describe("a replay in the state", () => {
  it("covers what the output is past, and goes on where it was after a start", () => {
    const store = delivered(4);
    const planned = store.replays.plan(plan);
    expect(planned).toMatchObject({ ...plan, state: "running", firstSeq: 1, nextSeq: 1, through: 4 });
    expect(planned.id).toMatch(/^\d{14}$/);
    step(store, { refused: 1 });
    const again = state.open();
    expect(again.standing("siem").replay).toEqual({
      ...{ id: planned.id, nextSeq: 2, through: 4, perSecond: 10 },
      shown: { next: 1, free: 1, grows: false },
    });
    step(again, { nextSeq: 5 });
    expect(again.replays.of("siem")).toMatchObject({ state: "done", sent: 2, refused: 1 });
    expect(again.standing("siem")).not.toHaveProperty("replay");
    expect(again.outputs()[0]?.replay).toMatchObject({ state: "done" });
  });

  it("stays when another one is asked for, and takes the new pace when it is the same", () => {
    const store = delivered(4);
    const { id } = store.replays.plan(plan);
    expect(store.replays.plan({ ...plan, filter: { ...filter, users: ["ann"] } })).toMatchObject({
      id,
      filter,
    });
    expect(store.replays.plan({ ...plan, perSecond: 5 })).toMatchObject({ id, perSecond: 5 });
    expect(state.open().standing("siem").replay?.perSecond).toBe(5);
  });

  it("has an id that no other of this state has, however fast they follow each other", () => {
    const store = delivered(4);
    const ids = new Set<string>();
    for (let count = 0; count < 3; count++) {
      ids.add(store.replays.plan(plan).id);
      expect(store.replays.cancel("siem")).toBe(true);
    }
    expect(store.replays.cancel("siem")).toBe(false);
    expect(ids.size).toBe(3);
  });

  it("is not brought back by a batch that was under way when it was cancelled or begun anew", () => {
    const store = delivered(4);
    const { id } = store.replays.plan(plan);
    store.replays.cancel("siem");
    step(store, { id });
    expect(store.replays.of("siem")).toMatchObject({ state: "cancelled", nextSeq: 1, sent: 0 });
    const next = store.replays.plan(plan);
    step(store, { id });
    expect(store.replays.of("siem")).toMatchObject({ id: next.id, nextSeq: 1, sent: 0 });
  });

  it("says why it stopped", () => {
    const store = delivered(4);
    store.replays.plan(plan);
    step(store, { stop: "too many refusals" });
    expect(state.open().replays.of("siem")).toMatchObject({ state: "stopped", trouble: "too many refusals" });
  });

  it("keeps what it has still to send from being removed, for a week", () => {
    const store = delivered(4);
    store.replays.plan(plan);
    const began = state.clock.now();
    const old = began + 6 * dayMs;
    expect(store.prune(old)).toBe(0);
    step(store, { nextSeq: 4 });
    expect(store.prune(old)).toBe(0);
    expect(store.prune(began + 8 * dayMs)).toBe(4);
    expect(store.replays.of("siem")).toMatchObject({ state: "running", nextSeq: 5, removed: 1 });
    step(store, { nextSeq: 5, sent: 0 });
    expect(store.replays.of("siem")).toMatchObject({ state: "done" });
  });

  it("ends with its output, and is found and left behind where it was changed on disk", () => {
    const store = delivered(4);
    store.replays.plan(plan);
    expect(state.open({ outputs: ["lake"] }).replays.of("siem")).toMatchObject({ state: "cancelled" });
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    db.exec("UPDATE replay SET next_seq = 3");
    db.close();
    const again = state.open();
    expect(again.damage().map(({ reason }) => reason)).toEqual([expect.stringContaining("replay")]);
    expect(again.replays.of("siem")).toBeUndefined();
  });
});
