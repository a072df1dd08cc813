import { afterEach, describe, expect, test } from "vitest";
import { dayMs, dayText } from "../../../../src/time/clock.ts";
import { failure, history, Keeper, line, type Rehearsal, rehearse, today } from "../reading.ts";

let rehearsal: Rehearsal | undefined;
afterEach(() => rehearsal?.close());

const minute = 60_000;

/** Read up to noon, then five days away. */
async function afterDaysAway(dialect: "v4" | "v5") {
  rehearsal = await rehearse({ dialect });
  const { server, clock, source } = rehearsal;
  server.log.append(...history(today - 1));
  const keeper = new Keeper(source());
  await keeper.poll();
  for (let day = today + 1; day <= today + 5; day++) server.log.append(line(day, 100), line(day, 7000));
  clock.at += 5 * dayMs;
  return { keeper, server, clock, source };
}

describe.each(["v4", "v5"] as const)("wandb_api, asked for an older day once more (%s)", (dialect) => {
  test("reads it after what is new, and only once", async () => {
    const { keeper, server } = await afterDaysAway(dialect);
    await keeper.poll();
    const day = dayText(today + 2);
    const asked = () => server.taken().filter(({ query }) => query.get("startDate") === day).length;
    const before = asked();
    keeper.owed = [today + 2];
    await keeper.poll();
    expect(asked()).toBeGreaterThan(before);
    const covered = keeper.dones.filter(
      ({ covered: { from, to } }) => from <= (today + 2) * dayMs && to >= (today + 3) * dayMs,
    );
    expect(covered.length).toBeGreaterThan(1);
    keeper.owed = [];
    const after = asked();
    await keeper.poll();
    expect(asked()).toBe(after);
  });
});

describe.each(["v4", "v5"] as const)("wandb_api reads %s when one past day fails", (dialect) => {
  test("a past day that is always cut keeps nothing else from being read, and is read when it is mended", async () => {
    const { keeper, server, clock } = await afterDaysAway(dialect);
    const bad = dayText(today + 2);
    server.behave({ fault: "short_body", faultDay: bad });
    const before = keeper.dones.at(-1)?.watermark;
    await keeper.poll();
    const others = () => server.log.all().filter((text) => !text.includes(bad));
    expect(others().filter((text) => !keeper.lines.includes(text))).toEqual([]);
    expect(keeper.notices).toContainEqual(
      expect.stringMatching(`^${bad} could not be read: cut_body: .*1 min`),
    );
    expect(keeper.dones.every(({ watermark = before }) => watermark === before)).toBe(true);

    for (let poll = 1; poll <= 4; poll++) {
      clock.at += 5 * minute;
      server.log.append(line(today + 5, 43_200 + poll));
      await keeper.poll();
      expect(keeper.lines).toContain(line(today + 5, 43_200 + poll));
    }
    expect(new Set(keeper.gaps)).toEqual(new Set([today + 2]));
    const asked = server.taken().filter(({ query }) => query.get("startDate") === bad).length;
    expect(asked).toBeLessThan(6);

    server.behave({ fault: undefined });
    clock.at += 60 * minute;
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    expect(keeper.dones.at(-1)?.watermark ?? keeper.dones.at(-2)?.watermark).toBe(clock.at);
  });

  test("the rest of a failed day outlives a restart", async () => {
    const { keeper, server, source } = await afterDaysAway(dialect);
    const bad = dayText(today + 2);
    server.behave({ fault: "reset", faultDay: bad });
    await keeper.poll();
    const asked = () => server.taken().filter(({ query }) => query.get("startDate") === bad).length;
    const before = asked();
    const restarted = new Keeper(source());
    restarted.cursor = keeper.cursor;
    await restarted.poll();
    expect(asked()).toBe(before);
  });

  test("a server that goes down while catching up fails the poll: no second day is blamed", async () => {
    const { keeper, server } = await afterDaysAway(dialect);
    while (!server.taken().some(({ query }) => query.get("startDate") === dayText(today + 1)))
      await keeper.read();
    server.behave({ fault: "reset" });
    expect(await failure(keeper.poll())).toMatchObject({ name: "SourceError" });
    expect(await failure(keeper.poll())).toMatchObject({ name: "SourceError" });
    expect(keeper.notices.filter((notice) => notice.includes("could not be read"))).toHaveLength(1);
    server.behave({ fault: undefined });
    const { clock } = rehearsal as Rehearsal;
    await keeper.poll();
    clock.at += 5 * minute;
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    expect(keeper.gaps).toEqual([]);
  });

  test("a server that asks to wait is obeyed, and still the steady window is read at its interval", async () => {
    const { keeper, server, clock } = await afterDaysAway(dialect);
    const bad = dayText(today + 1);
    server.behave({ fault: "rate_limited", retryAfter: "7", faultDay: bad });
    expect(await failure(keeper.poll())).toMatchObject({ reason: "rate_limited", retryAfterMs: 7000 });
    clock.at += 5 * minute;
    server.log.append(line(today + 5, 43_300));
    expect(await failure(keeper.poll())).toMatchObject({ reason: "rate_limited" });
    expect(keeper.lines).toContain(line(today + 5, 43_300));
  });
});
