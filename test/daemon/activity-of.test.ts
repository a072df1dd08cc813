import { expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { activityOf } from "../../src/daemon/activity-of.ts";
import type { ActivityLookup } from "../../src/spool/activity.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { dayMs, today } from "../fake/records.ts";

const config = {
  activity: { count: true, names: undefined, keep: 1 },
  sources: [{ origin: { source: "prod", instance: "acme", baseUrl: "" } }],
} as unknown as Pick<Config, "activity" | "sources">;

it("is counted once a minute for each period, however many ask, and again after a failure", async () => {
  const clock = new ManualClock(today * dayMs);
  let counts = 0;
  let broken = false;
  const lookup: ActivityLookup = {
    instances: () => [],
    days() {
      counts++;
      if (broken) throw new Error("broken");
      return [today];
    },
    users: () => ({ users: [{ user: "1", second: 5 }], more: false }),
    persons: () => [],
  };
  const of = activityOf(config, lookup, async () => [], clock);
  const [one, same] = await Promise.all([of("30d"), of("30d")]);
  expect(one).toBe(same);
  expect(one.instances[0]).toMatchObject({ instance: "acme", active_users: 1, to: "2026-08-01" });
  await of("7d");
  expect(counts).toBe(2);
  clock.advance(61_000);
  broken = true;
  await expect(of("30d")).rejects.toThrow("broken");
  broken = false;
  expect((await of("30d")).instances).toHaveLength(1);
  expect(counts).toBe(4);
});
