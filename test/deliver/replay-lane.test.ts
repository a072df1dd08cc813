import { expect, it } from "vitest";
import { ReplayLane } from "../../src/deliver/replay-lane.ts";
import type { Replay, SpoolPart } from "../../src/spool/replay.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { shape, spooled } from "./spooled.ts";

const filter = { from: 0, to: 1 };
const nothing = { next: 1, free: 1, grows: false };
const turn = { id: "7", nextSeq: 1, through: 50, perSecond: 4, shown: nothing };

/** Over 50 records of which every tenth is wanted; each read brings four. */
function subject() {
  const clock = new ManualClock(0);
  const asked: (SpoolPart | undefined)[] = [];
  const records = spooled(50);
  const lane = new ReplayLane({
    name: "siem",
    clock,
    limit: { events: 8, bytes: 1e6 },
    most: () => 8,
    shape: shape({
      decode: ({ uid, bytes, seq }) =>
        ({ uid, tags: [], origin: {}, original: `${bytes}`, time: { seconds: seq % 10, nanos: 0 } }) as never,
    }),
    spool: {
      replay: async () => ({ id: "7", filter, through: 50 }) as Replay,
      async readAgain(_, after, __, part) {
        asked.push(part);
        return records.filter(({ seq }) => seq > after).slice(0, 4);
      },
      shown: async (_, after) => records.filter(({ seq }) => seq > after && seq < 20).slice(0, 4),
    },
  });
  return { clock, lane, asked };
}

it("passes over what is not wanted, and is done with all up to there", async () => {
  const { lane, asked } = subject();
  const first = await lane.look(turn);
  expect(first).toMatchObject({ kind: "replay", replayId: "7", proven: true });
  expect([first?.batch.sent.length, first?.batch.through]).toEqual([1, 12]);
  expect(asked[0]).toEqual({ through: 50, first: 0, end: 1 });
  const last = await lane.look({ ...turn, nextSeq: 51 });
  expect([last?.batch.sent.length, last?.batch.through]).toEqual([0, 50]);
});

it("rests after a send for as long as its events are meant to take", async () => {
  const { clock, lane } = subject();
  lane.sent(2, 4);
  expect([lane.restMs, await lane.look(turn)]).toEqual([500, undefined]);
  clock.advance(500);
  expect(lane.restMs).toBe(0);
  expect(await lane.look(turn)).toBeDefined();
});

it("has nothing to send for a replay that another has taken the place of", async () => {
  const { lane } = subject();
  expect(await lane.look({ ...turn, id: "8" })).toBeUndefined();
  expect(await lane.look(undefined)).toBeUndefined();
});

it("sends first what sources have shown, then the run, and waits while more is to be shown", async () => {
  const { lane, asked } = subject();
  const shown = await lane.look({ ...turn, shown: { next: 5, free: 20, grows: true } });
  expect(shown).toMatchObject({ part: "shown" });
  expect([shown?.batch.sent.at(0).seq, asked.length]).toEqual([10, 0]);
  const grows = { ...nothing, grows: true };
  expect(await lane.look({ ...turn, shown: grows })).toMatchObject({ part: "run" });
  expect(await lane.look({ ...turn, nextSeq: 51, shown: grows })).toBeUndefined();
  const end = await lane.look({ ...turn, nextSeq: 51 });
  expect([end?.part, end?.batch.sent.length, end?.batch.through]).toEqual(["run", 0, 50]);
});

it("is done with all that sources have shown where nothing of it can be read", async () => {
  const { lane } = subject();
  const lost = await lane.look({ ...turn, shown: { next: 20, free: 31, grows: false } });
  expect([lost?.part, lost?.batch.sent.length, lost?.batch.through]).toEqual(["shown", 0, 30]);
});
