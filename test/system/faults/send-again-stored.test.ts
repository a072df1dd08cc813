import { gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { ObjectStore } from "../../../src/simulate/object-store.ts";
import { startS3Server } from "../../../src/simulate/s3-server.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { dayMs, dayText, utcDayOfMs } from "../../../src/time/clock.ts";
import { type DaemonProcess, eventually, startProgram, workplace } from "../whole/daemon.ts";
import { environment } from "./rig.ts";

const today = utcDayOfMs(Date.now());
const days = [today - 5, today - 4, today - 3];
const perDay = 250;
const batch = 50;

/** An object for each hour of some days, packed on some, with twins in it, and what they hold. */
function filled(): { readonly store: ObjectStore; readonly events: number } {
  const store = new ObjectStore();
  store.pageSize = 4;
  const random = seededRandom(5);
  let events = 0;
  for (const day of days)
    for (const part of [0, 1]) {
      const lines = Array.from({ length: perDay / 2 }, () =>
        wandbEntry(random, day * dayMs + (part + random()) * (dayMs / 2)),
      );
      lines.push(lines[0] as string, lines[0] as string);
      events += lines.length;
      const text = `${lines.join("\n")}\n`;
      const name = `wandb-audit-logs/${dayText(day)}-${part}.json`;
      store.put(name, day % 2 === 0 ? gzipSync(text) : Buffer.from(text), (day + 1) * dayMs);
    }
  return { store, events };
}

it("SA-BUCKET what the spool has no more is read from a bucket for a replay, each event once, also after kill -9", async () => {
  const { store, events } = filled();
  const s3 = await startS3Server(store);
  const hec = await startHecReceiver({ keep: 100_000 });
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
shutdown_timeout: 2s
spool: { keep_delivered: 0s }
sources:
  - { name: archive, type: bucket, url: "s3://logs/wandb-audit-logs", endpoint: "${s3.url}", access_key_id: id, secret_access_key: "\${KEY}", instance: acme.example, start: 30d, poll_interval: 1s }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", format: raw, batch: { max_events: ${batch}, max_wait: 10ms }, retry: { min_backoff: 20ms, max_backoff: 200ms, hold_interval: 200ms } }
admin: { listen: off }
`,
  );
  const running: DaemonProcess[] = [];
  const start = (...args: string[]) => {
    const started = startProgram([args[0] as string, "-c", place.config, ...args.slice(1)], environment);
    running.push(started);
    return started;
  };
  onTestFinished(async () => {
    for (const each of running) {
      each.kill("SIGKILL");
      await each.exited;
    }
    await s3.close();
    await hec.close();
    place.remove();
  });
  const uids = (labelled: boolean) =>
    hec
      .taken()
      .filter(({ fields }) => fields?.event_uid !== undefined && fields.source !== "forwarder")
      .filter(({ fields }) => (fields?.replay_id !== undefined) === labelled)
      .map(({ fields }) => String(fields?.event_uid));

  expect((await start("run", "--once").exited).code).toBe(0);
  const had = new Set(uids(false));
  expect(had.size).toBe(events);
  let daemon = start("run");
  await eventually("it runs", () => daemon.stdout().includes('"type":"started"'));
  const span = ["--from", dayText(today - 5), "--to", dayText(today - 2)];
  start("replay", "--output", "splunk", ...span, "--rate", "300");
  for (let kill = 1; kill <= 3; kill++) {
    await eventually("some of it came again", () => uids(true).length >= kill * 2 * batch, 60_000);
    daemon.kill("SIGKILL");
    await daemon.exited;
    daemon = start("run");
  }
  await eventually("it is done", () => daemon.stdout().includes('"type":"replay_ended"'), 90_000);
  daemon.kill("SIGTERM");
  expect((await daemon.exited).code).toBe(0);
  const again = uids(true);
  expect(new Set(again)).toEqual(had);
  expect(again.length).toBeLessThanOrEqual(events + 3 * batch);
  expect(new Set(hec.taken().flatMap(({ fields }) => fields?.replay_id ?? [])).size).toBe(1);
}, 180_000);
