import { expect, it } from "vitest";
import { RoomWait, WithoutRoom } from "../../src/ingest/room-wait.ts";
import { ConditionKeeper } from "../../src/status/condition.ts";
import { ManualClock } from "../fake/manual-clock.ts";

it("is blocked, and no hang, until a read has ended well", async () => {
  const clock = new ManualClock(0);
  const condition = new ConditionKeeper(clock);
  const told: string[] = [];
  let pruned = 0;
  const room = new RoomWait({
    store: {
      usage: () => ({ bytes: 9, maxBytes: 10, full: false, diskFull: false }),
      prune: () => pruned,
    },
    tell: ({ type }) => void told.push(type),
    ...{ clock, condition, graceMs: 60_000 },
  });
  const { signal } = new AbortController();
  expect([room.tries(), room.over()]).toEqual([false, false]);
  await room.wait(signal);
  expect(condition.now).toMatchObject({ state: "blocked", reason: "spool_full", since: 0, stallsAt: 65_000 });
  expect(clock.monotonic()).toBe(2_000);
  expect(room.tries()).toBe(true);
  expect(condition.now).toMatchObject({ state: "blocked", stallsAt: Number.POSITIVE_INFINITY });
  // What was pruned is room: it looks again at once.
  pruned = 1;
  await room.wait(signal);
  expect(clock.monotonic()).toBe(2_000);
  expect(condition.now).toMatchObject({ since: 0 });
  expect(told).toEqual(["spool_full"]);
  expect([room.over(), room.over()]).toEqual([true, false]);
  expect(told).toEqual(["spool_full", "spool_room"]);
});

it("is over for who watches the spool when no source waits any more", async () => {
  const clock = new ManualClock(0);
  const told: string[] = [];
  const usage = { bytes: 9, maxBytes: 10, full: false, diskFull: false };
  const withoutRoom = new WithoutRoom();
  const { signal } = new AbortController();
  const sources = [0, 1].map(() => {
    const condition = new ConditionKeeper(clock);
    const store = { usage: () => usage, prune: () => 1 };
    const tell = ({ type }: { readonly type: string }) => void told.push(type);
    return { condition, room: new RoomWait({ store, tell, withoutRoom, clock, condition, graceMs: 60_000 }) };
  });
  const [a, b] = sources as [(typeof sources)[0], (typeof sources)[0]];
  await a.room.wait(signal);
  await b.room.wait(signal);
  expect(told).toEqual(["spool_full"]);
  expect(b.room.over()).toBe(true);
  b.condition.become("working");
  expect(told).toEqual(["spool_full"]);
  expect(b.room.over()).toBe(false);
  expect(a.room.over()).toBe(true);
  expect(told).toEqual(["spool_full", "spool_room"]);

  // One that is held for something else does not wait for room.
  await a.room.wait(signal);
  a.condition.become("held");
  usage.full = true;
  b.room.over();
  expect(told.slice(2)).toEqual(["spool_full"]);
  usage.full = false;
  b.room.over();
  expect(told.slice(2)).toEqual(["spool_full", "spool_room"]);
});
