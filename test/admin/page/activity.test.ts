import { expect, it } from "vitest";
import { activityPage } from "../../../src/admin/page/activity.ts";
import type { ActivityReport } from "../../../src/status/activity-report.ts";
import { document } from "../../status/activity-document.ts";

const page = (change: Partial<ActivityReport> = {}, people = true) => {
  const [report] = document.instances;
  return activityPage(
    { ...document, instances: [{ ...(report as ActivityReport), ...change }] },
    people,
    "n",
  );
};

it("shows how many were active, as figures and as charts that are told in words", () => {
  const shown = page();
  expect(shown).toContain("<dt>Active users</dt><dd>2</dd>");
  expect(shown).toContain("<dt>New</dt><dd>1</dd>");
  expect(shown).toContain('aria-label="Active per day, acme.example: highest 2 of 2 values"');
  expect(shown).toContain('aria-label="Active per week, acme.example: highest 2 of 1 value"');
  expect(shown).toContain(">2026-W31</text>");
  expect(shown).toContain("these are at least so many");
  expect(page({ new_users: null })).toContain("<dt>New</dt><dd>–</dd>");
  expect(page({ lower_bound: false })).not.toContain("at least so many");
  expect(page({ incomplete_days: ["2026-07-31"] })).toContain("Some users may be missing on 2026-07-31");
});

it("names the most active users, and nobody where that is not wanted", () => {
  expect(page()).toContain("<td>a@example.com</td><td><code>1042</code></td>");
  expect(page()).toContain("<td>service account</td>");
  expect(page({}, false)).toContain("<code>admin.token</code>");
  expect(page({}, false)).not.toContain("a@example.com");
});

it("shows hostile names as text, and links to every period", () => {
  const [user] = document.instances[0]?.users ?? [];
  const users = user === undefined ? [] : [{ ...user, name: '<script>alert("1")</script>' }];
  expect(page({ users })).toContain("&lt;script&gt;");
  expect(page({ users })).not.toContain("<script");
  expect(page()).toContain('<a href="activity?period=12mo">12mo</a>');
});

it("says that nobody is counted where that is configured", () => {
  expect(activityPage({ counted: false, period: "30d", instances: [] }, true, "n")).toContain(
    "activity: false",
  );
});
