import { expect, it } from "vitest";
import type { WandbBehaviour } from "../../../src/simulate/wandb-behaviour.ts";
import { begin, line, today } from "./reading.ts";

const never = new AbortController().signal;
const lines = [line(today - 30, 1), line(today - 10, 1), line(today - 9, 1), line(today, 1)];

/** A server whose steady window was read. */
async function read(behaviour: Partial<WandbBehaviour>, config: Record<string, unknown> = {}) {
  const made = await begin(behaviour, lines, config);
  await made.keeper.poll();
  return { ...made, before: made.server.taken().length };
}

const queries = ({ server, before }: Awaited<ReturnType<typeof read>>) =>
  server
    .taken()
    .slice(before)
    .map(({ query }) => (query.has("startDate") ? "startDate" : `numDays ${query.get("numDays")}`));

it("asks for one day by startDate, and once where that is honoured", async () => {
  const here = await read({ dialect: "v5" });
  expect(await here.keeper.readDay(today - 30)).toMatchObject({ shown: 1, gap: undefined });
  expect(queries(here)).toEqual(["startDate"]);
});

it("falls back to numDays where startDate is ignored, and does not try it again for the next day", async () => {
  const here = await read({ dialect: "v5", ignoreStartDate: true });
  here.keeper.cursor = undefined;
  expect(await here.keeper.readDay(today - 10)).toMatchObject({ shown: 1, gap: undefined });
  expect(await here.keeper.readDay(today - 9)).toMatchObject({ shown: 1, gap: undefined });
  expect(queries(here)).toEqual(["startDate", "numDays 10", "numDays 9"]);
});

it("says that a day is out of reach where the server cuts its answers, with or without saying so", async () => {
  const here = await read({ dialect: "v5", ignoreStartDate: true, clampDays: 7 });
  expect((await here.keeper.readDay(today - 30)).gap).toMatch(/days? back|reaches back/);
  const old = await read({ dialect: "v2", ignoreStartDate: true });
  expect((await old.keeper.readDay(today - 30)).gap).toMatch(/days? back|reaches back/);
});

it("says so where Multi-tenant Cloud has an old day empty, and believes an empty day of the last week", async () => {
  const { keeper } = await read({ dialect: "v5-multi-tenant" }, {});
  const { gap } = await keeper.readDay(today - 25);
  expect(gap).toBeDefined();
  expect(await keeper.readDay(today - 3)).toMatchObject({ shown: 0, gap: undefined });
});

it("throws what is worth another try, and the failure of the whole read by its time", async () => {
  const { keeper, server } = await read({ dialect: "v5" });
  server.behave({ fault: "short_body" });
  await expect(keeper.readDay(today - 30)).rejects.toMatchObject({ name: "SourceError" });
  server.behave({ fault: "hang" });
  const slow = await read({ dialect: "v5" }, { read: { timeout: "1s" } });
  slow.server.behave({ fault: "hang" });
  await expect(slow.keeper.readDay(today - 30, never)).rejects.toMatchObject({ reason: "timeout" });
});

it("takes no answer for a day that is to come by a clock that was wrong", async () => {
  const { keeper, server, clock } = await read({ dialect: "v5", ignoreStartDate: true });
  // The server's clock was right, and what it believed of ours is out of date.
  clock.at += 60 * 86_400_000;
  server.behave({ skewMs: -60 * 86_400_000 });
  await keeper.poll();
  clock.at -= 60 * 86_400_000;
  server.behave({ skewMs: 0 });
  await expect(keeper.readDay(today - 10)).rejects.toMatchObject({
    reason: "clock",
    message: expect.stringContaining("2026-08-10 is still to come by the clock that was believed"),
  });
  await keeper.poll();
  expect(await keeper.readDay(today - 10)).toMatchObject({ shown: 1, gap: undefined });
});
