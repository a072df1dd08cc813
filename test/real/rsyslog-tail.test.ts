import { lstatSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { isOwnPayload } from "../../src/event/own-event.ts";
import { anyOutputKind } from "../../src/output/configured.ts";
import { fileOutputKind } from "../../src/output/file/kind.ts";
import { type FileReceiver, startFileReceiver } from "../../src/simulate/file-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../src/simulate/wandb-server.ts";
import { systemClock } from "../../src/time/clock.ts";
import { sampleEvent, sampleEvents } from "../contract/sample-event.ts";
import { outputContext } from "../fake/output-context.ts";
import { encoded, payloadsOf } from "../fake/payloads.ts";
import { eventually, startProgram, workplace } from "../system/whole/daemon.ts";
import { imfileIsHere, type RsyslogTail, startRsyslogTail } from "./rsyslog-tail.ts";

const never = new AbortController().signal;
const kind = anyOutputKind(fileOutputKind);
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

function outputTo(receiver: FileReceiver, more: object = {}) {
  const written = { name: "lines", type: "file", path: receiver.path, format: "json", ...more };
  const output = kind.schema.parse(written).create(outputContext);
  opened.push(output);
  return output;
}

async function begun(): Promise<{ receiver: FileReceiver; tail: RsyslogTail }> {
  const receiver = startFileReceiver();
  const tail = await startRsyslogTail(receiver.path);
  opened.push(receiver, tail);
  return { receiver, tail };
}

/** What it read, once it is so many lines and no more come. */
async function settled(tail: RsyslogTail, count: number): Promise<readonly string[]> {
  await expect.poll(() => tail.taken().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
  await sleep(500);
  return tail.taken();
}

const uidsOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).uid);
const wanted = (count: number) => sampleEvents(count).map(({ uid }) => uid);

describe.skipIf(!imfileIsHere)("rsyslog's imfile (skipped where rsyslogd or imfile is missing)", () => {
  it("sees each line once and whole while files are rotated, and while it is restarted", async () => {
    const { receiver, tail } = await begun();
    const output = outputTo(receiver, { rotate: { max_bytes: "64KB", min_interval: "0s", keep: 1000 } });
    for (let from = 1; from <= 2000; from += 20) {
      await output.send(payloadsOf(output, sampleEvents(20, from)), never);
      if (from === 801) await tail.restart("SIGTERM");
      // As many as a reader that looks by name must be able to follow.
      await expect.poll(() => tail.taken().length, { timeout: 30_000 }).toBe(from + 19);
    }
    expect(readdirSync(receiver.folder).length).toBeGreaterThan(5);
    expect(uidsOf(await settled(tail, 2000))).toEqual(wanted(2000));
  });

  it("sees a line once and whole that was half there when the program was killed", async () => {
    const { receiver, tail } = await begun();
    let next = 1;
    for (const part of [0.1, 0.35, 0.5, 0.77, 0.99]) {
      const killed = outputTo(receiver);
      await killed.send(payloadsOf(killed, sampleEvents(5, next)), never);
      next += 5;
      const before = lstatSync(receiver.path, { throwIfNoEntry: false })?.size ?? 0;
      const torn = payloadsOf(killed, sampleEvents(4, next)).whole();
      await killed.close();
      // What a write leaves that a kill cuts short.
      writeFileSync(receiver.path, torn.subarray(0, Math.floor(part * torn.length)), { flag: "a" });
      await sleep(200);
      expect(lstatSync(receiver.path).size).toBeGreaterThan(before);
    }
    const last = outputTo(receiver);
    await last.send(payloadsOf(last, sampleEvents(10, next)), never);
    expect(uidsOf(await settled(tail, next + 9))).toEqual(wanted(next + 9));
  });

  it.each([
    ["at once", 0],
    ["after a while", 500],
  ])(
    "is misled where half a line is cut off and another comes %s, which is why none is",
    async (_, pauseMs) => {
      const { receiver, tail } = await begun();
      const output = outputTo(receiver);
      await output.send(payloadsOf(output, sampleEvents(10)), never);
      await settled(tail, 10);
      const right = sampleEvents(11).map((event) => encoded(output, event).toString().trimEnd());
      writeFileSync(receiver.path, "half of another line", { flag: "a" });
      await sleep(200);
      truncateSync(receiver.path, lstatSync(receiver.path).size - 20);
      await sleep(pauseMs);
      writeFileSync(receiver.path, encoded(output, sampleEvent(11)), { flag: "a" });
      expect(await settled(tail, 11)).not.toEqual(right);
    },
  );

  it("sees each event once and whole while the program is killed ten times", async () => {
    const { receiver, tail } = await begun();
    const random = seededRandom(Number(process.env.SEED ?? 7));
    const wandb = await startWandbServer({ clock: systemClock, random });
    const place = workplace(
      (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 3d, poll_interval: 1s }
outputs:
  - { name: lines, type: file, path: "${receiver.path}", batch: { max_events: 20, max_wait: 10ms }, rotate: { max_bytes: 256KB, min_interval: 2s, keep: 1000 } }
admin: { listen: off }
`,
    );
    opened.push(wandb, { close: () => place.remove() });
    const start = (...more: readonly string[]) =>
      startProgram(["run", "-c", place.config, ...more], { KEY: "some-key-for-tests" });
    for (let kills = 0; kills < 10; kills++) {
      for (let n = 0; n < 60; n++)
        wandb.log.append(wandbEntry(random, Date.now() - random() * 20 * 3_600_000));
      const before = receiver.count();
      const daemon = start();
      await eventually("something is written", () => receiver.count() > before);
      await sleep(random() * 25);
      daemon.kill("SIGKILL");
      await daemon.exited;
    }
    const last = start("--once");
    expect((await last.exited).code, last.stderr()).toBe(0);
    const lines = receiver.taken();
    expect(await settled(tail, lines.length)).toEqual(lines);
    const events = lines.map((line) => JSON.parse(line).event as { id: string; original: string });
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const ofWandb = events.filter(({ original }) => !isOwnPayload(original)).map(({ original }) => original);
    expect(ofWandb.sort()).toEqual([...wandb.log.all()].sort());
  });
});
