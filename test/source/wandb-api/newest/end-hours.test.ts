import { describe, expect, test } from "vitest";
import type { HoursFault } from "../../../../src/simulate/wandb-hours.ts";
import { learned } from "../../../../src/source/wandb-api/owes.ts";
import { type Learned, type Progress, progressOf } from "../../../../src/source/wandb-api/round/progress.ts";
import { begin, failure, Keeper, line, noon, today } from "../reading.ts";

const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;

/** An entry of this moment. */
const at = (ms: number, more: Record<string, unknown> = {}) =>
  line(Math.floor(ms / day), (ms % day) / 1000, more);

/** A server whose log has an entry every twenty minutes since yesterday, and one for each poll from now on. */
async function growing(behaviour: Parameters<typeof begin>[0] = {}, config: Record<string, unknown> = {}) {
  const lines: string[] = [];
  for (let ms = (today - 1) * day; ms < noon; ms += 20 * minute) lines.push(at(ms));
  const rig = await begin({ dialect: "v5", ...behaviour }, lines, { start: "2026-08-19", ...config });
  const { keeper, clock, server } = rig;
  const poll = async (polls: number, stepMs = 5 * minute) => {
    for (let done = 0; done < polls; done++) {
      server.log.append(at(clock.at));
      clock.at += stepMs;
      await keeper.poll();
    }
  };
  /** The queries since the last call. */
  let seen = 0;
  const asked = () => {
    const queries = server
      .taken()
      .slice(seen)
      .map(({ query }) => query);
    seen += queries.length;
    return queries;
  };
  const narrow = (queries: readonly URLSearchParams[]) => queries.filter((query) => query.has("endDate"));
  const missing = () => server.log.all().filter((text) => !keeper.lines.includes(text));
  const learnedServer = () => progressOf(keeper.cursor as never)?.server as Learned;
  return { ...rig, poll, asked, narrow, missing, subDay: () => learnedServer().subDay };
}

/** The same, once hours are understood and polls read the newest ones alone. */
async function narrowed(config: Record<string, unknown> = {}) {
  const rig = await growing({}, config);
  await rig.poll(16);
  expect(rig.subDay()).toBe("honoured");
  rig.asked();
  await rig.poll(1);
  expect(rig.asked().map((query) => query.has("endDate"))).toEqual([true]);
  return rig;
}

describe("a server that understands hours of a day", () => {
  test("is believed when two trials an hour apart have shown it, each after a read of everything", async () => {
    const { poll, asked, narrow, subDay, keeper } = await growing();
    await poll(2);
    await poll(1);
    const [trial] = narrow(asked());
    expect(trial?.get("startDate")).toMatch(/T\d\d:\d0:00$/);
    expect(subDay()).toBe("shown");
    expect(keeper.notices.filter((text) => text.includes("hours"))).toEqual([]);
    await poll(11);
    expect(narrow(asked())).toEqual([]);
    expect(subDay()).toBe("shown");
    await poll(3);
    expect(subDay()).toBe("honoured");
    expect(narrow(asked()).length).toBeGreaterThan(0);
    expect(keeper.notices.filter((text) => text.includes("the newest 60 min"))).toHaveLength(1);
    expect(learned(keeper.cursor as never).join("\n")).toMatch(
      /within a day are honoured .*\nthe last poll read from .*Z on, everything was last read/,
    );
  });

  test("is asked for everything once an hour, and in between for the newest hour", async () => {
    const { poll, asked, narrow, missing, clock, keeper } = await narrowed();
    const whole: number[] = [];
    for (let polls = 0; polls < 48; polls++) {
      await poll(1);
      const queries = asked();
      if (queries.some((query) => !query.has("endDate"))) whole.push(clock.at);
      else {
        const [query] = narrow(queries);
        const from = Date.parse(`${query?.get("startDate")}Z`);
        expect(clock.at - 5 * minute - from).toBeGreaterThanOrEqual(hour);
        expect(clock.at - from).toBeLessThanOrEqual(hour + 15 * minute);
      }
      expect(keeper.dones.at(-1)).toMatchObject({ caughtUp: true, watermark: clock.at });
    }
    expect(whole.length).toBe(4);
    expect(whole.slice(1).map((ms, index) => ms - (whole[index] as number))).toEqual([hour, hour, hour]);
    expect(missing()).toEqual([]);
  });

  test("covers only what was shown: a day is covered when it was read as a whole", async () => {
    const { poll, keeper, clock } = await narrowed();
    const done = keeper.dones.at(-1);
    expect(done?.covered.to).toBe(clock.at);
    expect(clock.at - (done?.covered.from ?? 0)).toBeLessThan(2 * hour);
    await poll(12);
    const longest = Math.max(...keeper.dones.slice(-13).map(({ covered }) => covered.to - covered.from));
    expect(longest).toBe(day);
  });

  test("is read further back when records come late, and once more within an hour what comes later", async () => {
    const { poll, clock, server, missing, keeper, asked } = await narrowed();
    const late = at(clock.at - 40 * minute, { actor_user_id: "late" });
    server.log.late(late);
    await poll(1);
    expect(missing()).toEqual([]);
    server.log.late(at(clock.at - 5 * hour, { actor_user_id: "very late" }));
    await poll(1);
    expect(missing()).toHaveLength(1);
    await poll(12);
    expect(missing()).toEqual([]);
    asked();
    await poll(1);
    const [query] = asked();
    const width = clock.at - Date.parse(`${query?.get("startDate")}Z`);
    expect(width).toBeGreaterThan(5 * hour);
    expect(width).toBeLessThan(12 * hour);
    expect(learned(keeper.cursor as never).join("\n")).toMatch(/records came up to [56].* h late/);
    server.log.late(at(clock.at - 5 * hour, { actor_user_id: "as late" }));
    await poll(1);
    expect(missing()).toEqual([]);
  });

  test("is read further back after a pause, and as a whole after one that is longer than the window", async () => {
    const { poll, asked, clock } = await narrowed();
    await poll(1, 50 * minute);
    const [query] = asked();
    expect(clock.at - Date.parse(`${query?.get("startDate")}Z`)).toBeGreaterThanOrEqual(110 * minute);
    await poll(1);
    asked();
    await poll(1, 70 * minute);
    expect(asked().every((each) => !each.has("endDate"))).toBe(true);
  });

  test("is read as before by a program that was started again, from the cursor alone", async () => {
    const { poll, keeper, source, asked, missing } = await narrowed();
    keeper.source = source({ start: "2026-08-19" });
    await poll(3);
    expect(asked().every((query) => query.has("endDate"))).toBe(true);
    expect(missing()).toEqual([]);
  });

  test("is read as a whole when its clock or ours jumps, and when our clock stands still", async () => {
    for (const [skew, ours] of [
      [10 * minute, 0],
      [0, -10 * minute],
      [-10 * minute, 0],
    ] as const) {
      const { poll, asked, clock, server, missing } = await narrowed();
      clock.at += ours;
      server.behave({ skewMs: skew - ours });
      await poll(1);
      expect(asked().some((query) => !query.has("endDate"))).toBe(true);
      await poll(14);
      expect(missing()).toEqual([]);
    }
    const { keeper, asked } = await narrowed();
    for (let polls = 0; polls < 16; polls++) await keeper.poll();
    expect(asked().some((query) => !query.has("endDate"))).toBe(true);
  });

  test("is read as a whole for another start, and for days that are owed", async () => {
    const other = await narrowed();
    other.keeper.source = other.source({ start: "2026-08-20" });
    await other.poll(1);
    expect(other.narrow(other.asked())).toEqual([]);
    const { poll, asked, narrow, keeper } = await narrowed();
    keeper.owed = [today - 3];
    await poll(1);
    expect(narrow(asked())).toEqual([]);
    expect(keeper.dones.length).toBeGreaterThan(0);
  });

  test("is tried again when nothing was read for a day", async () => {
    const { poll, asked, narrow, clock, subDay } = await narrowed();
    clock.at += day;
    await poll(1);
    expect(subDay()).toBeUndefined();
    expect(narrow(asked())).toEqual([]);
    await poll(1);
    expect(subDay()).toBe("shown");
  });

  test("is read over midnight without a gap", async () => {
    const { poll, missing, clock, keeper } = await narrowed();
    await poll(Math.ceil((noon + 13 * hour - clock.at) / (5 * minute)));
    expect(missing()).toEqual([]);
    expect(keeper.gaps).toEqual([]);
  });

  test("is never asked for hours of Multi-tenant Cloud, or in NDJSON", async () => {
    for (const dialect of ["v5-multi-tenant", "v4", "v1"] as const) {
      const { poll, asked, narrow } = await growing({ dialect });
      await poll(30);
      expect(narrow(asked())).toEqual([]);
    }
  });
});

const unlike: readonly (readonly [HoursFault, RegExp])[] = [
  ["hours_refused", /refuses them: .*startDate must be/],
  ["hours_unknown", /answers for .* when asked for/],
  ["hours_claimed", /holds \d+ records of other times/],
  ["hours_unending", /answers for .* when asked for/],
  ["hours_cut", /answers for .* when asked for/],
];

describe("a server that does not understand hours", () => {
  test.each([...unlike, ["hours_failing", /./]] as const)("is never read by them: %s", async (hours) => {
    const { poll, asked, narrow, missing, keeper, clock, server } = await growing({ hours });
    await poll(40);
    expect(narrow(asked()).length).toBeLessThan(hours === "hours_failing" ? 5 : 2 * 2);
    expect(keeper.notices.filter((text) => text.includes("hours of a day"))).toEqual([]);
    expect(missing()).toEqual([]);
    if (hours === "hours_failing") return;
    // A day later it is tried again.
    server.behave({ hours: undefined });
    clock.at += day;
    await poll(16);
    expect(narrow(asked()).length).toBeGreaterThan(0);
  });

  test.each(unlike)(
    "any more is found out by the first answer, and all is read at once: %s",
    async (hours, text) => {
      const { poll, asked, narrow, missing, keeper, server, clock, subDay } = await narrowed();
      server.log.late(at(clock.at - 8 * hour, { actor_user_id: "late" }));
      server.behave({ hours });
      await poll(1);
      expect(subDay()).toBe("ignored");
      expect(missing()).toEqual([]);
      expect(keeper.notices.at(-1)).toMatch(text);
      expect(keeper.notices.at(-1)).toContain("everything is read again at once");
      const queries = asked();
      expect(queries.map((query) => query.has("endDate"))[0]).toBe(true);
      expect(queries.length).toBeGreaterThan(2);
      await poll(30);
      expect(narrow(asked())).toEqual([]);
      expect(keeper.notices.filter((notice) => notice.includes("any more"))).toHaveLength(1);
    },
  );

  test("any more, and changes to NDJSON, loses nothing", async () => {
    for (const dialect of ["v4", "v1"] as const) {
      const { poll, missing, server, subDay, keeper } = await narrowed();
      server.behave({ dialect });
      await poll(1);
      expect(missing()).toEqual([]);
      expect(subDay()).not.toBe("honoured");
      expect(keeper.notices.join("\n")).toContain("everything is read again at once");
      server.behave({ dialect: "v5" });
      await poll(30);
      expect(missing()).toEqual([]);
    }
  });

  test("that fails for hours alone is read as a whole for an hour, and once told", async () => {
    const { poll, missing, asked, narrow, server, keeper, subDay } = await narrowed();
    server.behave({ hours: "hours_failing" });
    await poll(1);
    expect(subDay()).toBe("shown");
    expect(keeper.notices.at(-1)).toMatch(
      /newest hours alone could not be read: server_error: .*everything is read again/,
    );
    asked();
    await poll(11);
    expect(narrow(asked())).toEqual([]);
    expect(missing()).toEqual([]);
    server.behave({ hours: undefined });
    await poll(4);
    expect(subDay()).toBe("honoured");
  });

  test("that is down fails the poll, and is asked for everything when it is back", async () => {
    const { poll, missing, asked, narrow, server, keeper } = await narrowed();
    server.behave({ fault: "server_error" });
    expect(await failure(keeper.poll())).toMatchObject({ reason: "server_error" });
    server.behave({ fault: undefined });
    asked();
    await poll(1);
    expect(narrow(asked())).toEqual([]);
    expect(missing()).toEqual([]);
  });

  test("that asks to wait is obeyed", async () => {
    const { asked, server, keeper } = await narrowed();
    server.behave({ fault: "rate_limited", retryAfter: "30" });
    expect(await failure(keeper.poll())).toMatchObject({ reason: "rate_limited", retryAfterMs: 30_000 });
    expect(asked()).toHaveLength(1);
  });
});

describe("a server that lies about hours", () => {
  test("and leaves out what is new hides it until everything is read, within an hour, and then not again", async () => {
    const { poll, missing, server, keeper, clock } = await narrowed();
    server.behave({ hours: "hours_withheld" });
    let longest = 0;
    for (let polls = 0; polls < 40; polls++) {
      await poll(1);
      for (const text of missing()) longest = Math.max(longest, clock.at - Date.parse(text.slice(14, 34)));
    }
    expect(longest).toBeLessThanOrEqual(hour + 5 * minute);
    expect(
      keeper.notices.filter((text) => /lacks \d+ records? that it has shown before/.test(text)),
    ).toHaveLength(1);
  });

  test("and turns its clock back, so that its hour never ends, is asked for everything at once", async () => {
    const { poll, asked, server } = await narrowed();
    const whole: number[] = [];
    for (let polls = 1; polls < 10; polls++) {
      server.behave({ dateAheadMs: -polls * minute });
      await poll(1, minute);
      if (asked().some((query) => !query.has("endDate"))) whole.push(polls);
    }
    // Up to two minutes clocks may differ more than before.
    expect(whole[0]).toBeLessThan(4);
  });
});

test("a cursor of an earlier version goes on with the whole plan, and learns", async () => {
  const { poll, keeper, asked, narrow, missing, subDay } = await narrowed();
  const { newest: _, slots: __, ...progress } = progressOf(keeper.cursor as never) as Progress;
  const { subDay: ___, ...server } = progress.server;
  keeper.cursor = JSON.stringify({ version: 1, ...progress, server }) as never;
  await poll(1);
  expect(narrow(asked())).toEqual([]);
  await poll(30);
  expect(subDay()).toBe("honoured");
  expect(missing()).toEqual([]);
  const restarted = new Keeper(keeper.source);
  expect(restarted.cursor).toBeUndefined();
});
