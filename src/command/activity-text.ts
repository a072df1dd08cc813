import type { ActivityReport } from "../status/activity-report.ts";
import { clockText, counted, countText } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import type { JoinedReport } from "./activity-csv.ts";
import type { JoinedUser, MemberStatus } from "./members.ts";
import { rows } from "./rows.ts";

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const barColumns = 24;
/** Of more days than this the weeks are enough. */
const mostDays = 31;

/**
 * A report as people read it. `top`: so many of the most active users. `joined`: members were joined to it.
 */
export function activityText({ report, users }: JoinedReport, top: number, joined: boolean): string {
  const lines = [
    `${report.instance}: ${counted(report.active_users, "active user")} from ${report.from} to ${report.to} (${report.period}, UTC)`,
    ...notes(report),
    "",
    ...(report.days.length <= mostDays
      ? [
          ...barTable(
            "day",
            report.days.map(({ day, users }) => [day, users]),
          ),
          "",
        ]
      : []),
    ...barTable(
      "week",
      report.weeks.map(({ week, users, whole }) => [`${week}${whole ? "" : " (part)"}`, users]),
    ),
    "",
    ...mostActive(report, top),
    ...(joined ? ["", ...memberTable(users)] : []),
  ];
  return lines.map((line) => printable(line)).join("\n");
}

function notes(report: ActivityReport): string[] {
  const { new_users, gone_users, counted_since, lower_bound, incomplete_days } = report;
  const [fresh, gone] = [new_users ?? "-", gone_users ?? "-"];
  return [
    `  new ${fresh}, gone ${gone}${new_users === null ? ` (${knownText(counted_since)})` : ""}`,
    ...(lower_bound
      ? ["  W&B's own dashboard counts more than its audit log tells: these are at least so many"]
      : []),
    ...(incomplete_days.length > 0 ? [`  some users may be missing on ${incomplete_days.join(", ")}`] : []),
  ];
}

function knownText(since: string | null): string {
  return since === null ? "nothing is known yet" : `nothing is known before ${since}`;
}

function barTable(title: string, counts: readonly (readonly [name: string, users: number])[]): string[] {
  const most = counts.reduce((top, [, users]) => Math.max(top, users), 0);
  return rows(
    [title, "users", ""],
    counts.map(([name, users]) => [name, countText(users), bar(users, most)]),
    [1],
  );
}

function bar(users: number, most: number): string {
  if (users === 0) return "";
  const parts = Math.max(1, Math.round((users / most) * barColumns * 8));
  return "█".repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? "");
}

function mostActive({ users }: ActivityReport, top: number): string[] {
  if (users.length === 0) return ["  nobody was active"];
  const shown = users.slice(0, top);
  const more = users.length - shown.length;
  return [
    ...rows(
      ["most active", "id", "active days", "last active", ""],
      shown.map((each) => [
        each.name ?? (each.service_account ? "service account" : "-"),
        each.user,
        countText(each.active_days),
        clockText(each.last_active),
        each.new ? "new" : "",
      ]),
      [2],
    ),
    ...(more > 0 ? [`  and ${countText(more)} more; --top shows them, --csv and --json show all`] : []),
  ];
}

const order: readonly MemberStatus[] = [
  "active",
  "inactive",
  "invite_pending",
  "deactivated",
  "not_a_member",
];

function memberTable(users: readonly JoinedUser[]): string[] {
  const of = (status: MemberStatus) => users.filter((each) => each.status === status).length;
  const worth = users.filter(({ status, user }) => status === "deactivated" && user !== undefined);
  return [
    ...rows(
      ["members", "users"],
      order.map((status) => [status, countText(of(status))]),
      [1],
    ),
    ...worth.map(({ member, user }) => `  deactivated, and in the log: ${member?.email} (${user?.user})`),
  ];
}
