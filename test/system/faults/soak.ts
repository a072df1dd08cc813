import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isOwnPayload } from "../../../src/event/own-event.ts";
import { type HecReceiver, startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { startProgram, workplace } from "../whole/daemon.ts";

/** `npm run test:soak -- --minutes M --rate R --poll 30s`: the real program under load and faults; its memory and files must not grow. */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    rate: { type: "string", default: "500" },
    // A day is shown whole at every read, so with a short interval the load grows with the square of time.
    poll: { type: "string", default: "30s" },
    seed: { type: "string", default: "1" },
  },
});
const endMs = Number(values.minutes) * 60_000;
const rate = Number(values.rate);
const random = seededRandom(Number(values.seed));
const say = (text: string) => process.stdout.write(`${text}\n`);

// A server that pages by number shows an entry twice when one is put before it between two pages: nobody can tell it from a twin.
const wandb = await startWandbServer({ clock: systemClock, random, dialect: "v4" });
const live = await startHecReceiver({ keep: Number.MAX_SAFE_INTEGER });
const flaky = await startHecReceiver({ keep: 0 });
const dead = await startHecReceiver({ keep: 0 });
dead.behave("unauthorized");
const batch =
  "batch: { max_events: 500, max_wait: 50ms }, retry: { min_backoff: 50ms, max_backoff: 1s, hold_interval: 1s }";
const place = workplace(
  (stateDir) => `
state_dir: ${stateDir}
spool: { keep_delivered: 1m }
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 1d, poll_interval: ${values.poll} }
outputs:
  - { name: live, type: splunk_hec, url: "${live.url}", token: "\${TOKEN}", ${batch} }
  - { name: flaky, type: splunk_hec, url: "${flaky.url}", token: "\${TOKEN}", format: ecs, ${batch} }
  - { name: dead, type: splunk_hec, url: "${dead.url}", token: "\${TOKEN}", format: cef, ${batch} }
admin: { listen: off }
log: { level: warn }
`,
);
const daemon = startProgram(["run", "-c", place.config], {
  KEY: "some-key-for-tests",
  TOKEN: "00000000-0000-4000-8000-000000000000",
});

interface Sample {
  readonly second: number;
  readonly rss: number;
  readonly files: number;
  readonly threads: number;
}

function sample(second: number): Sample {
  const status = readFileSync(`/proc/${daemon.pid}/status`, "latin1");
  const number = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  const files = readdirSync(`/proc/${daemon.pid}/fd`).length;
  return { second, rss: number("VmRSS") / 1024, files, threads: number("Threads") };
}

const samples: Sample[] = [];
const began = performance.now();
const liveFaults = ["busy", "accept_then_cut", "reset", "server_error", "html", "cut_answer"] as const;
const sourceFaults = ["short_body", "reset", "html", "server_error", "gzip_cut"] as const;
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
let made = 0;
let faults = 0;
let ended = false;
void daemon.exited.then(() => {
  ended = true;
});
for (let second = 1; performance.now() - began < endMs && !ended; second++) {
  const now = Date.now();
  for (; made < ((performance.now() - began) / 1000) * rate; made++) {
    wandb.log.append(wandbEntry(random, now - random() * 1000));
    if (made % 50 === 0) wandb.log.twin();
  }
  if (random() < 0.2) {
    faults++;
    flaky.behave(pick(liveFaults), { times: 1 + Math.floor(random() * 3) });
  }
  if (random() < 0.1) {
    faults++;
    wandb.behave({ fault: pick(sourceFaults), faultTimes: 1 });
  }
  if (second % 5 === 0) {
    const taken = sample(second);
    if (!Number.isNaN(taken.rss)) samples.push(taken);
    if (second % 30 === 0) say(JSON.stringify(taken));
  }
  await systemClock.sleep(1000 - ((performance.now() - began) % 1000));
}
if (ended) say(`the daemon ended:\n${daemon.stderr()}\n${daemon.stdout().slice(-2000)}`);
wandb.behave({ fault: undefined });
flaky.behave("accept");
const truth = wandb.log.all().length;
// On a machine that is too small for the stand-ins the receivers lag behind: as long as something arrives, it is waited for.
const came = (receiver: HecReceiver) => receiver.count() - receiver.own();
let arrived = { count: 0, at: performance.now() };
while (!ended && (came(live) < truth || came(flaky) < truth) && performance.now() - arrived.at < 60_000) {
  const count = came(live) + came(flaky);
  if (count > arrived.count) arrived = { count, at: performance.now() };
  await systemClock.sleep(200);
}
daemon.kill("SIGTERM");
const exit = await daemon.exited;

/** What the second half has over the first one: a leak shows, a warm-up does not. */
const half = (from: number, to: number, key: "rss" | "files" | "threads") => {
  const part = samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
  return part.reduce((sum, each) => sum + each[key], 0) / Math.max(1, part.length);
};
const growth = (key: "rss" | "files" | "threads") => half(0.75, 1, key) - half(0.4, 0.65, key);
const peak = Math.max(...samples.map(({ rss }) => rss));
const distinct = new Set(
  live
    .taken()
    .filter(({ text }) => !isOwnPayload(text))
    .map(({ fields }) => fields?.event_uid),
).size;
const troubles = daemon
  .stdout()
  .split("\n")
  .filter((line) => line.includes('"delivery_failed"') && line.includes('"output":"live"'));
for (const line of troubles) say(line);
const figures = {
  minutes: Number(values.minutes),
  events: truth,
  faults,
  live: came(live),
  flaky: came(flaky),
  dead: dead.count(),
  rssPeakMiB: Math.round(peak),
  rssGrowthMiB: Math.round(growth("rss") * 10) / 10,
  filesGrowth: Math.round(growth("files") * 10) / 10,
  files: samples.at(-1)?.files,
  threads: samples.at(-1)?.threads,
  exit: exit.code,
  signal: exit.signal,
};
say(JSON.stringify(figures));
await Promise.all([wandb.close(), live.close(), flaky.close(), dead.close()]);
place.remove();
const problems = [
  exit.code !== 0 && `the daemon ended with ${exit.code}`,
  distinct !== truth && `the live output got ${distinct} of ${truth}`,
  // A machine that stands still for seconds cuts connections: only then may something come twice.
  figures.live > truth && troubles.length === 0 && `the live output got ${figures.live - truth} twice`,
  figures.flaky < truth && `the flaky output got ${figures.flaky} of ${truth}`,
  figures.dead > 0 && "the dead output got something",
  peak > 256 && `RSS reached ${peak} MiB`,
  growth("rss") > (Number(values.minutes) < 5 ? 64 : 24) && `RSS grew by ${growth("rss")} MiB`,
  Math.abs(growth("files")) > 4 && `open files changed by ${growth("files")}`,
].filter((problem) => problem !== false);
for (const problem of problems) say(problem);
process.exit(problems.length === 0 ? 0 : 1);
