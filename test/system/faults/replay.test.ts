import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayText, utcDayOfMs } from "../../../src/time/clock.ts";
import { type DaemonProcess, eventually, startProgram } from "../whole/daemon.ts";
import { environment, type Rig, rig } from "./rig.ts";

const count = 900;
/** Of the rig. */
const batch = 50;
const from = dayText(utcDayOfMs(Date.now()) - 2);

let here: Rig;
const running: DaemonProcess[] = [];
beforeEach(async () => {
  here = await rig();
  here.grow(count);
});
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.kill("SIGKILL");
    await each.exited;
  }
  await here.close();
});

function replay(...args: string[]): DaemonProcess {
  const started = startProgram(
    ["replay", "-c", here.place.config, "--output", "splunk", "--from", from, ...args],
    environment,
  );
  running.push(started);
  return started;
}

/** How often each uid came: first with a label, then without one. */
function taken() {
  const labelled = new Map<string, number>();
  const live = new Map<string, number>();
  const labels = new Set<unknown>();
  for (const { fields } of here.hec.taken()) {
    const uid = String(fields?.event_uid);
    const label = fields?.replay_id;
    const counts = label === undefined ? live : labelled;
    if (label !== undefined) labels.add(label);
    counts.set(uid, (counts.get(uid) ?? 0) + 1);
  }
  return { labelled, live, labels };
}

const sum = (counts: ReadonlyMap<string, number>) =>
  [...counts.values()].reduce((total, each) => total + each, 0);

describe("a replay", { timeout: 120_000 }, () => {
  it("RP-KILL goes on after kill -9 of the daemon, with the same label, and repeats a batch a kill at most", async () => {
    let daemon = here.start();
    await eventually("all was delivered", () => here.arrived() >= count);
    replay("--rate", "300");
    const kills = 3;
    for (let kill = 1; kill <= kills; kill++) {
      const more = count + kill * 2 * batch;
      await eventually("some of it came again", () => here.arrived() >= more, 30_000);
      daemon.kill("SIGKILL");
      await daemon.exited;
      daemon = here.start();
    }
    here.grow(100);
    const last = daemon;
    await eventually("it is done", () => last.stdout().includes('"type":"replay_ended"'), 60_000);
    await eventually("what is new arrived", () => taken().live.size >= count + 100);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
    const { labelled, live, labels } = taken();
    expect(labels.size).toBe(1);
    expect(labelled.size).toBe(count);
    expect(sum(labelled)).toBeLessThanOrEqual(count + kills * batch);
    // The live run itself was repeated by nothing but the kills.
    expect(sum(live)).toBeLessThanOrEqual(count + 100 + kills * 2 * batch);
  });

  it("RP-KILL-ALONE goes on after kill -9 of the command where there is no daemon", async () => {
    expect((await here.once()).code).toBe(0);
    const slow = replay("--rate", "300");
    await eventually(
      () => `some of it came again; replay said ${slow.stderr()} ${slow.stdout()}`,
      () => here.arrived() > count + 2 * batch,
      30_000,
    );
    slow.kill("SIGKILL");
    await slow.exited;
    const done = replay("--rate", "5000");
    expect((await done.exited).code, done.stderr()).toBe(0);
    here.expectWhole();
    const { labelled, live, labels } = taken();
    expect([labels.size, labelled.size, sum(live)]).toEqual([1, count, count]);
    expect(sum(labelled)).toBeLessThanOrEqual(count + batch);
  });
});
