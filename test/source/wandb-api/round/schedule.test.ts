import { describe, expect, test } from "vitest";
import { scheduleRound } from "../../../../src/source/wandb-api/round/schedule.ts";
import { begin, history, Keeper, type Rehearsal, today } from "../reading.ts";

const day = 86_400_000;
const queries = ({ server }: Rehearsal) => server.taken().map(({ query }) => query.toString());

describe("wandb_api asks", () => {
  test("UP-STARTDATE-IGN a server that ignores startDate is found out by its entries, and read with numDays", async () => {
    const { keeper, server } = await begin({ dialect: "v4", ignoreStartDate: true }, history(today - 6), {
      start: "6d",
    });
    await keeper.poll();
    expect(keeper.notices).toContainEqual(expect.stringContaining("ignores startDate"));
    const missing = server.log
      .all()
      .filter((text) => Date.parse(text.slice(14, 34)) < Date.parse("2026-08-14T12:00:00Z"));
    expect(keeper.lines).toEqual(
      server.log
        .all()
        .filter((text) => !missing.includes(text))
        .sort(),
    );
    const asked = server.taken().length;
    await keeper.poll();
    expect(
      server
        .taken()
        .slice(asked)
        .some(({ query }) => query.has("startDate")),
    ).toBe(false);
  });

  test("the steady window is asked for first, then days missed, oldest first and one a read", async () => {
    const { keeper, server } = await begin({ dialect: "v4" }, history(today - 5), { start: "2026-08-16" });
    await keeper.poll();
    expect(queries({ server } as Rehearsal).map((query) => query.replace("&limit=20000", ""))).toEqual([
      "numDays=1",
      "startDate=2026-08-16",
      "startDate=2026-08-17",
      "startDate=2026-08-18",
    ]);
  });

  test("a restart in the middle of catching up goes on where it was", async () => {
    const { keeper, server, source } = await begin({ dialect: "v5" }, history(today - 5), {
      start: "2026-08-15",
    });
    await keeper.read();
    await keeper.read();
    const restarted = new Keeper(source({ start: "2026-08-15" }));
    restarted.cursor = keeper.cursor;
    await restarted.poll();
    expect([...keeper.lines, ...restarted.lines].sort()).toEqual(server.log.all().sort());
    expect(restarted.lines.length).toBeLessThan(server.log.all().length);
  });

  test("limit is dropped when the server refuses it, and never asked again", async () => {
    const { keeper, server } = await begin({ dialect: "v4", strict: true }, history(today - 3));
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    const asked = server.taken().length;
    await keeper.poll();
    expect(
      server
        .taken()
        .slice(asked)
        .map(({ query }) => query.toString()),
    ).toEqual(["numDays=1"]);
  });

  test("just before midnight one day more is asked for", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v1" }, history(today - 1), { start: "now" });
    clock.at += day / 2 - 10_000;
    await keeper.poll();
    expect(server.taken().at(-1)?.query.get("numDays")).toBe("1");
  });

  test("a clock that is set back by a day and more while a round is under way asks for no negative days", async () => {
    const { keeper, server, clock } = await begin({ dialect: "v1" }, history(today), { start: "now" });
    clock.at += 30 * 3_600_000;
    server.behave({ skewMs: -30 * 3_600_000 });
    await keeper.read();
    clock.at -= 30 * 3_600_000;
    server.behave({ skewMs: 0 });
    await keeper.poll();
    expect(server.taken().map(({ query }) => Number(query.get("numDays")))).toSatisfy((asked: number[]) =>
      asked.every((days) => days >= 0),
    );
  });

  test("what is due follows from the last read of everything, however much was read by hours since", () => {
    const whole = today * day + 6_600_000;
    const began = { at: whole, sentAt: whole };
    const newest = { whole: began, skewMs: 0, last: { ...began, from: 0 }, reads: 3, late: {} };
    const progress = { start: 0, watermark: whole + 1_200_000, counts: {}, server: {} };
    const options = { lookbackMs: 26 * 3_600_000, intervalMs: 300_000, multiTenant: false };
    const later = whole + 3 * day;
    // 26 hours before that read it was the day before yesterday, and before the watermark it is yesterday.
    expect(scheduleRound({ ...progress, newest }, later, options).missed[0]).toBe(today - 2);
    expect(scheduleRound(progress, later, options).missed[0]).toBe(today - 1);
    expect(scheduleRound({ ...progress, newest, watermark: whole - day }, later, options).missed[0]).toBe(
      today - 3,
    );
  });
});
