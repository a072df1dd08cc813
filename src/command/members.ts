import type { ActiveUserReport, ActivityReport } from "../status/activity-report.ts";
import { type CsvRow, csvRows } from "../text/csv.ts";

/** A member as W&B's export of its Users page has it. */
export interface Member {
  readonly name: string;
  readonly username: string;
  readonly email: string;
  /** The role in the organization. */
  readonly role: string;
  readonly teams: string;
  readonly modelsSeat: string;
  readonly weaveAccess: string;
  /** As W&B shows it: a time, a hyphen, or in place of it a status. */
  readonly lastActive: string;
  /** Of Multi-tenant Cloud alone. */
  readonly status: string;
}

/** The columns that are known, and how W&B writes them: the first is what it writes now. */
const columns: Readonly<Record<keyof Member, readonly string[]>> = {
  name: ["Name"],
  username: ["Username"],
  email: ["Email"],
  role: ["Org Role", "Role"],
  teams: ["Teams"],
  modelsSeat: ["Models Seat"],
  weaveAccess: ["Weave Access"],
  lastActive: ["Last Active"],
  status: ["Status"],
};
const needed = ["email", "role", "lastActive"] as const;
/** Told elsewhere. */
const leftOut = ["Number of Reports", "Number of Runs", "Number of active days"];

/** Why a file is no export of members, for people. */
export class NotMembers extends Error {
  override readonly name = "NotMembers";
}

/** What a file holds, and columns of it that nobody knows. */
export interface Members {
  readonly members: readonly Member[];
  readonly unknown: readonly string[];
}

/** Reads the CSV that W&B exports, of Self-Managed, Dedicated or Multi-tenant Cloud. Throws NotMembers. */
export function membersOf(text: string): Members {
  // Read as UTF-8, every other character of it is NUL.
  if (text.includes("\u0000")) throw new NotMembers("it is in UTF-16: save it as CSV in UTF-8");
  const [header, ...rows] = rowsOf(text);
  const titles = header?.cells.map((title) => title.trim()) ?? [];
  const places = new Map<keyof Member, number>();
  for (const [key, names] of Object.entries(columns) as [keyof Member, readonly string[]][]) {
    const at = titles.findIndex((title) => names.some((name) => same(name, title)));
    if (at !== -1) places.set(key, at);
  }
  const missing = needed.filter((key) => !places.has(key)).map((key) => columns[key].join(" or "));
  const [only = ""] = titles;
  if (missing.length > 0 && titles.length === 1 && /[;\t]/.test(only))
    throw new NotMembers(
      `its cells are separated by ${only.includes(";") ? "semicolons" : "tabs"}: save it with commas, as W&B exports it`,
    );
  if (missing.length > 0)
    throw new NotMembers(
      `it has no column ${missing.join(", ")}; found: ${titles.join(", ") || "nothing"}. It has to be what "Export as CSV" on W&B's Users page gives`,
    );
  const known = [...Object.values(columns).flat(), ...leftOut];
  const unknown = titles.filter((title) => !known.some((name) => same(name, title)));
  return { members: rows.map((row) => memberOf(row, titles.length, places)), unknown };
}

function rowsOf(text: string): CsvRow[] {
  try {
    return csvRows(text).filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  } catch (error) {
    throw new NotMembers(error instanceof Error ? error.message : String(error));
  }
}

function memberOf({ line, cells }: CsvRow, width: number, places: ReadonlyMap<keyof Member, number>): Member {
  if (cells.length !== width)
    throw new NotMembers(`line ${line} has ${cells.length} cells, and the first line ${width}`);
  const cell = (key: keyof Member) => cells[places.get(key) ?? -1]?.trim() ?? "";
  const entries = (Object.keys(columns) as (keyof Member)[]).map((key) => [key, cell(key)]);
  return Object.fromEntries(entries) as unknown as Member;
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * How a member stands: as W&B says it where it says so, otherwise whether the audit log has shown anything in
 * the period. `not_a_member`: who was active and is not in the export, as service accounts and former members
 * are.
 */
export type MemberStatus = "active" | "inactive" | "invite_pending" | "deactivated" | "not_a_member";

/** A member, a user of the log, or both. */
export interface JoinedUser {
  readonly status: MemberStatus;
  readonly member: Member | undefined;
  readonly user: ActiveUserReport | undefined;
}

/** Members and users of the log, joined by e-mail address: first who was active, then everybody else. */
export function joined({ users }: Pick<ActivityReport, "users">, members: readonly Member[]): JoinedUser[] {
  const byEmail = new Map(members.map((member) => [member.email.toLowerCase(), member]));
  // Of rows with one address the one who may work counts.
  for (const member of members)
    if (statusOf(member, true) === "active") byEmail.set(member.email.toLowerCase(), member);
  const seen = new Set<Member>();
  const active = users.map((user) => {
    const member = user.name === null ? undefined : byEmail.get(user.name.toLowerCase());
    if (member !== undefined) seen.add(member);
    return { status: statusOf(member, true), member, user };
  });
  const others = members
    .filter((member) => !seen.has(member))
    .map((member) => ({ status: statusOf(member, false), member, user: undefined }));
  return [...active, ...others];
}

function statusOf(member: Member | undefined, active: boolean): MemberStatus {
  if (member === undefined) return "not_a_member";
  const told = `${member.status} ${member.lastActive}`;
  if (/deactivated/i.test(told)) return "deactivated";
  if (/invite pending|pending invite|invited/i.test(told) && !active) return "invite_pending";
  return active ? "active" : "inactive";
}
