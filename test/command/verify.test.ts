import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { program } from "../../src/command/program.ts";
import type { VerifiedDay } from "../../src/command/verified-day.ts";
import type { DayDigest } from "../../src/spool/closed-day.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { dayText, systemClock, utcDayOfMs } from "../../src/time/clock.ts";
import { counted } from "../fake/records.ts";
import { line } from "../source/wandb-api/reading.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const today = utcDayOfMs(Date.now());
const day = today - 3;
const asked = ["--source", "prod", "--day", dayText(day)];
const [first, twin, other] = [line(day, 60), line(day, 70), line(day, 80, { action: "run:delete" })];
const undated = '{"action":"team:delete","actor_user_id":1}';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "verify-"));
  for (const folder of ["in", "copy"]) mkdirSync(join(place, folder));
  const source = (name: string, folder: string, more = "") =>
    `  - { name: ${name}, type: file, path: "${join(place, folder)}/*.ndjson", instance: acme, start: 30d${more} }`;
  writeFileSync(
    join(place, "config.yaml"),
    `state_dir: ${join(place, "state")}
sources:
${source("prod", "in")}
${source("copy", "copy", ", role: verify")}
  - { name: pipe, type: file, path: "-", instance: acme }
outputs: [{ name: out, type: file, path: "${join(place, "out")}", format: raw }]
admin: { listen: "off" }
`,
  );
  shows("in", [first, twin, twin, other, undated, line(day - 1, 5)]);
  shows("copy", [first, twin, twin, other]);
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function shows(folder: string, lines: readonly string[]) {
  writeFileSync(join(place, folder, "a.ndjson"), lines.map((text) => `${text}\n`).join(""));
}

async function run(...args: string[]) {
  const terminal = fakeTerminal({ environment: {} });
  const code = await program([...args, "-c", join(place, "config.yaml")], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}
const verify = (...args: string[]) => run("verify", ...asked, ...args);
async function found(...args: string[]): Promise<VerifiedDay> {
  return JSON.parse((await verify("--json", ...args)).out);
}

/** The day was closed with what is shown now, or otherwise. */
async function close(otherwise: Partial<DayDigest> = {}) {
  const { shown } = await found();
  const clock = systemClock;
  const options = {
    stateDir: join(place, "state"),
    maxBytes: 1e9,
    clock,
    random: { uuid: crypto.randomUUID },
  };
  const store = openStore(options as never);
  store.finishStep(
    { progress: { source: "prod", unplanned: true }, closed: { day, ...shown, ...otherwise } },
    counted(),
    7,
  );
  store.close();
}

describe("verify", () => {
  it("finds nothing where nothing has changed, twins and other days aside", async () => {
    expect((await run("run", "--once")).code).toBe(0);
    const done = await verify();
    expect(done).toMatchObject({ code: 0, err: "" });
    expect(done.out).toMatch(/4 records shown now, digest [0-9a-f]{64}\n {2}it was never closed\n/);
    expect(done.out).toMatch(/the ledger knows 4 records\nnothing is missing\n$/);
    expect(await found()).toMatchObject({ known: 4, closed: null, same_digest: null, lack: null });
  });

  it("names what is missing, extra and altered", async () => {
    await run("run", "--once");
    shows("in", [twin, twin, twin, line(day, 80, { action: "run:delete", actor_user_id: 99 }), line(day, 9)]);
    const { missing, extra, altered } = await found();
    expect([missing.records, extra.records]).toEqual([2, 3]);
    expect(missing.named).toMatchObject([{ count: 1, action: expect.any(String) }, { action: "run:delete" }]);
    expect(extra.named.map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(altered).toEqual([
      { was: missing.named[1]?.uid, is: extra.named[1]?.uid, keys: ["actor_user_id"] },
    ]);
    const { code, out } = await verify();
    expect(code).toBe(1);
    expect(out).toContain("  2 records known, and not shown any more:\n    ");
    expect(out).toContain("  3 records shown, and not known:\n    ");
    expect(out).toMatch(/ {2}altered: [0-9a-f]{32} is [0-9a-f]{32} now, in actor_user_id\nthis differs\n$/);
  });

  it("compares with what the day was closed with, and with that alone where the ledger has forgotten", async () => {
    await run("run", "--once");
    await close();
    expect(await found()).toMatchObject({ known: 4, same_digest: true, closed: { closings: 1, records: 4 } });
    const db = new DatabaseSync(join(place, "state", "spool.db"));
    db.exec("DELETE FROM known");
    db.close();
    const same = await verify();
    expect(same.code).toBe(0);
    expect(same.out).toContain("so the digest alone tells: nothing was added, removed or changed since");
    shows("in", [first, twin, other]);
    const changed = await verify();
    expect(changed.code).toBe(1);
    expect(changed.out).toContain("what that was cannot be told");
    expect(await found()).toMatchObject({ known: null, same_digest: false, missing: { records: 0 } });
  });

  it("finds what is shown of a day that was empty when it was closed", async () => {
    shows("in", [line(day - 1, 1), line(day + 1, 1)]);
    await run("run", "--once");
    await close();
    shows("in", [line(day - 1, 1), first, line(day + 1, 1)]);
    expect(await found()).toMatchObject({ known: null, same_digest: false, extra: { records: 1 } });
    const { code, out } = await verify();
    expect([code, out]).toEqual([1, expect.stringContaining("  1 record shown, and not known:\n")]);
  });

  it("does not call a day whole that was closed otherwise, where nothing came since", async () => {
    await run("run", "--once");
    await close({ digest: "ab".repeat(32) });
    const { code, out } = await verify();
    expect(out).toContain(`another one, ${"ab".repeat(32)}; nothing of it was kept since\n`);
    expect(out).toMatch(/this differs\n$/);
    expect(code).toBe(1);
  });

  it("says that nothing is known of a day that was never read", async () => {
    await run("run", "--once");
    const { code, out } = await run("verify", "--source", "prod", "--day", dayText(day - 9));
    expect(out).toContain("not all of it can be shown: no file that shows this day is left");
    expect(out).toContain("the ledger knows nothing of it");
    expect(code).toBe(1);
  });

  it("compares with another source of the instance, by its name or its type", async () => {
    await run("run", "--once");
    expect((await verify("--against", "copy")).out).toMatch(
      /copy: 4 records shown, digest \w+, the same as prod's/,
    );
    shows("copy", [first, twin, line(day, 11)]);
    const { code, out } = await verify("--against", "file");
    expect(code).toBe(1);
    expect(out).toMatch(/digest \w+, other than prod's\n {2}1 record shown by copy, and not by prod:/);
    expect(out).toContain("2 records shown by prod, and not by copy");
    expect(await found("--against", "copy")).toMatchObject({
      against: { source: "copy", missing: { records: 1 }, extra: { records: 2 }, lack: null },
    });
  });

  it("compares with the uids that were exported, twins too", async () => {
    await run("run", "--once");
    await run("replay", "--list");
    const events = join(place, "uids.csv");
    writeFileSync(events, "event_uid,count\n");
    const none = await found("--siem-uids", events);
    expect(none.exported).toMatchObject({ lines: 0, uids: 0, missing: 4, unknown: 0 });
    const uids = none.exported?.missingUids ?? [];
    expect(new Set(uids).size).toBe(4);
    writeFileSync(events, ["uid", ...uids.map((uid) => `"${uid.toUpperCase()}",1`), uids[0]].join("\r\n"));
    const all = await verify("--siem-uids", events);
    expect(all.code).toBe(0);
    expect(all.out).toContain("exported: 4 uids, and 1 line with one that was there before (sent again)");
    writeFileSync(events, [...uids.slice(1), "ab".repeat(16)].join("\n"));
    const some = await verify("--siem-uids", events);
    expect(some.code).toBe(1);
    expect(some.out).toContain(`1 uid of the day, and not exported:\n    ${uids[0]}\n`);
    expect(some.out).toContain(`1 uid exported, and not of the day:\n    ${"ab".repeat(16)}\n`);
  });

  it("prints a search and reads nothing", async () => {
    for (const language of ["splunk", "elastic", "kql", "otel"]) {
      const { code, out } = await verify("--query", language);
      expect([code, out.includes("acme")]).toEqual([0, true]);
    }
    expect((await verify("--query", "sql")).code).toBe(2);
  });

  it.each([
    [["--source", "prd", "--day", "2026-08-01"], 'no source "prd" (did you mean prod?)'],
    [["--source", "prod"], "required option '--day <date>' not specified"],
    [["--source", "prod", "--day", "yesterday"], "Write a UTC day, such as 2026-08-01."],
    [["--source", "pipe", "--day", "2026-08-01"], "pipe has no days to read: standard input is read once"],
    [
      [...asked, "--against", "bucket"],
      "no other source of acme, and no archive, is called bucket or is of that type: there are",
    ],
    [[...asked, "--against", "pipe"], "pipe has no days to read"],
  ])("refuses %j", async (args, text) => {
    const { code, err } = await run("verify", ...args);
    expect(code).toBe(2);
    expect(err).toContain(text);
  });

  it("says why nothing can be compared: no state, no such export, a source that cannot be read", async () => {
    expect(await verify()).toMatchObject({ code: 1, err: expect.stringContaining("no state in") });
    await run("run", "--once");
    expect(await verify("--siem-uids", join(place, "none"))).toMatchObject({
      code: 1,
      err: expect.stringContaining("ENOENT"),
    });
    rmSync(join(place, "in"), { recursive: true });
    const { code, err } = await verify();
    expect([code, err.includes("Fix: ")]).toEqual([1, true]);
  });
});
