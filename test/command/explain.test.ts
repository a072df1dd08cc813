import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lookupRoutes } from "../../src/admin/lookup.ts";
import { jsonAnswer } from "../../src/admin/routes.ts";
import { program } from "../../src/command/program.ts";
import { database } from "../../src/spool/sqlite/database.ts";
import { keepLines } from "../fake/kept-lines.ts";
import { all, move, ofSources, settled } from "../fake/records.ts";
import { CommandPlace } from "./command-place.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
  writeFileSync(
    place.config,
    `state_dir: ${place.state.path}
sources:
  - { name: prod, type: wandb_api, url: "https://wandb.example", api_key: "\${KEY}" }
  - { name: other, type: wandb_api, url: "https://other.example", api_key: "\${KEY}" }
outputs:
  - { name: siem, type: stdout, format: raw, filter: { exclude_actions: ["user:*"] } }
  - { name: lake, type: stdout, format: json, redact: { drop: [actor_email] }, labels: { tenant: acme } }
admin: { listen: "off" }
`,
  );
});
afterEach(() => place.remove());

const read =
  '{"timestamp":"2026-07-31T13:12:14Z","action":"project:read","actor_user_id":1042,"actor_email":"a@example.com"}';
const login = '{"timestamp":"2026-07-31T13:12:26Z","action":"user:login","actor_user_id":1077}';
const undated = '{"action":"team:delete","actor_user_id":1}';
const broken = "not a record";
const late = '{"timestamp":"2026-07-31T14:00:00Z","action":"run:delete","actor_user_id":9}';

/** Two reads: `siem` has delivered the first and filtered the log-in, `lake` has everything waiting. */
function filled() {
  const store = place.state.open({ outputs: ["siem", "lake"], sources: ["prod", "other"] });
  keepLines(store, place.state.clock, [read, read, login, undated, broken]);
  const uids = store.read(0, all).map(({ uid }) => uid);
  const verdict = settled(store.read(0, all), ({ seq }) =>
    seq === 3 ? "filtered" : seq === 5 ? "dead" : "delivered",
  );
  store.settle("siem", move(5, verdict.counts, verdict.dead));
  place.state.clock.advance(60_000);
  keepLines(store, place.state.clock, [late]);
  return { store, uids };
}

async function run(input: string, ...args: string[]) {
  const { clock } = place.state;
  const terminal = fakeTerminal({ environment: { KEY: "key" }, clock, input });
  const code = await program(["explain", ...args, "-c", place.config], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

async function asJson(input: string, ...args: string[]) {
  const { out } = await run(input, "--json", ...args);
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const whoHasIt = {
  async nobody() {
    const { uids } = filled();
    place.state.close();
    return uids;
  },
  async "a daemon"() {
    const { store, uids } = filled();
    const trouble = { reason: "unreachable", detail: "no route" };
    const status = {
      outputs: [
        { name: "lake", trouble },
        { name: "siem", trouble: null },
      ],
    };
    await place.serve({
      routes: { ...lookupRoutes(store.events), "/status": () => jsonAnswer(200, status) },
    });
    return uids;
  },
};

describe.each(Object.entries(whoHasIt))("explain, when %s has the state open", (who, given) => {
  it("says of a uid what it is, since when it is known, and what became of it for each output", async () => {
    const [first] = await given();
    const [{ events }] = await asJson("", first as string);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      ...{ uid: first, identity: first, instance: "wandb.example", ordinal: 1, twins: 2 },
      ...{ ledger: "known", kept: "here", source: "prod", seq: 1, action: "project:read", late: false },
      ...{ known_since: "2026-08-01T00:00:00.000Z", event_time: "2026-07-31T13:12:14.000Z", record: read },
      day: { day: "2026-07-31", fetched: 4, known: 0, new: 4, gap: null },
    });
    const [lake, siem] = events[0].outputs;
    expect(siem).toMatchObject({
      ...{ output: "siem", state: "delivered", or: [], payload: read },
      ...{ after: "2026-08-01T00:00:00.000Z", before: "2026-08-01T00:00:15.000Z" },
    });
    expect(lake).toMatchObject({ output: "lake", state: "pending", ahead: 0 });
    expect(lake.payload).not.toContain("a@example.com");
    expect(lake.payload).toContain('"labels":{"tenant":"acme"}');
    expect(siem.payload).not.toContain("tenant");
    expect(lake.reason).toBe(who === "nobody" ? null : "unreachable");
  });

  it("takes lines, and explains each twin of one", async () => {
    const uids = await given();
    const [twins, filtered] = await asJson(`${read}\n\n${login}\n`, "-");
    expect(twins.events.map((each: { uid: string }) => each.uid)).toEqual(uids.slice(0, 2));
    expect(twins.events.map((each: { ordinal: number }) => each.ordinal)).toEqual([1, 2]);
    expect(filtered.events[0].outputs[1]).toMatchObject({
      ...{ output: "siem", state: "filtered", rule: "exclude_actions: user:*", payload: null },
    });
  });

  it("says the same of a line among many that nobody knows", async () => {
    const uids = await given();
    const unknown = Array.from({ length: 30 }, (_, at) => late.replace("run:delete", `run:${at}`));
    const input = [...unknown, read, uids[2], broken].join("\n");
    const said = await asJson(input, "-");
    expect(said.map(({ events }: { events: unknown[] }) => events.length)).toEqual([
      ...unknown.map(() => 0),
      ...[2, 1, 1],
    ]);
    const [[alone], [first]] = [await asJson("", unknown[0] as string), said];
    expect(first).toEqual(alone);
    expect(said.at(-3)).toEqual((await asJson("", read))[0]);
  });

  it("finds what has no time, and what is no record, by line and by uid", async () => {
    const uids = await given();
    for (const [line, at] of [
      [undated, 3],
      [broken, 4],
    ] as const) {
      const [byLine] = await asJson("", line);
      expect(byLine.events).toMatchObject([{ uid: uids[at], seq: at + 1, record: line }]);
      const [byUid] = await asJson("", uids[at] as string);
      expect(byUid.events[0]).toMatchObject({ uid: uids[at], ordinal: 1, ledger: "known" });
    }
    const [dead] = await asJson("", broken);
    expect(dead.events[0].outputs[1]).toMatchObject({ state: "dead", reason: "bad_event" });
  });

  it("says it to people too, with nothing that could harm a terminal", async () => {
    const [first] = await given();
    const { code, out } = await run("", first as string);
    expect(code).toBe(0);
    expect(out).toContain(`event ${first}: project:read at 2026-07-31T13:12:14.000Z`);
    expect(out).toContain("siem: delivered between 2026-08-01 00:00:00 and 2026-08-01 00:00:15");
    expect(out).toMatch(/lake: pending, 0 before it/);
  });

  it("says what was never seen, and what to check", async () => {
    await given();
    const other = late.replace("run:delete", "run:stop");
    const { code, out } = await run("", other);
    expect(code).toBe(1);
    expect(out).toContain("never seen: {");
    expect(out).toContain("source prod has shown records of 2026-07-31");
    expect(out).toContain("source other was not read completely yet");
    expect((await run("", "f".repeat(32))).out).toContain("never seen: ffff");
  });

  it("knows an event of the forwarder itself as such", async () => {
    const { store } = filled();
    const uid = store.read(0, all).find(({ source }) => source === "forwarder")?.uid ?? expect.unreachable();
    place.state.close();
    const [{ events }] = await asJson("", uid);
    expect(events).toMatchObject([{ source: "forwarder", identity: null, ledger: null, kept: "here" }]);
    expect(events[0].outputs[0]).toMatchObject({ output: "lake", state: "pending" });
  });

  it("looks in the log of one instance where a source is named", async () => {
    await given();
    expect((await run("", "--source", "other", read)).code).toBe(1);
    expect((await run("", "--source", "prod", read)).code).toBe(0);
    expect(await run("", "--source", "prd", read)).toMatchObject({
      code: 2,
      err: expect.stringContaining("did you mean prod?"),
    });
  });
});

it("refuses more lines than it can hold", async () => {
  filled();
  place.state.close();
  expect(await run("\n".repeat(1_000_001), "-")).toMatchObject({
    code: 2,
    err: expect.stringContaining("a million lines: ask for fewer"),
  });
});

it("knows what the spool has removed, by its line and by the uid of a first twin", async () => {
  const { store, uids } = filled();
  const head = store.head();
  store.settle("lake", move(head, settled(store.read(0, all)).counts));
  store.settle("siem", move(head, settled(store.read(5, all)).counts));
  store.prune(place.state.clock.now() + 10 * 3_600_000);
  expect(store.read(0, all)).toEqual([]);
  place.state.close();
  const [byLine] = await asJson("", read);
  expect(byLine.events).toMatchObject([
    { uid: uids[0], ledger: "known", kept: "removed", seq: null, known_since: null, record: read },
    { uid: uids[1], ordinal: 2 },
  ]);
  expect(byLine.events[0].outputs[1]).toMatchObject({
    ...{ output: "siem", state: "settled", payload: read },
    ...{ after: "2026-08-01T00:00:00.000Z", before: "2026-08-01T00:00:15.000Z" },
  });
  const [byUid] = await asJson("", uids[0] as string);
  expect(byUid.events[0]).toMatchObject({ kept: "removed", twins: 2, record: null });
  expect((await run("", uids[0] as string)).out).toContain("not in the spool any more");
  // A dead letter keeps its record.
  const [dead] = await asJson("", uids[4] as string);
  expect(dead.events[0]).toMatchObject({ kept: "here", record: broken });
});

it("a record that was lost on disk is due, and known again when it has come again", async () => {
  const store = place.state.open({ outputs: ["siem", "lake"], sources: ["prod"] });
  keepLines(store, place.state.clock, [read]);
  place.state.close();
  const db = database(place.state.file("spool.db"), { maxBytes: 1e9 });
  db.exec("UPDATE chunk SET bytes = x'00'");
  db.close();
  const damaged = place.state.open({ outputs: ["siem", "lake"], sources: ["prod"] });
  expect(ofSources(damaged.read(0, all))).toEqual([]);
  place.state.close();
  const [lost] = await asJson("", read);
  expect(lost.events).toMatchObject([{ ledger: "due", kept: "removed" }]);
  keepLines(place.state.open({ outputs: ["siem", "lake"] }), place.state.clock, [read]);
  place.state.close();
  const [again] = await asJson("", read);
  expect(again.events).toMatchObject([{ ledger: "known", kept: "here", seq: 3, twins: 1 }]);
});

it("says that there is nothing to explain, and no state", async () => {
  expect(await run("\n", "-")).toMatchObject({ code: 2, err: expect.stringContaining("nothing to explain") });
  const far = `${"\n".repeat(64 * 1024 * 1024)}${read}`;
  expect(await run(far, "-")).toMatchObject({ code: 2, err: expect.stringContaining("more than 64 MiB") });
  expect(await run("", read)).toMatchObject({ code: 1, err: expect.stringContaining("has not run yet") });
});

it("shows the envelope with --frame", async () => {
  filled();
  place.state.close();
  const [{ events }] = await asJson("", "--frame", read);
  expect(events[0].outputs[1].payload).toContain("project:read");
});
