import { expect, it } from "vitest";
import { activityCsv, type JoinedReport, lookupCsv } from "../../src/command/activity-csv.ts";
import { joined, membersOf } from "../../src/command/members.ts";
import type { ActivityReport } from "../../src/status/activity-report.ts";
import { csvRows } from "../../src/text/csv.ts";
import { document } from "../status/activity-document.ts";

const [report] = document.instances as [ActivityReport];
const members = membersOf(`Name,Username,Org Role,Models Seat,Email,Last Active
"=HYPERLINK(""x"")",ann,Admin,Full,a@example.com,-
Bot,bot,Service account,None,bot@example.com,Deactivated
`).members;
const withMembers: JoinedReport = { report, users: joined(report, members) };
const alone: JoinedReport = { report, users: joined(report, []) };

it("has the columns of W&B's own export under its names, and a line for each user", () => {
  const [header, ...rows] = csvRows(activityCsv([alone], false)).map(({ cells }) => cells);
  expect(header).toEqual([
    ...["Instance", "User ID", "Email", "Last Active", "Number of active days", "First Active", "New"],
    "Service account",
  ]);
  expect(rows).toEqual([
    ["acme.example", "1042", "a@example.com", "2026-07-31T12:00:00.000Z", "1", "2026-07-31", "yes", "no"],
    ["acme.example", "1091", "", "2026-07-31T11:00:00.000Z", "1", "2026-05-01", "no", "yes"],
  ]);
});

it("with members has everybody, and keeps formulas from being run", () => {
  const [header, ann, , bot] = csvRows(activityCsv([withMembers], true)).map(({ cells }) => cells);
  expect(header?.slice(8)).toEqual([
    ...["Name", "Username", "Role", "Teams", "Status", "Models Seat", "Weave Access"],
  ]);
  expect(ann?.slice(8, 13)).toEqual(['\'=HYPERLINK("x")', "ann", "Admin", "", "active"]);
  expect(bot?.slice(1, 5)).toEqual(["", "bot@example.com", "Deactivated", "0"]);
});

it("shows a terminal nothing that it would obey", () => {
  const [user] = report.users;
  const users = [{ ...(user ?? expect.unreachable()), user: "\u001b]0;x\u0007" }];
  const harmful = { report, users: joined({ users }, []) };
  for (const text of [activityCsv([harmful], false), lookupCsv([harmful])])
    expect(text).toContain('"\\u001b]0;x\\u0007"');
});

it("leaves in a lookup what rules join on as it is, and guards the rest", () => {
  const [user] = report.users;
  const users = [{ ...(user ?? expect.unreachable()), user: "-12", name: "@ann@example.com" }];
  const exported = membersOf(`Username,Org Role,Models Seat,Email,Last Active
+ann,=Admin,-Full,@ann@example.com,-
`).members;
  const odd = { ...report, instance: "@acme", users };
  const [, line] = csvRows(lookupCsv([{ report: odd, users: joined({ users }, exported) }]));
  expect(line?.cells.slice(0, 6)).toEqual(["@acme", "-12", "@ann@example.com", "+ann", "'=Admin", "'-Full"]);
});

it("makes a lookup of ids, roles, status and service accounts", () => {
  expect(lookupCsv([withMembers])).toBe(
    [
      '"instance","user_id","email","username","role","seat","status","service_account"',
      '"acme.example","1042","a@example.com","ann","Admin","Full","active","false"',
      '"acme.example","1091","","","","","not_a_member","true"',
      '"acme.example","","bot@example.com","bot","Service account","None","deactivated","true"',
      "",
    ].join("\r\n"),
  );
});
