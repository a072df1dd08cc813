import fc from "fast-check";
import { expect, it } from "vitest";
import type { ActivityLookup, Person } from "../../src/spool/activity.ts";
import type { SourceState } from "../../src/spool/spool-state.ts";
import { type ActivityReport, activityDocument } from "../../src/status/activity-report.ts";
import { settling } from "../fake/settling.ts";

const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
const today = dayOf("2027-01-04");

function lookup(seen: Readonly<Record<string, readonly (readonly [user: string, second: number])[]>>) {
  const persons: Person[] = [
    { user: "1", name: "a@example.com", service: false },
    { user: "2", service: true },
  ];
  const byDay = new Map(Object.entries(seen).map(([day, users]) => [dayOf(day), users]));
  return {
    instances: () => ["acme"],
    days: () => [...byDay.keys()].sort((a, b) => a - b),
    users: (_, day) => ({
      users: (byDay.get(day) ?? []).map(([user, second]) => ({ user, second })),
      more: day === dayOf("2027-01-03"),
    }),
    persons: (_, after) => persons.filter(({ user }) => user > after),
  } satisfies ActivityLookup;
}
const acme = { source: "prod", instance: "acme", baseUrl: "https://acme.example" };
async function report(
  over: ActivityLookup,
  period: "7d" | "30d" | "all" = "7d",
  origins = [acme],
  states: readonly Pick<SourceState, "source" | "gaps">[] = [],
) {
  const { instances } = await activityDocument(over, { counted: true, origins, states, period, today });
  return instances[0] as ActivityReport;
}

it("counts users by day and by week, across the turn of a year of 53 weeks", async () => {
  const found = await report(
    lookup({
      "2026-12-20": [["9", 1]],
      "2026-12-29": [
        ["1", 10],
        ["2", 5],
      ],
      "2027-01-03": [["1", 20]],
      "2027-01-04": [
        ["3", 7],
        ["1", 3],
      ],
    }),
  );
  expect(found).toMatchObject({ from: "2026-12-29", to: "2027-01-04", counted_since: "2026-12-20" });
  expect(found.days.map(({ users }) => users)).toEqual([2, 0, 0, 0, 0, 1, 2]);
  expect(found.weeks).toEqual([
    { week: "2026-W53", from: "2026-12-28", users: 2, whole: false },
    { week: "2027-W01", from: "2027-01-04", users: 2, whole: false },
  ]);
  expect(found).toMatchObject({ active_users: 3, incomplete_days: ["2027-01-03"], lower_bound: true });
});

it("names the days that a source of the instance could not show, and no others", async () => {
  const gap = (text: string) => ({ day: dayOf(text), reason: "refused" });
  const { incomplete_days } = await report(
    lookup({ "2027-01-03": [["1", 20]] }),
    "7d",
    [acme],
    [
      { source: "prod", gaps: [gap("2027-01-03"), gap("2027-01-01"), gap("2026-11-01")] },
      { source: "another", gaps: [gap("2027-01-02")] },
    ],
  );
  expect(incomplete_days).toEqual(["2027-01-01", "2027-01-03"]);
});

it("ranks by active days, then by who was active last, then by id", async () => {
  const { users } = await report(
    lookup({
      "2026-12-30": [
        ["10", 5],
        ["9", 5],
        ["x", 5],
        ["2", 9],
        ["1", 1],
      ],
      "2027-01-04": [["1", 3]],
    }),
  );
  expect(users.map(({ user }) => user)).toEqual(["1", "2", "9", "10", "x"]);
  expect(users[0]).toEqual({
    ...{ user: "1", name: "a@example.com", service_account: false, active_days: 2, new: false },
    ...{ last_active: "2027-01-04T00:00:03.000Z", first_active: "2026-12-30" },
  });
  expect(users[1]).toMatchObject({ user: "2", name: null, service_account: true });
});

it("tells who is new and who is gone, where the time before is known", async () => {
  const seen = {
    "2026-11-01": [["old", 1]],
    "2026-12-24": [
      ["1", 1],
      ["2", 2],
      ["old", 3],
    ],
    "2027-01-04": [
      ["1", 1],
      ["3", 1],
    ],
  } as const;
  const week = await report(lookup(seen));
  expect(week).toMatchObject({ new_users: 1, gone_users: 2 });
  expect(week.users.map(({ user, new: fresh }) => [user, fresh])).toEqual([
    ["1", false],
    ["3", true],
  ]);
  expect(week.gone.map(({ user }) => user)).toEqual(["old", "2"]);
  const all = await report(lookup(seen), "all");
  expect(all).toMatchObject({ from: "2026-11-01", active_users: 4, new_users: null, gone_users: null });
  expect(all.users.every((user) => !user.new)).toBe(true);
});

it("of nobody is empty", async () => {
  expect(await report(lookup({}), "all")).toMatchObject({
    ...{ active_users: 0, counted_since: null, from: "2027-01-04", weeks: [{ users: 0 }], users: [] },
  });
});

it("is what a plain count of the visits gives", async () => {
  const visit = fc.tuple(
    fc.integer({ min: today - 40, max: today + 2 }),
    fc.constantFrom("1", "2", "3", "b"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { maxLength: 60 }), async (visits) => {
      const seen = new Map<number, Set<string>>();
      for (const [day, user] of visits) seen.set(day, (seen.get(day) ?? new Set()).add(user));
      const found = await report({
        instances: () => [],
        days: () => [...seen.keys()].sort((a, b) => a - b),
        users: (_, day) => ({
          users: [...(seen.get(day) ?? [])].map((user) => ({ user, second: 0 })),
          more: false,
        }),
        persons: () => [],
      });
      const inside = visits.filter(([day]) => day > today - 7 && day <= today);
      expect(found.active_users).toBe(new Set(inside.map(([, user]) => user)).size);
      for (const { user, active_days } of found.users)
        expect(active_days).toBe(new Set(inside.filter(([, by]) => by === user).map(([day]) => day)).size);
      expect(found.days.reduce((sum, { users }) => sum + users, 0)).toBe(
        new Set(inside.map((each) => each.join())).size,
      );
    }),
  );
});

it("tells every instance once, and of which W&B itself counts more", async () => {
  const origins = [
    acme,
    { source: "cloud", instance: "cloud", baseUrl: "https://api.wandb.ai" },
    { source: "files", instance: "acme", baseUrl: "" },
  ];
  const asked = { origins, states: [], period: "7d", today } as const;
  const { instances } = await activityDocument(lookup({}), { ...asked, counted: true });
  expect(instances.map(({ instance, lower_bound }) => [instance, lower_bound])).toEqual([
    ["acme", true],
    ["cloud", false],
  ]);
  expect(await activityDocument(lookup({}), { ...asked, counted: false })).toEqual({
    ...{ counted: false, period: "7d", instances: [] },
  });
});

it("looks at the next day, and at more people, only after the settlements that others asked for meanwhile", async () => {
  const calls: string[] = [];
  const output = settling(calls);
  const asking = (what: string) => {
    calls.push(what);
    output.ask();
  };
  const two = lookup({ "2027-01-02": [["1", 1]], "2027-01-04": [["2", 1]] });
  await report({
    ...two,
    users: (instance, day) => {
      asking("day");
      return two.users(instance, day);
    },
    persons: (instance, after) => {
      asking("people");
      return two.persons(instance, after);
    },
  });
  output.close();
  expect(calls).toEqual(["day", "settled", "day", "settled", "people", "settled", "people"]);
});
