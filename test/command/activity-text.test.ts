import { expect, it } from "vitest";
import { activityText } from "../../src/command/activity-text.ts";
import { joined, membersOf } from "../../src/command/members.ts";
import type { ActivityReport } from "../../src/status/activity-report.ts";
import { document } from "../status/activity-document.ts";

const [report] = document.instances as [ActivityReport];
const text = (change: Partial<ActivityReport> = {}, top = 10) =>
  activityText({ report: { ...report, ...change }, users: [] }, top, false);

it("shows the numbers, small bars, and the most active users", () => {
  expect(text()).toBe(`acme.example: 2 active users from 2026-07-31 to 2026-08-01 (30d, UTC)
  new 1, gone 1
  W&B's own dashboard counts more than its audit log tells: these are at least so many

  day         users
  2026-07-31      2  ${"█".repeat(24)}
  2026-08-01      0

  week             users
  2026-W31 (part)      2  ${"█".repeat(24)}

  most active      id    active days  last active
  a@example.com    1042            1  2026-07-31 12:00  new
  service account  1091            1  2026-07-31 11:00`);
});

it("says what it leaves out and what is not known", () => {
  expect(text({}, 1)).toContain("and 1 more; --top shows them");
  expect(text({ new_users: null, gone_users: null })).toContain(
    "new -, gone - (nothing is known before 2026-05-01)",
  );
  expect(text({ incomplete_days: ["2026-07-31"] })).toContain("some users may be missing on 2026-07-31");
  expect(text({ users: [] })).toContain("nobody was active");
  const many = Array.from({ length: 90 }, (_, at) => ({ day: `day ${at}`, users: at }));
  expect(text({ days: many })).not.toContain("day 5");
});

it("draws a bar of eighths for whoever is not nobody", () => {
  const days = [1, 1000, 333].map((users, at) => ({ day: `2026-07-0${at}`, users }));
  const lines = text({ days }).split("\n");
  expect(lines.find((line) => line.includes("2026-07-00"))).toMatch(/1 {2}▏$/);
  expect(lines.find((line) => line.includes("2026-07-02"))).toMatch(/333 {2}█{7}▉$|333 {2}█{8}$/);
});

it("sums up members, and names whoever is deactivated and in the log; harmless to a terminal", () => {
  const { members } = membersOf("Email,Role,Last Active\na@example.com,Admin,Deactivated\nb@c,x,-\n");
  const shown = activityText({ report, users: joined(report, members) }, 10, true);
  expect(shown).toMatch(/inactive +1\n/);
  expect(shown).toContain("deactivated, and in the log: a@example.com (1042)");
  expect(text({ instance: "a\u001b[31m" })).toContain("a\\u001b[31m:");
});
