import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { dayMs, dayText, utcDayOfMs } from "../../../src/time/clock.ts";
import { type DaemonProcess, eventually, startProgram } from "../whole/daemon.ts";
import { environment, type Rig, rig } from "./rig.ts";

const count = 600;
/** With the twins, and what shows that it was polled. */
const known = count + 3;
/** Of the rig. */
const batch = 50;
/** Asked behind what was shown: a midnight in between leaves nothing out. */
const today = () => utcDayOfMs(Date.now());

let here: Rig;
const running: DaemonProcess[] = [];
beforeEach(async () => {
  // The spool keeps nothing that was delivered longer than until it is looked at.
  here = await rig({ more: "admin: { listen: off }\nspool: { keep_delivered: 0s }" });
  here.grow(count);
  const [twin] = here.wandb.log.all() as [string];
  for (let each = 0; each < 2; each++) here.wandb.log.append(twin);
});
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.kill("SIGKILL");
    await each.exited;
  }
  await here.close();
});

function command(...args: string[]): DaemonProcess {
  const started = startProgram([args[0] as string, "-c", here.place.config, ...args.slice(1)], environment);
  running.push(started);
  return started;
}

/** How often each uid came: with a label, and without one. */
function taken() {
  const labelled = new Map<string, number>();
  const live = new Map<string, number>();
  const labels = new Set<unknown>();
  for (const { fields } of here.hec.taken()) {
    if (fields?.event_uid === undefined || String(fields.source ?? "") === "forwarder") continue;
    const label = fields.replay_id;
    const counts = label === undefined ? live : labelled;
    if (label !== undefined) labels.add(label);
    counts.set(String(fields.event_uid), (counts.get(String(fields.event_uid)) ?? 0) + 1);
  }
  return { labelled, live, labels };
}

const sum = (counts: ReadonlyMap<string, number>) =>
  [...counts.values()].reduce((total, each) => total + each, 0);

/** All that there is was delivered, and is in the spool no more: a start removes what need not be kept. */
async function deliveredAndGone(): Promise<DaemonProcess> {
  expect((await here.once()).code).toBe(0);
  const daemon = here.start();
  here.grow(1);
  await eventually("it has polled since", () => here.arrived() > count + 2);
  return daemon;
}

async function killedThrice(first: DaemonProcess): Promise<DaemonProcess> {
  let daemon = first;
  const before = here.arrived();
  for (let kill = 1; kill <= 3; kill++) {
    await eventually("some of it came again", () => here.arrived() >= before + kill * 2 * batch, 60_000);
    daemon.kill("SIGKILL");
    await daemon.exited;
    daemon = here.start();
  }
  return daemon;
}

describe("what the spool does not have any more", { timeout: 180_000 }, () => {
  it("SA-REPLAY is read from the source for a replay, each event once, also after kill -9", async () => {
    let daemon = await deliveredAndGone();
    const more = 150;
    here.grow(more);
    await eventually("what is new arrived", () => here.arrived() >= known + more);
    const from = dayText(today() - 2);
    command("replay", "--output", "splunk", "--from", from, "--rate", "300");
    daemon = await killedThrice(daemon);
    here.grow(40);
    await eventually("it is done", () => daemon.stdout().includes('"type":"replay_ended"'), 90_000);
    const all = known + more + 40;
    await eventually("what is new arrived", () => taken().live.size >= all);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
    const { labelled, live, labels } = taken();
    expect(labels.size).toBe(1);
    expect(labelled.size).toBe(known + more);
    expect(sum(labelled)).toBeLessThanOrEqual(known + more + 3 * batch);
    expect(sum(live)).toBeLessThanOrEqual(all + 3 * 2 * batch);
  });

  it("SA-REPLAY-ALONE is read by the command itself where there is no daemon", async () => {
    const daemon = await deliveredAndGone();
    daemon.kill("SIGTERM");
    await daemon.exited;
    const from = dayText(today() - 2);
    const slow = command("replay", "--output", "splunk", "--from", from, "--rate", "200");
    const before = here.arrived();
    await eventually("some of it came again", () => here.arrived() > before + 2 * batch, 60_000);
    slow.kill("SIGKILL");
    await slow.exited;
    const done = command("replay", "--output", "splunk", "--from", from, "--rate", "5000");
    expect((await done.exited).code, done.stderr()).toBe(0);
    here.expectWhole();
    const { labelled, labels } = taken();
    expect([labels.size, labelled.size]).toEqual([1, known]);
    expect(sum(labelled)).toBeLessThanOrEqual(known + batch);
  });

  it("SA-BACKFILL is sent to one output again by a backfill, and what is new goes as ever, also after kill -9", async () => {
    let daemon = await deliveredAndGone();
    const old = 200;
    for (let n = 0; n < old; n++)
      here.wandb.log.append(
        wandbEntry(here.random, (today() - 6) * dayMs + Math.floor(here.random() * dayMs)),
      );
    const span = ["--from", dayText(today() - 7), "--to", dayText(today() + 1)];
    command("backfill", "--source", "prod", ...span, "--output", "splunk", "--rate", "300");
    daemon = await killedThrice(daemon);
    await eventually("it is done", () => daemon.stdout().includes('"type":"replay_ended"'), 90_000);
    await eventually("what is new arrived", () => taken().live.size >= known + old);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
    const { labelled, live, labels } = taken();
    expect([labels.size, labelled.size, live.size]).toEqual([1, known, known + old]);
    expect(sum(labelled)).toBeLessThanOrEqual(known + 3 * batch);
  });
});
