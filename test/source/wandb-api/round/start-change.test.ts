import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { started } from "../../../../src/source/wandb-api/owes.ts";
import { begin, history, type Keeper, line, noon, type Rehearsal, today } from "../reading.ts";

const day = 86_400_000;
const timeOf = (text: string) => Date.parse((JSON.parse(text) as { timestamp: string }).timestamp);
const since = (lines: readonly string[], moment: number) => lines.filter((text) => timeOf(text) >= moment);
const stateOf = ({ cursor }: Keeper) => {
  if (cursor === undefined) throw new Error("nothing was read yet");
  return started(cursor);
};

/** The same source with another configuration, as after a restart or a reload. */
function configured({ source }: Pick<Rehearsal, "source">, keeper: Keeper, config: Record<string, unknown>) {
  keeper.source = source(config);
}

describe("what start leaves out", () => {
  test.each(["v1", "v2", "v4", "v5", "v5-multi-tenant"] as const)(
    "is counted once, however often it is shown, and told once (%s)",
    async (dialect) => {
      const { keeper, clock, ...rest } = await begin({ dialect }, history(today), { start: "now" });
      const older = rest.server.log.all().filter((text) => timeOf(text) < noon).length;
      await keeper.poll();
      expect(stateOf(keeper)).toEqual({ since: noon, leftOut: older });
      clock.at += 300_000;
      configured(rest, keeper, { start: "now" });
      await keeper.poll();
      clock.at += 3 * day;
      await keeper.poll();
      expect(stateOf(keeper)?.leftOut).toBe(older);
      expect(keeper.notices.filter((text) => text.includes("left out"))).toEqual([
        `${older} records before start (2026-08-20T12:00:00Z) are left out`,
      ]);
      expect(since(keeper.lines, noon)).toEqual(keeper.lines);
    },
  );

  test("is nothing where the log begins later, and grows with what appears late", async () => {
    const { keeper, server, clock } = await begin({}, [line(today, 100)], { start: "1d" });
    await keeper.poll();
    expect(stateOf(keeper)).toEqual({ since: noon - day, leftOut: 0 });
    server.log.late(line(today - 1, 100));
    clock.at += 300_000;
    await keeper.poll();
    expect(stateOf(keeper)?.leftOut).toBe(1);
    expect(keeper.notices).toContain("1 record before start (2026-08-19T12:00:00Z) is left out");
  });
});

describe("a later start", () => {
  test("takes effect for what a first round has not read yet", async () => {
    const { keeper, server, ...rest } = await begin({ dialect: "v4" }, history(today - 20), { start: "20d" });
    for (let reads = 0; reads < 4; reads++) await keeper.read();
    const before = keeper.lines.length;
    configured(rest, keeper, { start: "5d" });
    const fresh = (await keeper.poll()).map(({ bytes }) => bytes.toString("utf8"));
    expect(since(fresh, noon - 5 * day)).toEqual(fresh);
    expect(since(server.log.all(), noon - 5 * day).filter((text) => !keeper.lines.includes(text))).toEqual(
      [],
    );
    expect(keeper.lines.length).toBeGreaterThan(before);
    expect(keeper.gaps).toEqual([]);
    // One read more is under the earlier start; it shows nothing that is older than the later one.
    const days = server.taken().map(({ query }) => query.get("startDate") ?? "2026-08-20");
    expect(days.slice(5).filter((text) => text < "2026-08-15")).toEqual([]);
    expect(keeper.notices.at(-1)).toMatch(
      /^start is later now: 2026-08-15T12:00:00Z, before 2026-07-31T12:00:00Z; what is older and was not read yet, from 2026-08-\d\dT00:00:00Z on, is left out$/,
    );
    expect(stateOf(keeper)).toEqual({ since: noon - 5 * day, leftOut: 5 });
  });

  test("takes effect for what was missed while nothing ran", async () => {
    const { keeper, server, clock, ...rest } = await begin({ dialect: "v4" }, history(today - 2));
    await keeper.poll();
    for (let at = today + 1; at <= today + 9; at++) server.log.append(line(at, 100), line(at, 50_000));
    clock.at += 9 * day;
    configured(rest, keeper, { start: "2026-08-27" });
    const fresh = (await keeper.poll()).map(({ bytes }) => bytes.toString("utf8"));
    expect(fresh.map((text) => text.slice(14, 24)).sort()).toEqual(
      ["2026-08-27", "2026-08-28", "2026-08-29"].flatMap((text) => [text, text]),
    );
    expect(keeper.notices.at(-1)).toContain("from 2026-08-20T12:00:00Z on, is left out");
  });

  test("does not count what was kept under an earlier one", async () => {
    const { keeper, clock, ...rest } = await begin({ dialect: "v4" }, history(today - 2));
    await keeper.poll();
    clock.at += 300_000;
    configured(rest, keeper, { start: "now" });
    await keeper.poll();
    clock.at += 300_000;
    await keeper.poll();
    expect(stateOf(keeper)).toEqual({ since: noon + 300_000, leftOut: 0 });
  });

  test("says since when gaps are none any more", async () => {
    const { keeper, ...rest } = await begin({ dialect: "v4" }, history(today - 9), { start: "9d" });
    await keeper.poll();
    configured(rest, keeper, { start: "2d" });
    await keeper.read();
    expect(keeper.dones.at(-1)).toMatchObject({ since: noon - 2 * day, caughtUp: false, gaps: [] });
  });
});

describe("an earlier start", () => {
  test("brings everything in the middle of a first round", async () => {
    const { keeper, server, ...rest } = await begin({ dialect: "v4" }, history(today - 20), { start: "10d" });
    await keeper.read();
    await keeper.read();
    configured(rest, keeper, { start: "2026-08-03" });
    await keeper.poll();
    expect(keeper.lines).toEqual(since(server.log.all(), Date.parse("2026-08-03")).sort());
    expect(stateOf(keeper)?.unread).toBeUndefined();
    expect(keeper.notices.some((text) => text.endsWith("; all since then is read"))).toBe(true);
  });

  test("says that a larger lookback brings the older days, and it does", async () => {
    const { keeper, server, clock, ...rest } = await begin({ dialect: "v5" }, history(today - 20), {
      start: "now",
    });
    await keeper.poll();
    clock.at += 300_000;
    configured(rest, keeper, { start: "2026-08-10" });
    await keeper.poll();
    const reached = Date.parse("2026-08-19");
    expect(keeper.lines).toEqual(since(server.log.all(), reached).sort());
    expect(keeper.notices.filter((text) => text.startsWith("start"))).toEqual([
      "start is earlier now: 2026-08-10T00:00:00Z, before 2026-08-20T12:00:00Z; what lies between 2026-08-10T00:00:00Z and 2026-08-19T00:00:00Z was left out before and is not read by itself: a larger lookback, at most 7d, brings those of the last days, and backfill any others, marked as late. Where they are not wanted, set start back",
    ]);
    expect(stateOf(keeper)).toMatchObject({
      since: Date.parse("2026-08-10"),
      leftOut: 0,
      unread: {
        from: Date.parse("2026-08-10"),
        to: reached,
        fix: expect.stringContaining("larger lookback"),
      },
    });
    configured(rest, keeper, { start: "2026-08-10", lookback: "7d" });
    clock.at += 300_000;
    // One of eight days.
    await keeper.read();
    expect(stateOf(keeper)?.unread).toMatchObject({ to: reached });
    await keeper.poll();
    expect(keeper.lines).toEqual(since(server.log.all(), Date.parse("2026-08-13")).sort());
    expect(stateOf(keeper)?.unread).toMatchObject({
      from: Date.parse("2026-08-10"),
      to: Date.parse("2026-08-13"),
    });
    // What nobody wants is not missing.
    configured(rest, keeper, { start: "2026-08-13" });
    await keeper.poll();
    expect(stateOf(keeper)?.unread).toBeUndefined();
  });

  test("misses nothing where everything was read before a later one", async () => {
    const { keeper, clock, ...rest } = await begin({ dialect: "v4" }, history(today - 9), {
      start: "2026-08-12",
    });
    await keeper.poll();
    clock.at += 300_000;
    configured(rest, keeper, { start: "now" });
    await keeper.poll();
    clock.at += 10 * day;
    await keeper.poll();
    configured(rest, keeper, { start: "2026-08-12" });
    await keeper.poll();
    // Between the last read and the later start nothing was read.
    expect(stateOf(keeper)?.unread).toMatchObject({ from: noon, to: noon + 300_000 });
  });

  test("misses what was owed when a later one left it out", async () => {
    const { keeper, server, clock, ...rest } = await begin({ dialect: "v4" }, history(today - 9), {
      start: "2026-08-12",
    });
    await keeper.poll();
    for (let at = today + 1; at <= today + 9; at++) server.log.append(line(at, 100));
    clock.at += 9 * day;
    // The steady window and some of the days before it.
    for (let reads = 0; reads < 3; reads++) await keeper.read();
    configured(rest, keeper, { start: "2026-08-28" });
    await keeper.poll();
    configured(rest, keeper, { start: "2026-08-12" });
    await keeper.poll();
    expect(stateOf(keeper)?.unread).toMatchObject({
      from: Date.parse("2026-08-12"),
      to: Date.parse("2026-08-28"),
    });
  });

  test("that was in the future by mistake leaves out what it left out until then, and says so", async () => {
    const { keeper, server, clock, ...rest } = await begin({ dialect: "v4" }, history(today - 9), {
      start: "2027-08-13",
    });
    await keeper.poll();
    expect(keeper.lines).toEqual([]);
    expect(stateOf(keeper)?.leftOut).toBeGreaterThan(0);
    clock.at += 300_000;
    configured(rest, keeper, { start: "2026-08-13" });
    await keeper.poll();
    expect(keeper.lines).toEqual(since(server.log.all(), Date.parse("2026-08-19")).sort());
    expect(stateOf(keeper)?.unread).toMatchObject({ to: Date.parse("2026-08-19") });
  });
});

describe("a changed start and a wrong clock", () => {
  test("leave nothing out: a clock that is ahead decides nothing", async () => {
    const { keeper, server, clock, ...rest } = await begin({ dialect: "v4" }, history(today - 3));
    await keeper.poll();
    server.behave({ skewMs: -400 * day });
    clock.at += 400 * day;
    configured(rest, keeper, { start: "now" });
    for (let reads = 0; reads < 6; reads++) await keeper.read().catch(() => {});
    clock.at -= 400 * day - 3_600_000;
    server.behave({ skewMs: 0 });
    server.log.append(line(today, 45_000));
    await keeper.poll();
    expect(keeper.lines).toContain(line(today, 45_000));
  });

  test("leave nothing out: of two clocks a day apart the earlier one counts", async () => {
    const { keeper, server, clock, ...rest } = await begin({ dialect: "v4" }, history(today - 3));
    await keeper.poll();
    server.behave({ dateAheadMs: 30 * 3_600_000 });
    configured(rest, keeper, { start: "now" });
    await keeper.poll();
    clock.at += 3_600_000;
    server.log.append(line(today, 45_000));
    await keeper.poll();
    expect(keeper.lines).toContain(line(today, 45_000));
    expect(stateOf(keeper)?.since).toBe(noon);
  });

  test("whatever is wanted by every start that was set is delivered", async () => {
    const changes = fc.array(
      fc.record({
        hours: fc.integer({ min: 0, max: 60 }),
        start: fc.constantFrom("now", "1d", "3d", "9d", "2026-08-15", "2026-08-19T06:00:00Z"),
        skewHours: fc.constantFrom(0, 0, 0, -30, 30, -2000, 2000),
        reads: fc.integer({ min: 0, max: 5 }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    // Its difference was decided upon, and then it is gone.
    const start = "2026-08-19T06:00:00Z";
    const aClockPutRight: typeof changes extends fc.Arbitrary<infer Steps> ? Steps : never = [
      { hours: 0, start, skewHours: 0, reads: 1 },
      { hours: 0, start, skewHours: -2000, reads: 2 },
    ];
    // A first read under a clock that is set back before the second one.
    const aFirstClockSetBack: typeof aClockPutRight = [
      { hours: 34, start: "9d", skewHours: 0, reads: 0 },
      { hours: 2, start: "9d", skewHours: 2000, reads: 1 },
    ];
    const dialects = fc.constantFrom("v1" as const, "v4" as const, "v5" as const);
    await fc.assert(
      fc.asyncProperty(changes, dialects, async (steps, dialect) => {
        const { keeper, server, clock, ...rest } = await begin({ dialect }, history(today - 6));
        let now = noon;
        let latest = 0;
        const momentOf = (start: string) =>
          start === "now"
            ? now
            : start.length < 4
              ? now - Number.parseInt(start, 10) * day
              : Date.parse(start);
        for (const { hours, start, skewHours, reads } of steps) {
          now += hours * 3_600_000;
          server.log.append(
            line(Math.floor(now / day), Math.floor((now % day) / 1000), { actor_user_id: now }),
          );
          const skew = skewHours * 3_600_000;
          // The server's clock is right.
          clock.at = now + skew;
          server.behave({ skewMs: -skew });
          configured(rest, keeper, { start });
          for (let read = 0; read < reads; read++) await keeper.read().catch(() => {});
          latest = Math.max(latest, momentOf(start));
        }
        clock.at = now;
        server.behave({ skewMs: 0 });
        await keeper.poll();
        clock.at += 3_600_000;
        server.log.append(line(Math.floor(clock.at / day), Math.floor((clock.at % day) / 1000)));
        await keeper.poll();
        latest = Math.max(latest, momentOf(steps.at(-1)?.start ?? "7d"));
        const missing = since(server.log.all(), latest).filter((text) => !keeper.lines.includes(text));
        expect(missing).toEqual([]);
      }),
      {
        numRuns: 25,
        examples: [
          [aClockPutRight, "v5"],
          [aFirstClockSetBack, "v4"],
        ],
      },
    );
  });
});
