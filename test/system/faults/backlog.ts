import { readFileSync } from "node:fs";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { startProgram, workplace } from "../whole/daemon.ts";

/** By hand: how long a start takes over a backlog of so many events, what memory it takes, and what a dead output costs a live one. */
const count = Number(process.argv[2] ?? 1_000_000);
const random = seededRandom(3);
const wandb = await startWandbServer({ clock: systemClock, random, dialect: "v4" });
const live = await startHecReceiver({ keep: 0 });
const dead = await startHecReceiver({ keep: 0 });
dead.behave("unauthorized");
const hec = (name: string, url: string) =>
  `  - { name: ${name}, type: splunk_hec, url: "${url}", token: "\${TOKEN}", compression: none, retry: { hold_interval: 1s } }`;
const yaml = (outputs: readonly string[]) => (stateDir: string) =>
  `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 1d, poll_interval: 5m }
outputs:
${outputs.join("\n")}
admin: { listen: off }
log: { level: debug }
`;
const environment = { KEY: "some-key-for-tests", TOKEN: "00000000-0000-4000-8000-000000000000" };
const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
const lines = Array.from({ length: count / 10 }, () =>
  wandbEntry(random, today + random() * (Date.now() - today)),
);
for (const line of lines) for (let twin = 0; twin < 10; twin++) wandb.log.append(line);
const peak = (pid: number) =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1024;
/** Of the process so far, in seconds: fields 14 and 15 of proc(5), in hundredths. */
const cpu = (pid: number) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
const until = async (what: () => boolean) => {
  const began = performance.now();
  while (!what()) await systemClock.sleep(20);
  return (performance.now() - began) / 1000;
};

const place = workplace(yaml([hec("dead", dead.url)]));
const first = startProgram(["run", "-c", place.config], environment);
const read = await until(() => /"caught_up":true/.test(first.stdout()));
const readPeak = peak(first.pid);
first.kill("SIGKILL");
await first.exited;
const requests = dead.requests();
const again = startProgram(["run", "-c", place.config], environment);
const start = await until(() => dead.requests() > requests);
await until(() => /"caught_up":true/.test(again.stdout()));
const rssPeak = peak(again.pid);
again.kill("SIGKILL");
await again.exited;
place.remove();

const alone = [hec("live", live.url)];
const beside = [...alone, hec("dead", dead.url)];
const rounds: { rate: number; cpuMicros: number }[] = [];
// In an order that a slow drift of the machine does not favour.
for (const outputs of [alone, beside, beside, alone]) {
  const each = workplace(yaml(outputs));
  const goal = live.count() - live.own() + count;
  const daemon = startProgram(["run", "-c", each.config], environment);
  const seconds = await until(() => live.count() - live.own() >= goal);
  rounds.push({ rate: Math.round(count / seconds), cpuMicros: (cpu(daemon.pid) / count) * 1e6 });
  daemon.kill("SIGKILL");
  await daemon.exited;
  each.remove();
}
const mean = (key: "rate" | "cpuMicros", which: readonly number[]) =>
  which.reduce((sum, at) => sum + (rounds[at]?.[key] ?? Number.NaN), 0) / which.length;
const ratio = (key: "rate" | "cpuMicros") => mean(key, [1, 2]) / mean(key, [0, 3]);
process.stdout.write(
  `${JSON.stringify({ count, secondsToRead: read, rssWhileReadingMiB: Math.round(readPeak), secondsToFirstSend: start, rssOverBacklogMiB: Math.round(rssPeak), aloneBesideBesideAlone: rounds, rateRatio: ratio("rate"), cpuRatio: ratio("cpuMicros") })}\n`,
);
await Promise.all([wandb.close(), live.close(), dead.close()]);
process.exit(0);
