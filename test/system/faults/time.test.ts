import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { eventually } from "../whole/daemon.ts";
import { type Rig, rig, startUnder } from "./rig.ts";

const program = join(import.meta.dirname, "../../../bin/wandb-audit-forwarder.js");
const faketime = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/faketime/libfaketime.so.1",
].find((path) => existsSync(path));

let here: Rig;
const running: ReturnType<typeof startUnder>[] = [];
beforeEach(async () => {
  here = await rig();
});
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.splice(0).map(({ exited }) => exited));
  await here.close();
});

/** Both sides of the changes of summer time in New York and of midnight in all the zones. */
function awkwardTimes(): void {
  const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  for (const hours of [-24, -19, -18.5, -14, -11, -5.75, -0.001, 0])
    here.wandb.log.append(wandbEntry(here.random, today + hours * 3_600_000));
}

describe("time zones", { timeout: 90_000 }, () => {
  it("TM-DST any TZ gives the same uids, payloads and days", { timeout: 60_000 }, async () => {
    awkwardTimes();
    const found = [];
    for (const TZ of [
      "UTC",
      "America/New_York",
      "Asia/Kathmandu",
      "Pacific/Kiritimati",
      "Pacific/Pago_Pago",
    ]) {
      const stateDir = join(here.place.folder, TZ.replace("/", "-"));
      here.place.write(here.yaml(stateDir));
      const before = here.arrived();
      const { exited, text } = startUnder([], ["run", "--once", "-c", here.place.config], { TZ });
      expect((await exited).code, text()).toBe(0);
      const payloads = here.hec
        .taken()
        .slice(before)
        .map((event) => event.text)
        .sort();
      const db = new DatabaseSync(join(stateDir, "spool.db"), { readOnly: true });
      const days = db.prepare("SELECT day, new FROM book ORDER BY day").all();
      db.close();
      found.push({ payloads, days });
    }
    for (const each of found) expect(each).toEqual(found[0]);
    expect(found[0]?.payloads).toHaveLength(here.wandb.log.all().length);
  });

  it("TM-DST an hour that summer time skips or repeats has its own instant in every zone", () => {
    const lines = [
      "2026-03-08T02:30:00Z",
      "2026-03-08T07:00:00Z",
      "2026-11-01T05:30:00Z",
      "2026-11-01T06:30:00Z",
      "2026-12-31T23:59:60Z",
    ]
      .map((timestamp) => JSON.stringify({ timestamp, action: "user:login", actor_user_id: 1 }))
      .join("\n");
    const map = (TZ: string) =>
      spawnSync(process.execPath, [program, "map", "--format", "ecs", "--instance", "acme.example", "-"], {
        input: lines,
        encoding: "utf8",
        env: { PATH: process.env.PATH ?? "", TZ },
      }).stdout.replaceAll(/"(ingested|created)":"[^"]*"/g, "");
    const utc = map("UTC");
    expect(utc.trim().split("\n")).toHaveLength(5);
    expect(map("America/New_York")).toBe(utc);
    expect(map("Pacific/Kiritimati")).toBe(utc);
  });
});

describe.skipIf(faketime === undefined)(
  "a machine whose clock is wrong (skipped where libfaketime is missing)",
  () => {
    const at = (FAKETIME: string) => {
      const daemon = startUnder([], ["run", "-c", here.place.config], {
        LD_PRELOAD: faketime as string,
        FAKETIME,
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      });
      running.push(daemon);
      return daemon;
    };

    it.each([
      ["TM-1970 that boots in 1970", "@1970-01-01 00:00:05", true],
      ["TM-2038 that lives after 2038", "@2038-01-19 03:14:00", false],
      ["TM-FWD-2D two days ahead", "+47h", true],
      ["TM-BACK-2D two days behind", "-47h", true],
    ])(
      "%s: everything arrives once, then goes on under the right time",
      { timeout: 60_000 },
      async (_, time, tells) => {
        here.grow(60, 40);
        expect((await here.once()).code).toBe(0);
        here.grow(20, 20);
        const polls = here.wandb.taken().length;
        const wrong = at(time);
        // Of two clocks that are years apart nobody can tell the wrong one: what is missed then comes later.
        if (tells) await eventually("what is there arrives", () => here.arrived() >= 80, 30_000);
        else await eventually("it reads", () => here.wandb.taken().length > polls + 1, 30_000);
        wrong.child.kill("SIGTERM");
        expect((await wrong.exited).code).toBe(0);
        here.grow(20, 0.05);
        expect((await here.once()).code).toBe(0);
        here.expectWhole();
        expect(here.arrived(), "nothing comes twice").toBe(100);
      },
    );
  },
);

describe("the server's clock", { timeout: 90_000 }, () => {
  it("TM-SKEW three hours off: its day counts, and somebody is told", async () => {
    here.wandb.behave({ skewMs: 3 * 3_600_000 });
    here.grow(30);
    here.wandb.log.append(wandbEntry(here.random, Date.now() + 3 * 3_600_000));
    const daemon = here.start();
    await eventually("everything arrives", () => here.arrived() >= 31, 30_000);
    expect(daemon.stdout()).toMatch(/clock/);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
  });
});
