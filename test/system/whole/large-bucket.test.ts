import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { controlPath, queryDaemon } from "../../../src/admin/ask.ts";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { ObjectStore } from "../../../src/simulate/object-store.ts";
import { startS3Server } from "../../../src/simulate/s3-server.ts";
import { dayText, utcDayOfMs } from "../../../src/time/clock.ts";
import { type DaemonProcess, eventually, startProgram, workplace } from "./daemon.ts";

/** Entries of a day; `.ci/full` has 10,000 of them, ten million in all. */
const perDay = Number(process.env.BUCKET_ENTRIES ?? 100);
const days = 1000;
const token = "5f7c0c3e-9d1b-4a57-8c1e-3b8b6f0e9a11";
/** Events of a batch of HEC; after a kill two of them may come again. */
const batch = 1000;

const today = utcDayOfMs(Date.now());
const nameOf = (day: number) => `wandb-audit-logs/${dayText(day)}.json.gz`;

/** A day as W&B would write it; `more` entries than the others have. */
function bodyOf(day: number, more = 0): Buffer {
  const lines: string[] = [];
  for (let at = 0; at < perDay + more; at++) {
    const seconds = Math.floor((at * 86_000) / (perDay + more));
    const timestamp = `${new Date(day * 86_400_000 + seconds * 1000).toISOString().slice(0, 19)}Z`;
    lines.push(
      `{"timestamp":"${timestamp}","action":"artifact:read","actor_user_id":${1000 + (at % 200)},"response_code":200,"actor_ip":"192.0.2.${at % 250}","artifact_asset":${at},"entity_asset":77,"project_asset":5311}\n`,
    );
  }
  return gzipSync(lines.join(""), { level: 1 });
}

async function backlog(stateDir: string): Promise<number | undefined> {
  const answer = await queryDaemon({ socketPath: controlPath(stateDir) }, "/status", 5_000);
  const status: { outputs?: { backlog_events: number }[] } = JSON.parse(answer?.body ?? "{}");
  return status.outputs?.[0]?.backlog_events;
}

const peakMiB = (pid: number) =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1024;

it("a bucket with the log of a thousand days is read once, through a kill, and no day of it is forgotten", {
  timeout: 120_000 + days * perDay * 0.3,
}, async () => {
  const store = new ObjectStore();
  const server = await startS3Server(store);
  onTestFinished(() => server.close());
  // Written when they were: the newest last.
  for (let day = today - days; day < today; day++)
    store.put(nameOf(day), bodyOf(day), (day + 1) * 86_400_000);
  const receiver = await startHecReceiver({ keep: 0, token });
  onTestFinished(() => receiver.close());
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources:
  - name: archive
    type: bucket
    url: s3://logs/wandb-audit-logs
    endpoint: ${server.url}
    access_key_id: id
    secret_access_key: "\${TOKEN}"
    instance: acme.example
    start: "2017-01-01"
    poll_interval: 1s
outputs:
  - { name: siem, type: splunk_hec, url: "${receiver.url}", token: "\${TOKEN}", batch: { max_events: ${batch} } }
admin: { listen: off }
`,
  );
  onTestFinished(place.remove);
  const start = () => startProgram(["run", "-c", place.config], { TOKEN: token });
  const wanted = days * perDay;
  const within = 60_000 + wanted * 0.2;
  const ended = async (life: DaemonProcess) => {
    life.kill("SIGTERM");
    expect([(await life.exited).code, life.stderr()]).toEqual([0, ""]);
  };

  const first = start();
  await eventually("half of it", () => receiver.count() > wanted / 2, within);
  first.kill("SIGKILL");
  await first.exited;

  const second = start();
  await eventually("all of it", () => receiver.count() >= wanted, within);
  await eventually("the reading ends", () => second.stdout().includes('"caught_up":true'), within);
  // What came again makes up for what is still to come.
  await eventually("nothing waits", async () => (await backlog(place.stateDir)) === 0, within);
  const repeated = receiver.count() - wanted;
  expect(repeated).toBeLessThanOrEqual(2 * batch);

  // The oldest day is long past 400 days, and what it showed is known all the same.
  const before = receiver.count();
  store.put(nameOf(today - days), bodyOf(today - days, 0), Date.now());
  const polls = () => store.asked.filter((what) => what === "list").length;
  const then = polls();
  await eventually("it looks again", () => polls() > then + 6);
  store.put(nameOf(today), bodyOf(today), Date.now());
  await eventually("a new day", () => receiver.count() >= before + perDay, within);
  expect(receiver.count()).toBe(before + perDay);
  const peak = peakMiB(second.pid);
  process.stdout.write(
    `${wanted} entries of ${days} days: ${repeated} repeated after the kill, peak ${Math.round(peak)} MiB\n`,
  );
  expect(peak).toBeLessThan(300);
  await ended(second);
});
