import { describe, expect, it } from "vitest";
import type { ReplayAccess } from "../../src/command/replay-access.ts";
import { type BeginOptions, beginReplay, replayWords } from "../../src/command/replay-begin.ts";
import type { Backfill } from "../../src/spool/backfill.ts";
import type { Replay, Replayable, ReplayPlan } from "../../src/spool/replay.ts";
import { backfillStatus } from "../../src/status/backfill-status.ts";
import { replayStatus } from "../../src/status/replay-status.ts";
import { dayMs, today } from "../fake/records.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const filter = { from: today * dayMs, to: (today + 3) * dayMs };
const plan: ReplayPlan = { output: "siem", filter, perSecond: 10 };
const sources = ["prod", "copy"].map((name) => ({ config: { name }, origin: { instance: "acme" } })) as never;
const options: BeginOptions = { sources, toNow: false, yes: false, json: false };
const gone = { source: "prod", first: today, end: today + 2, records: 1_234 };
const lacking: Replayable = { records: 5, gone: 1_234, goneDays: 2, goneOf: [gone] };
const span: Backfill = {
  ...{ source: "prod", first: today, end: today + 2, next: today + 2, perSecond: 5_000, state: "done" },
  ...{ fetched: 9, fresh: 0, gaps: 0, began: 0, changed: 0 },
};

function replay(more: Partial<Replay> = {}): Replay {
  return {
    ...{ output: "siem", id: "7", state: "done", filter, perSecond: 10, firstSeq: 1, nextSeq: 6, through: 5 },
    ...{ sent: 9, refused: 0, removed: 0, began: 0, changed: 0, days: [span], waiting: 0 },
    ...more,
  };
}

/** A state with these replays, where one that is begun ends as `end`. */
function access({
  available = lacking,
  before = undefined as Replay | undefined,
  end = replay(),
  backfills = [] as Backfill[],
  forgotten = 0,
} = {}) {
  const begun: ReplayPlan[] = [];
  const own: ReplayAccess = {
    list: async () => (before === undefined ? [] : [replayStatus(before)]),
    backfills: async () => backfills.map((each) => backfillStatus(each)),
    forgotten: async () => ({ days: forgotten === 0 ? 0 : 1, records: forgotten }),
    available: async () => available,
    cancel: async () => false,
    async begin(each) {
      begun.push(each);
      return { now: async () => replayStatus(end), own: false, end: async () => {} };
    },
    close: () => {},
  };
  return { own, begun };
}

async function run(place: ReturnType<typeof access>, more: Partial<BeginOptions> = {}, wanted = plan) {
  const terminal = fakeTerminal();
  const code = await beginReplay(wanted, place.own, { ...options, ...more }, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe("a replay of what the spool does not have", () => {
  it("reads it from who had shown it, and says so", async () => {
    const place = access();
    const { code, out, err } = await run(place);
    expect([code, place.begun[0]?.days]).toMatchObject([
      0,
      [{ source: "prod", first: today, end: today + 2 }],
    ]);
    expect(err).toContain("1,234 records of 2 days are not in the spool any more");
    expect(out).toContain("9 events sent again; 2 days read from prod");
  });

  it("reads it from the source that a person names, or from none", async () => {
    const place = access();
    await run(place, { source: "copy" });
    expect(place.begun[0]?.days).toMatchObject([{ source: "copy" }]);
    const asked = await run(place, { spoolOnly: true });
    expect(asked).toMatchObject({
      code: 2,
      err: expect.stringContaining("does not have 1,234 records any more"),
    });
    expect((await run(place, { spoolOnly: true, yes: true })).code).toBe(0);
    expect(place.begun[1]).not.toHaveProperty("days");
  });

  it("is refused where nothing of it is anywhere, and where the source is being read", async () => {
    const nothing = { records: 0, gone: 0, goneDays: 0, goneOf: [] };
    await expect(run(access({ available: nothing }))).rejects.toThrow(/no records of those days.*backfill/);
    const removed = access({ available: { ...lacking, records: 0 } });
    await expect(run(removed, { spoolOnly: true })).rejects.toThrow(/1,234 records .* were removed since/);
    const busy = access({ backfills: [{ ...span, state: "running", next: today }] });
    await expect(run(busy)).rejects.toThrow(/backfill --source prod --cancel/);
  });

  it("asks before it reads many days, and before it takes for new what was forgotten", async () => {
    const many = { ...lacking, goneOf: [{ ...gone, end: today + 40 }] };
    expect((await run(access({ available: many }))).err).toContain("40 days of prod are to be read");
    const forgotten = await run(access({ forgotten: 1_000 }));
    expect(forgotten.err).toMatch(/forgotten.*up to 1,000 records would be taken for new.*every output/);
    expect(forgotten.code).toBe(2);
  });

  it("ends with 1 where days could not be read", async () => {
    const { code, out } = await run(access({ end: replay({ days: [{ ...span, gaps: 1 }] }) }));
    expect([code, out]).toEqual([1, expect.stringContaining("1 day of prod could not be read")]);
  });

  it("ends with 1 where nothing matches", async () => {
    const { code, out } = await run(access({ end: replay({ sent: 0 }) }));
    expect([code, out]).toEqual([1, expect.stringContaining("nothing of that time matches")]);
  });

  it("goes on with the same, days and all, and with no other", async () => {
    const before = replay({ state: "running", days: [{ ...span, state: "running", next: today }] });
    const place = access({ before });
    expect((await run(place)).code).toBe(0);
    expect(place.begun[0]?.days).toMatchObject([{ source: "prod", first: today, end: today + 2 }]);
    const fromDays = { ...plan, days: [{ ...span }], from: "days" as const };
    await expect(run(place, {}, fromDays)).rejects.toThrow(/wait for its end.*--cancel/);
    const other = { ...plan, filter: { ...filter, users: ["ann"] } };
    await expect(run(place, {}, other)).rejects.toThrow(/wait for its end/);
  });

  it("goes on where the spool had nothing of it, and all is read; but no backfill is all up to now", async () => {
    const reading = {
      state: "running" as const,
      firstSeq: 6,
      days: [{ ...span, state: "running" as const }],
    };
    const noon = { ...filter, to: filter.to + 12 * 3_600_000 };
    const alone = access({ before: replay({ ...reading, filter: noon }) });
    const later = { ...plan, filter: { ...noon, to: noon.to + 5_000 } };
    expect((await run(alone, { toNow: true }, later)).code).toBe(0);
    expect(alone.begun[0]).toMatchObject({ filter: noon, days: [{ source: "prod" }] });
    const backfill = access({ before: replay(reading) });
    expect((await run(backfill)).code).toBe(0);
    await expect(run(backfill, { toNow: true }, later)).rejects.toThrow(/wait for its end/);
  });
});

it("says how far one is, and how it ended", () => {
  const running = {
    state: "running" as const,
    waiting: 3,
    days: [{ ...span, state: "running" as const, next: today }],
  };
  expect(replayWords(replayStatus(replay(running)))).toMatch(
    /under way: 9 events sent again.*0 of 2 days of prod read; 3 records of them to look through/,
  );
  expect(replayWords(replayStatus(replay()))).toContain("done: 9 events sent again");
});
