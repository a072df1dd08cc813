import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { activityRoutes } from "../../src/admin/activity.ts";
import { activityDocument } from "../../src/status/activity-report.ts";
import { keepLines, prod } from "../fake/kept-lines.ts";
import { dayMs, today } from "../fake/records.ts";
import { CommandPlace } from "./command-place.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
});
afterEach(() => place.remove());

const lines = [
  '{"timestamp":"2026-06-01T10:00:00Z","action":"a:b","actor_user_id":7,"actor_email":"old@example.com"}',
  '{"timestamp":"2026-07-30T10:00:00Z","action":"a:b","actor_user_id":1042,"actor_email":"a@example.com"}',
  '{"timestamp":"2026-07-31T10:00:00Z","action":"a:b","actor_user_id":1042,"actor_email":"a@example.com"}',
  '{"timestamp":"2026-07-31T11:00:00Z","action":"a:b","actor_user_id":1088,"actor_email":"b@example.com"}',
];

function filled(scope: "names" | "ids" = "names") {
  const rule = { scope, nameless: new Set<string>(), keep: 800 * dayMs };
  const store = place.state.open({ activity: rule, sources: ["prod"] });
  keepLines(store, place.state.clock, lines);
  return store;
}
const run = (...args: string[]) => place.run("activity", ...args);

const whoHasIt = {
  async nobody() {
    filled();
    place.state.close();
  },
  async "a daemon"() {
    const { activity } = filled();
    const asked = { counted: true, origins: [prod], states: [], today };
    const routes = activityRoutes(
      (period) => activityDocument(activity, { ...asked, period }),
      true,
      () => "",
    );
    await place.serve({ routes });
  },
};

describe.each(Object.entries(whoHasIt))("activity, when %s has the state open", (_, given) => {
  it("shows who was active, as text, CSV and JSON", async () => {
    await given();
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toContain("wandb.example: 2 active users from 2026-07-03 to 2026-08-01 (30d, UTC)");
    expect(out).toContain("new 2, gone 0");
    expect(out).toMatch(/a@example.com +1042 +2 +2026-07-31 10:00 +new/);
    const csv = (await run("--csv", "--period", "all")).out.split("\r\n");
    expect(csv).toHaveLength(5);
    expect(csv[1]).toBe(
      '"wandb.example","1042","a@example.com","2026-07-31T10:00:00.000Z",2,"2026-07-30","no","no"',
    );
    const json = JSON.parse((await run("--json", "--period", "7d", "--source", "prod")).out);
    expect(json.instances[0]).toMatchObject({ active_users: 2, new_users: 2, gone_users: 0 });
  });

  it("joins members, and writes a lookup that only its owner can read", async () => {
    await given();
    const users = join(place.state.path, "..", "members.csv");
    const lookup = join(place.state.path, "..", "lookup.csv");
    writeFileSync(
      users,
      "Email,Org Role,Last Active,Size\nA@example.com,Admin,-,1\nnew@example.com,Member,Invite pending,2\n",
    );
    const { code, out, err } = await run("--users", users, "--lookup", lookup);
    expect(code).toBe(0);
    expect(out).toMatch(/invite_pending +1\n/);
    expect(err).toContain("that are not known are left out: Size");
    const written = readFileSync(lookup, "utf8").split("\r\n");
    expect(written[1]).toBe('"wandb.example","1042","a@example.com","","Admin","","active","false"');
    expect(written[3]).toBe('"wandb.example","","new@example.com","","Member","","invite_pending","false"');
    expect(statSync(lookup).mode & 0o777).toBe(0o600);
    const json = JSON.parse((await run("--json", "--users", users)).out);
    expect(json.instances[0].members).toHaveLength(3);
  });

  it("says what it cannot use", async () => {
    await given();
    expect(await run("--source", "prd")).toMatchObject({
      code: 2,
      err: expect.stringContaining("did you mean prod?"),
    });
    expect((await run("--period", "3d")).code).toBe(2);
    expect((await run("--csv", "--json")).code).toBe(2);
    expect(await run("--lookup", "x")).toMatchObject({
      code: 2,
      err: expect.stringContaining("needs --users"),
    });
    expect(await run("--users", "/nowhere")).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot read /nowhere: ENOENT"),
    });
    const other = join(place.state.path, "..", "other.csv");
    writeFileSync(other, "a,b\n");
    expect(await run("--users", other)).toMatchObject({
      code: 1,
      err: expect.stringContaining("it has no column Email"),
    });
  });
});

it("cannot join members without addresses, and says what keeps them", async () => {
  filled("ids");
  place.state.close();
  const users = join(place.state.path, "..", "members.csv");
  writeFileSync(users, "Email,Role,Last Active\na@example.com,Admin,-\n");
  expect(await run("--users", users)).toMatchObject({
    code: 1,
    err: expect.stringContaining("activity.names"),
  });
});

it("joins the members of one server with the users of no other", async () => {
  const { activity } = filled();
  const other = { ...prod, instance: "other.example" };
  const asked = { counted: true, origins: [prod, other], states: [], today };
  const routes = activityRoutes(
    (period) => activityDocument(activity, { ...asked, period }),
    true,
    () => "",
  );
  await place.serve({ routes });
  const users = join(place.state.path, "..", "members.csv");
  writeFileSync(users, "Email,Role,Last Active\na@example.com,Admin,-\n");
  expect(await run("--users", users)).toMatchObject({
    code: 2,
    err: expect.stringContaining("(wandb.example, other.example): say with --source whose members"),
  });
  expect((await run("--users", users, "--source", "prod")).code).toBe(0);
});

it("says that nobody is counted where that is configured", async () => {
  filled();
  place.state.close();
  writeFileSync(place.config, `${readFileSync(place.config, "utf8")}activity: false\n`);
  expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining("activity is false") });
  expect(place.state.open().activity.instances()).toEqual([prod.instance]);
});
