import type { ActivityReport } from "../status/activity-report.ts";
import { type CsvCell, type CsvKey, csvLine } from "../text/csv.ts";
import { printable } from "../text/printable.ts";
import type { JoinedUser } from "./members.ts";

/** A report, with the members that were joined to it. */
export interface JoinedReport {
  readonly report: ActivityReport;
  readonly users: readonly JoinedUser[];
}

/**
 * One line for each user, under the names that W&B's own export gives these columns, where it has them. With
 * `members` there are the columns that only the export has, and everybody in it.
 */
export function activityCsv(reports: readonly JoinedReport[], members: boolean): string {
  const titles = [
    ...["Instance", "User ID", "Email", "Last Active", "Number of active days", "First Active", "New"],
    ...[
      "Service account",
      ...(members ? ["Name", "Username", "Role", "Teams", "Status", "Models Seat"] : []),
    ],
    ...(members ? ["Weave Access"] : []),
  ];
  const lines = reports.flatMap(({ report, users }) =>
    users.map(({ user, member, status }) =>
      shownLine([
        ...[report.instance, user?.user ?? null, user?.name ?? member?.email ?? null],
        ...[user?.last_active ?? member?.lastActive ?? null, user?.active_days ?? 0],
        ...[user?.first_active ?? null, yesNo(user?.new), yesNo(user?.service_account)],
        ...(members ? [member?.name ?? null, member?.username ?? null, member?.role ?? null] : []),
        ...(members ? [member?.teams ?? null, status, member?.modelsSeat ?? null] : []),
        ...(members ? [member?.weaveAccess ?? null] : []),
      ]),
    ),
  );
  return csvLine(titles) + lines.join("");
}

/**
 * A lookup for the rules of a SIEM: what it can say of the `actor_user_id` and the address of an event. By
 * what stands first in a line it is joined: that is as the events have it.
 */
export function lookupCsv(reports: readonly JoinedReport[]): string {
  const titles = ["instance", "user_id", "email", "username", "role", "seat", "status", "service_account"];
  const lines = reports.flatMap(({ report, users }) =>
    users.map(({ user, member, status }) =>
      shownLine([
        ...[report.instance, user?.user, user?.name ?? member?.email, member?.username].map(keyOf),
        ...[member?.role ?? null, member?.modelsSeat ?? null],
        ...[status, String(isService({ user, member }))],
      ]),
    ),
  );
  return csvLine(titles) + lines.join("");
}

/** Ids and names are what somebody wrote: a CSV is looked at on a terminal, too. */
function shownLine(cells: readonly CsvCell[]): string {
  return csvLine(cells.map((cell) => (typeof cell === "string" ? printable(cell) : cell)));
}

function keyOf(text: string | null | undefined): CsvKey {
  return { key: text == null ? null : printable(text) };
}

/** The log has shown that it was created as one, or W&B calls its role so. */
function isService({ user, member }: Pick<JoinedUser, "user" | "member">): boolean {
  return user?.service_account === true || /\bservice\b/i.test(member?.role ?? "");
}

function yesNo(value: boolean | undefined): string | null {
  return value === undefined ? null : value ? "yes" : "no";
}
