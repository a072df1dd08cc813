import { expect, it } from "vitest";
import { activityRoutes } from "../../src/admin/activity.ts";
import type { ActivityPeriod } from "../../src/status/activity-period.ts";
import { document } from "../status/activity-document.ts";

const asked: ActivityPeriod[] = [];
const of = async (period: ActivityPeriod) => {
  asked.push(period);
  return { ...document, period };
};
const answer = async (path: string, people: boolean, query = "") =>
  activityRoutes(of, people, () => "nonce123")[path]?.(new URLSearchParams(query));

it("tells who was active only where people may be shown", async () => {
  const whole = (await answer("/activity.json", true))?.body ?? "";
  expect(JSON.parse(whole)).toEqual({ ...document, period: "30d" });
  const counts = (await answer("/activity.json", false))?.body ?? "";
  expect(JSON.parse(counts).instances[0]).toMatchObject({
    active_users: 2,
    days: [{ users: 2 }, { users: 0 }],
  });
  const page = (await answer("/activity", false))?.body ?? "";
  for (const text of [counts, page]) {
    expect(text).not.toContain("a@example.com");
    expect(text).not.toContain("1042");
  }
  expect((await answer("/activity", true))?.body).toContain("a@example.com");
});

it("takes the periods that there are, the last 30 days where none is named", async () => {
  asked.length = 0;
  expect((await answer("/activity", true, "period=90d"))?.status).toBe(200);
  expect((await answer("/activity", true))?.status).toBe(200);
  expect(asked).toEqual(["90d", "30d"]);
  expect(await answer("/activity.json", true, "period=3d")).toMatchObject({
    status: 400,
    body: expect.stringContaining("7d, 30d, 90d, 6mo, 12mo, all"),
  });
});

it("lets the page load nothing and run no script", async () => {
  const page = await answer("/activity", true);
  expect(page?.headers?.["content-security-policy"]).toBe(
    "default-src 'none'; style-src 'nonce-nonce123'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(page?.body).toContain('<style nonce="nonce123">');
  expect(page?.body).not.toContain("<script");
});
