import { describe, expect, it } from "vitest";
import { joined, membersOf } from "../../src/command/members.ts";
import { document } from "../status/activity-document.ts";

const selfManaged = `"Name","Username","Org Role","Models Seat","Weave Access","Email","Teams","Last Active"
"Ann","ann","Admin","Full","Yes","A@Example.com","vision, nlp","2026-07-31T12:00:00Z"
"Bo","bo","Member","Viewer","No","bo@example.com","","Invite pending"
"Cy","cy","Member","Full","No","cy@example.com","","Deactivated"
"Di","di","Member","Full","No","di@example.com","","-"
`;
const multiTenant = `"Name","Username","Last active","Role","Email","Teams","Status","Number of Reports","Number of Runs","Number of active days","Models Seat","Weave Access"
"Ann","ann","2026-07-31","admin","a@example.com","","Active",1,2,3,"full","yes"
"Bo","bo","-","member","bo@example.com","","Invite pending",0,0,0,"full","yes"
`;
const [report] = document.instances;
const statuses = (text: string) =>
  joined({ users: report?.users ?? [] }, membersOf(text).members).map(({ status, member, user }) => [
    ...[member?.username ?? null, user?.user ?? null, status],
  ]);

describe("W&B's export of members", () => {
  it("is joined by address: who was active, and everybody else with what W&B says of them", () => {
    expect(statuses(selfManaged)).toEqual([
      ["ann", "1042", "active"],
      [null, "1091", "not_a_member"],
      ["bo", null, "invite_pending"],
      ["cy", null, "deactivated"],
      ["di", null, "inactive"],
    ]);
  });

  it("may name one address twice: who may work counts, in whatever row", () => {
    const titles = '"Username","Org Role","Email","Last Active"\n';
    const old = '"old","Member","a@example.com","Deactivated"\n';
    const now = '"now","Member","A@example.com","2026-07-31"\n';
    const expected = [
      ["now", "1042", "active"],
      [null, "1091", "not_a_member"],
      ["old", null, "deactivated"],
    ];
    expect(statuses(titles + now + old)).toEqual(expected);
    expect(statuses(titles + old + now)).toEqual(expected);
  });

  it("is known in the form of Multi-tenant Cloud too", () => {
    expect(statuses(multiTenant)).toEqual([
      ["ann", "1042", "active"],
      [null, "1091", "not_a_member"],
      ["bo", null, "invite_pending"],
    ]);
    expect(membersOf(multiTenant)).toMatchObject({
      members: [{ role: "admin", modelsSeat: "full", status: "Active" }, {}],
      unknown: [],
    });
  });

  it("tells a deactivated member who is in the log as deactivated", () => {
    const text = selfManaged.replace("cy@example.com", "a@example.com").replace("A@Example.com", "x@y");
    expect(statuses(text)[0]).toEqual(["cy", "1042", "deactivated"]);
  });

  it("leaves out rows in which nothing stands", () => {
    const text = "Email,Org Role,Last Active\na@example.com,Admin,-\n,,\n , ,\n,Admin,-\n";
    expect(membersOf(text).members.map(({ email, role }) => [email, role])).toEqual([
      ["a@example.com", "Admin"],
      ["", "Admin"],
    ]);
  });

  it("names columns that nobody knows, and goes on without them", () => {
    const text = "Email,Org Role,Last Active,Shoe Size\na@example.com,Admin,-,43\n";
    expect(membersOf(text)).toMatchObject({ unknown: ["Shoe Size"], members: [{ email: "a@example.com" }] });
  });

  it("names the cause where a spreadsheet has written it in another way", () => {
    const titles = ["Name", "Email", "Role", "Last Active"];
    const utf16 = Buffer.from(`\ufeff${titles.join(",")}\r\n`, "utf16le").toString("utf8");
    expect(() => membersOf(utf16)).toThrow("UTF-16: save it as CSV in UTF-8");
    expect(() => membersOf(`${titles.join(";")}\n`)).toThrow("separated by semicolons: save it with commas");
    expect(() => membersOf(`${titles.join("\t")}\n`)).toThrow("separated by tabs");
  });

  it("says what is missing and what was found where it is something else", () => {
    expect(() => membersOf("user,mail\nx,y\n")).toThrow(
      "it has no column Email, Org Role or Role, Last Active; found: user, mail.",
    );
    expect(() => membersOf("")).toThrow("found: nothing");
    expect(() => membersOf('Email,Role,Last Active\n"x')).toThrow("line 2 is no CSV");
    expect(() => membersOf("Email,Role,Last Active\nx,y\n")).toThrow(
      "line 2 has 2 cells, and the first line 3",
    );
  });
});
