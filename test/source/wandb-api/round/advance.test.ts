import { describe, expect, test } from "vitest";
import { utcDayOfMs } from "../../../../src/time/clock.ts";
import { begin, failure, history, line, noon, today } from "../reading.ts";

const day = 86_400_000;

describe("wandb_api reports what it cannot reach", () => {
  test("UP-DOWN-8D an outage longer than Multi-tenant Cloud keeps its log is a gap, and reading goes on", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v5-multi-tenant" }, history(today - 2), {
      start: "2d",
    });
    await keeper.poll();
    const lost: string[] = [];
    for (let later = today + 1; later <= today + 12; later++) {
      server.log.append(line(later, 100), line(later, 200));
      if (later < today + 5) lost.push(line(later, 100), line(later, 200));
    }
    clock.at += 12 * day;
    server.behave({ retentionDays: 7 });
    await keeper.poll();
    expect(keeper.gaps).toEqual([today - 1, today, today + 1, today + 2, today + 3, today + 4]);
    const wanted = server.log.all().filter((text) => !lost.includes(text) && text > line(today - 2, 43_200));
    expect(wanted.filter((text) => !keeper.lines.includes(text))).toEqual([]);
  });

  test("a round that rests while the server forgets its steady window goes on, and the days are gaps", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v5-multi-tenant" }, history(today - 4), {
      start: "4d",
    });
    // The missed days are read, the steady window is next.
    await keeper.read();
    await keeper.read();
    await keeper.read();
    clock.at += 12 * day;
    server.log.append(line(today + 12, 100));
    server.behave({ retentionDays: 7 });
    await keeper.poll();
    await keeper.poll();
    expect(keeper.gaps).toContain(today - 1);
    expect(keeper.gaps).toContain(today + 4);
    expect(keeper.gaps).not.toContain(today + 6);
    expect(keeper.lines).toContain(line(today + 12, 100));
  });

  test("a round that rests for days is completed by single days where the server has them", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v4", clampDays: 7 }, history(today - 12), {
      start: "2026-08-09",
    });
    await keeper.poll();
    // A day later the round has been planned, but its steady window not been read.
    clock.at += 3 * day;
    server.log.append(line(today + 1, 100));
    await keeper.read();
    clock.at += 12 * day;
    server.log.append(line(today + 2, 100), line(today + 3, 100), line(today + 4, 100));
    await keeper.poll();
    expect(keeper.gaps).toEqual([]);
    expect(keeper.lines).toContain(line(today + 2, 100));
    expect(keeper.lines).toContain(line(today + 4, 100));
  });

  test("a window that the server shortens to seven days is completed by single days", async () => {
    const { keeper, server } = await begin({ dialect: "v4" }, [...history(today - 12)], {
      start: "2026-08-01",
    });
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    expect(keeper.gaps).toEqual([]);
  });

  test("a window that is shortened by a server without startDate is a gap", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v1", clampDays: 7 }, history(today - 12), {
      start: "2026-08-10",
    });
    await keeper.poll();
    // The log might begin there.
    clock.at += 3_700_000;
    await keeper.poll();
    expect(keeper.notices.filter((notice) => notice.includes("seven days"))).toHaveLength(1);
    expect(keeper.gaps).toEqual([]);
    expect(keeper.dones.at(-1)).toMatchObject({ caughtUp: true });
    expect(keeper.dones.at(-1)?.watermark).toBeUndefined();
    clock.at += day;
    server.log.append(line(today + 1, 5));
    await keeper.poll();
    expect(keeper.gaps).toEqual([today - 10, today - 9, today - 8]);
    expect(keeper.dones.at(-1)?.watermark).toBe(clock.at);
    const { length } = keeper.gaps;
    await keeper.poll();
    expect(keeper.gaps).toHaveLength(length);
  });

  test("UP-LEARN a log that begins seven days before the first read is not taken for a cut, now or later", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v1" }, history(today - 7), { start: "30d" });
    await keeper.poll();
    clock.at += day;
    server.log.append(line(today + 1, 5));
    await keeper.poll();
    expect(keeper.gaps).toEqual([]);
    expect(keeper.dones.at(-1)?.watermark).toBe(clock.at);
    clock.at += 12 * day;
    for (let later = today + 2; later <= today + 13; later++) server.log.append(line(later, 5));
    await keeper.poll();
    clock.at += day;
    await keeper.poll();
    expect(keeper.gaps).toEqual([]);
    expect(keeper.lines).toEqual(server.log.all().sort());
  });

  test("UP-LEARN refusals in a bad moment limit no later request", async () => {
    const { keeper, server } = await begin({ dialect: "v1" }, history(today - 20), { start: "20d" });
    // The steady window, and a single day that the server cannot give. Next is the long window.
    await keeper.read();
    await keeper.read();
    server.behave({ fault: "refused", faultTimes: 2 });
    await keeper.poll();
    expect(keeper.gaps).toEqual([]);
    expect(keeper.lines).toEqual(
      server.log
        .all()
        .filter((text) => text > line(today - 20, 43_200))
        .sort(),
    );
  });

  test("UP-LEARN a day that is refused once is no gap", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v4" }, history(today - 2));
    await keeper.poll();
    for (let later = today + 1; later <= today + 12; later++) server.log.append(line(later, 5));
    clock.at += 12 * day;
    server.behave({ fault: "refused", faultTimes: 2, faultDay: "2026-08-21" });
    await keeper.poll();
    expect(keeper.gaps).toEqual([]);
    expect(keeper.lines).toEqual(server.log.all().sort());
  });

  test("UP-LEARN a range that cannot be is an error, and leaves nothing behind", async () => {
    const { keeper, server } = await begin({ dialect: "v5" }, history(today - 3));
    await keeper.poll();
    const { cursor } = keeper;
    for (const [from, to] of [
      ["2026-08-21T00:00:00Z", "2026-08-22T00:00:00Z"],
      ["2026-08-22T00:00:00Z", "2026-08-21T00:00:00Z"],
      ["2026-08-19T00:00:00Z", "2036-08-21T00:00:00Z"],
    ]) {
      server.behave({
        fault: "error_object",
        errorText: `{"audit_logs":[${line(today, 5)}],"range_start_time":"${from}","range_end_time":"${to}","next_cursor":null}`,
      });
      expect(await failure(keeper.poll())).toMatchObject({ reason: "impossible_range" });
      expect(keeper.cursor).toBe(cursor);
    }
    server.behave({ fault: undefined });
    server.log.append(line(today, 50_000), line(today - 1, 50_000));
    expect(await keeper.poll()).toHaveLength(2);
    expect(server.taken().filter(({ query }) => Number(query.get("numDays") ?? 1) < 1)).toEqual([]);
  });

  test("UP-LEARN a window of -1 days that an earlier version has kept is forgotten", async () => {
    const { keeper, server } = await begin({ dialect: "v4" }, history(today - 3));
    await keeper.poll();
    keeper.cursor = (keeper.cursor as string).replace('"server":{', '"server":{"maxDays":-1,') as never;
    server.log.append(line(today, 50_000));
    expect(await keeper.poll()).toHaveLength(1);
  });

  test("UP-LEARN a server 40 s behind, asked just after midnight, has not ignored startDate", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v5", clampDays: 7 }, history(today - 2));
    await keeper.poll();
    clock.at = (today + 1) * day + 10_000;
    server.behave({ skewMs: -40_000, ignoreStartDate: true });
    await keeper.poll();
    server.behave({ skewMs: 0, ignoreStartDate: false });
    for (let later = today + 1; later <= today + 12; later++)
      server.log.append(line(later, 5), line(later, 6));
    clock.at += 12 * day;
    await keeper.poll();
    expect(keeper.gaps).toEqual([]);
    expect(keeper.lines).toEqual(server.log.all().sort());
  });

  test("UP-LEARN startDate that was ignored is tried again, and its return is told once", async () => {
    const { keeper, server, clock } = await begin(
      { dialect: "v5", ignoreStartDate: true },
      history(today - 5),
    );
    for (let later = 0; later < 4; later++) {
      await keeper.poll();
      clock.at += day;
      server.log.append(line(utcDayOfMs(clock.at), 5));
    }
    expect(keeper.notices.filter((notice) => notice.includes("ignores"))).toHaveLength(1);
    const asked = server.taken().filter(({ query }) => query.has("startDate"));
    expect(asked.length).toBeGreaterThan(2);
    expect(keeper.lines).toEqual(
      server.log
        .all()
        .filter((text) => keeper.lines.includes(text))
        .sort(),
    );
  });

  test("UP-SHRINK a day that loses entries sends nothing again and takes nothing back", async () => {
    const { keeper, server } = await begin({ dialect: "v4" }, history(today - 2, 50));
    await keeper.poll();
    server.log.shrink(today, 3);
    expect(await keeper.poll()).toEqual([]);
  });

  test("UP-EMPTY200 stays a failure while the entries are missing, and ends with them", async () => {
    const { keeper, server } = await begin({ dialect: "v4" }, history(today - 2));
    await keeper.poll();
    server.behave({ fault: "blank" });
    for (let attempt = 0; attempt < 3; attempt++)
      expect(await failure(keeper.poll())).toMatchObject({ reason: "empty_answer" });
    server.behave({ fault: undefined });
    expect(await keeper.poll()).toEqual([]);
  });
});

describe("wandb_api learns", () => {
  test("a server that changes its form is noticed, and nothing is lost or doubled", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v1" }, history(today - 3));
    await keeper.poll();
    for (const [index, dialect] of (["v5", "v4", "v5", "v1"] as const).entries()) {
      server.behave({ dialect });
      clock.at += 3_600_000;
      server.log.append(line(today, 50_000 + index));
      await keeper.poll();
      expect(keeper.lines).toEqual(server.log.all().sort());
    }
    expect(keeper.notices.filter((notice) => notice.includes("now"))).toHaveLength(4);
  });

  test("a clock that is hours off is told of every read, and the server's day counts", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v5", skewMs: 14 * 3_600_000 }, [
      ...history(today - 3),
      line(today + 1, 100),
    ]);
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    await keeper.poll();
    const hours = keeper.dones.map(({ clockGapMs }) => Math.round((clockGapMs ?? 0) / 3_600_000));
    expect(new Set(hours)).toEqual(new Set([14]));
    expect(keeper.dones.at(-1)?.watermark).toBe(clock.at + 14 * 3_600_000);
  });

  test("a machine that boots in 1970 still reads what is missing", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v4" }, history(today - 6));
    await keeper.poll();
    for (let later = today + 1; later <= today + 4; later++) server.log.append(line(later, 100));
    const now = clock.at + 4 * day;
    clock.at = 5_000;
    server.behave({ skewMs: now - 5_000 });
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    expect(keeper.dones.at(-1)?.watermark).toBe(now);
  });

  test("TM-2038 a first read with a clock years ahead leaves nothing out once the clock is right", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v5" }, history(today - 3));
    const right = clock.at;
    clock.at += 12 * 365 * 86_400_000;
    server.behave({ skewMs: right - clock.at });
    await keeper.poll();
    clock.at = right;
    server.behave({ skewMs: 0 });
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
  });

  test("TM-START start: now with a clock a year ahead leaves out nothing that happens after it", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v5" }, history(today - 3), { start: "now" });
    const right = clock.at;
    clock.at += 365 * day;
    server.behave({ skewMs: right - clock.at });
    await keeper.poll();
    server.log.append(line(today, 43_300));
    clock.at += 600_000;
    expect(await keeper.poll()).toHaveLength(1);
    clock.at = right + 1_200_000;
    server.behave({ skewMs: 0 });
    server.log.append(line(today, 43_900));
    expect(await keeper.poll()).toHaveLength(1);
  });

  test("TM-START the same on a log without an entry, which cannot tell which clock is right", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v4" }, [], { start: "now" });
    const right = clock.at;
    clock.at += 365 * day;
    server.behave({ skewMs: right - clock.at });
    expect(await failure(keeper.poll())).toMatchObject({
      reason: "clock",
      hold: true,
      message: expect.stringContaining("365 days apart"),
    });
    expect(keeper.dones.filter(({ watermark }) => watermark !== undefined)).toEqual([]);
    server.log.append(line(today, 43_300));
    clock.at += 600_000;
    expect(await keeper.poll()).toHaveLength(1);
  });

  test("TM-START one Date header 47 h ahead at the first read leaves out nothing", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v4", skewMs: 47 * 3_600_000 }, [], {
      start: "now",
    });
    await keeper.read();
    server.behave({ skewMs: 0 });
    clock.at += 600_000;
    server.log.append(line(today, 43_300));
    expect(await keeper.poll()).toHaveLength(1);
  });

  test("TM-AHEAD a clock two years ahead while it runs moves no watermark, and asks for the right days", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v4" }, history(today - 3));
    await keeper.poll();
    const right = clock.at;
    for (const away of [730 * day, -30 * day, 3 * day, -3 * day]) {
      clock.at = right + away;
      server.behave({ skewMs: -away });
      server.log.append(line(today, 43_000 + away / day));
      await keeper.poll();
      expect(keeper.dones.at(-1)?.watermark).toBe(right);
    }
    expect(keeper.lines).toEqual(server.log.all().sort());
  });

  test("TM-AHEAD a Date header that lies is not believed against clock and entries", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v4" }, history(today - 3));
    await keeper.poll();
    // Only the header lies: the server's own day is the right one.
    server.behave({ dateAheadMs: 9 * 365 * day });
    server.log.append(line(today, 43_000));
    expect(await keeper.poll()).toHaveLength(1);
    expect(keeper.dones.at(-1)?.watermark).toBe(clock.at);
  });

  test("TM-2038 a round that a clock years ahead has planned is planned again", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v5" }, history(today - 3));
    await keeper.poll();
    const right = clock.at;
    clock.at += 12 * 365 * 86_400_000;
    server.behave({ skewMs: right - clock.at });
    for (let reads = 0; reads < 3; reads++) await keeper.read();
    clock.at = right;
    server.behave({ skewMs: 0 });
    server.log.append(line(today, 43_000));
    const asked = server.taken().length;
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    expect(server.taken().length - asked).toBeLessThan(10);
  });

  test("a jump of the clock by two days, there and back, loses nothing", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v4" }, history(today - 3));
    await keeper.poll();
    for (const jump of [2 * day, -2 * day, -2 * day, 2 * day]) {
      clock.at += jump;
      server.behave({ skewMs: noon - clock.at });
      await keeper.poll();
    }
    server.log.append(line(today, 43_000));
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
  });
});
