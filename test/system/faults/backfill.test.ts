import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { dayMs, dayText, utcDayOfMs } from "../../../src/time/clock.ts";
import { type DaemonProcess, eventually, startProgram } from "../whole/daemon.ts";
import { environment, mayMount, type Rig, rig, startUnder } from "./rig.ts";

const today = utcDayOfMs(Date.now());
const first = today - 14;
const days = 8;
const perDay = 150;
const span = ["--source", "prod", "--from", dayText(first), "--to", dayText(first + days)];

let here: Rig;
const running: DaemonProcess[] = [];
beforeEach(async () => {
  here = await rig({ pollInterval: "1s" });
  for (let day = first; day < first + days; day++)
    for (let n = 0; n < perDay; n++)
      here.wandb.log.append(wandbEntry(here.random, day * dayMs + Math.floor(here.random() * dayMs)));
  here.grow(30);
});
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.kill("SIGKILL");
    await each.exited;
  }
  await here.close();
});

function backfill(...args: string[]): DaemonProcess {
  const started = startProgram(["backfill", "-c", here.place.config, ...args], environment);
  running.push(started);
  return started;
}

/** An entry of four kilobytes. */
function append(at: number): void {
  const entry = JSON.parse(wandbEntry(here.random, at));
  here.wandb.log.append(JSON.stringify({ ...entry, note: "x".repeat(4_000) }));
}

const readDays = (text: string) => text.split('"type":"backfill_day"').length - 1;

describe("a backfill", { timeout: 120_000 }, () => {
  it("BF-KILL goes on after kill -9 of the daemon, day by day, and loses and invents nothing", async () => {
    // Slow enough to be met in the middle of it: a day and the pause behind it take a quarter of a second.
    const pace = ["--rate", String(perDay * 4)];
    let daemon = here.start();
    await eventually("it has polled", () => daemon.stdout().includes('"type":"poll_done"'));
    backfill(...span, ...pace);
    for (let kill = 0; kill < 3; kill++) {
      await eventually("a day more is read", () => readDays(daemon.stdout()) >= 1);
      daemon.kill("SIGKILL");
      await daemon.exited;
      daemon = here.start();
    }
    const last = daemon;
    await eventually("it is done", () => last.stdout().includes('"type":"backfill_done"'), 60_000);
    await eventually("all is there", () => here.arrived() >= days * perDay + 30);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
    // No day that was done with is read again.
    expect(readDays(last.stdout())).toBeLessThan(days);
  });

  it("BF-KILL-ALONE goes on after kill -9 of the command where there is no daemon, and sends nothing twice", async () => {
    const slow = backfill(...span, "--rate", String(perDay * 2));
    await eventually("some of it has arrived", () => here.arrived() > 30 + perDay);
    slow.kill("SIGKILL");
    await slow.exited;
    const done = backfill(...span);
    expect((await done.exited).code, done.stderr()).toBe(0);
    here.expectWhole();
    const again = backfill(...span);
    expect((await again.exited).code, again.stderr()).toBe(0);
    const { length } = here.hec.taken();
    // After a kill at most the batches in flight come again.
    expect(length).toBeLessThanOrEqual(days * perDay + 30 + 2 * 50);
  });
});

describe("a day that is larger than the spool", { timeout: 120_000 }, () => {
  it("BF-HELD waits in the midst of it while an output is held, and goes on when there is room", async () => {
    await here.close();
    here = await rig({ more: "admin: { listen: off }\nspool: { max_bytes: 16MiB, keep_delivered: 0s }" });
    const entries = 6_000;
    for (let n = 0; n < entries; n++) append(first * dayMs + Math.floor((n / entries) * dayMs));
    here.grow(30);
    let daemon = here.start();
    await eventually("it has read what is new", () => here.arrived() >= 30);
    here.hec.behave("unauthorized");
    backfill("--source", "prod", "--from", dayText(first), "--to", dayText(first + 1), "--rate", "1000000");
    const waits = async () => {
      const list = backfill("--list");
      await list.exited;
      return list.stdout().includes("waits until the outputs have made room");
    };
    await eventually("it waits", waits);
    daemon.kill("SIGKILL");
    await daemon.exited;
    daemon = here.start();
    here.grow(30);
    here.hec.behave("accept");
    await eventually("it is done", () => daemon.stdout().includes('"type":"backfill_done"'), 90_000);
    await eventually("all is there", () => here.arrived() >= entries + 60, 60_000);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
    expect(here.arrived()).toBeLessThanOrEqual(entries + 60 + 50);
  });
});

describe.skipIf(!mayMount)(
  "a backfill on a full disk (skipped without the right to mount)",
  { timeout: 120_000 },
  () => {
    it.each([
      ["BF-FULL waits for room, says so, and goes on", days],
      ["BF-FULL-DAY does so in the midst of a day", 1],
    ])("%s", async (_, over) => {
      const each = (700 * days) / over;
      for (let day = first; day < first + over; day++)
        for (let n = 0; n < each; n++) append(day * dayMs + Math.floor((n / each) * dayMs));
      const { stateDir } = here.place;
      mkdirSync(stateDir, { mode: 0o700 });
      const mount = `mount -t tmpfs -o size=60m,mode=0700 none ${stateDir} && head -c 46M /dev/zero > ${stateDir}/ballast && exec "$@"`;
      here.hec.behave("unauthorized");
      const args = ["backfill", "-c", here.place.config, ...span, "--rate", "1000000"];
      const daemon = startUnder(["unshare", "-m", "sh", "-c", mount, "sh"], args);
      await eventually("the disk is full", () => daemon.text().includes('"type":"spool_full"'), 60_000);
      await eventually(
        "it says what it waits for",
        () => /waits until|waits for/.test(daemon.text()),
        60_000,
      );
      here.hec.behave("accept");
      rmSync(join(`/proc/${daemon.pid}/root`, stateDir, "ballast"));
      expect((await daemon.exited).code, daemon.text().slice(-4_000)).toBe(0);
      here.expectWhole();
    });
  },
);
