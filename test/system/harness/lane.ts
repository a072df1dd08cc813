import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { endsWell, resting } from "./ends-well.ts";
import { type Broken, brokenAtEnd, brokenNow } from "./invariants.ts";
import { type Life, sleep, within } from "./program.ts";
import { batchEvents, diskLimit, makeRig, type Rig, secretForms } from "./rig.ts";
import type { HarnessSource, SourceSetting } from "./source.ts";
import { bytesOnDisk, everythingOnDisk } from "./state.ts";

export interface LaneOptions {
  readonly program: string;
  readonly kills: number;
  readonly seed: number;
  readonly outputs: readonly string[];
  readonly midnight: SourceSetting["midnight"];
  readonly source: (setting: SourceSetting) => Promise<HarnessSource>;
  /** Told after every tenth kill or so. */
  readonly onInspected?: (kills: number) => void;
}

/** What one state directory went through. */
export interface LaneResult {
  readonly broken: Broken;
  readonly kills: number;
  readonly starting: number;
  readonly inspections: number;
  readonly events: number;
  readonly repeats: number;
  readonly allowedRepeats: number;
  readonly ambiguous: number;
  readonly retries: number;
  readonly failedReads: number;
  readonly late: number;
  readonly twins: number;
  readonly days: number;
  readonly dead: number;
  /** Outputs whose receivers refuse single events. */
  readonly judging: number;
  readonly peakBytes: number;
  readonly diskBytes: number;
}

const memoryLimit = 256 * 1024 * 1024;
const inspectEvery = 10;
/** Only a machine that does much else needs so long. */
const patienceMs = 60_000;
/** Requests of three polls, each over two days and perhaps a sweep. */
const requestsOfThreePolls = 9;

/** Kills the program again and again on one state directory while its source grows and everything around it fails; then checks. */
export async function lane(options: LaneOptions): Promise<LaneResult> {
  const random = seededRandom(options.seed);
  const rig = await makeRig({ ...options, random });
  try {
    return await kill(rig, options, random);
  } finally {
    await rig.close();
  }
}

async function kill(
  rig: Rig,
  { kills, outputs, onInspected }: LaneOptions,
  random: () => number,
): Promise<LaneResult> {
  const { source } = rig;
  const broken: Broken = [];
  const said: string[] = [];
  let peakBytes = 0;
  let diskBytes = 0;
  let starting = 0;
  let inspections = 0;
  /** From its start to its first request. */
  let startMs = 300;
  /** From there to what a receiver takes first: outputs have a thread of their own, which starts meanwhile. */
  let deliverMs = 1500;
  source.growOldDays(20);

  function end(life: Life): void {
    peakBytes = Math.max(peakBytes, life.peakBytes());
    const shown = life.commandLine();
    if (secretForms(rig).some((secret) => shown.includes(secret)))
      broken.push("I9 a secret in the arguments");
    life.kill("SIGKILL");
  }

  async function killWhileStarting(): Promise<void> {
    const life = rig.start(["run"]);
    await sleep(random() * startMs * 1.2);
    await finish(life);
    starting++;
  }

  async function killAtWork(): Promise<void> {
    const asked = source.asked();
    const began = performance.now();
    const life = rig.start(["run"]);
    let over = false;
    life.exited.then(() => {
      over = true;
    });
    if (await within(patienceMs, () => over || source.asked() > asked))
      startMs = 0.8 * startMs + 0.2 * (performance.now() - began);
    else broken.push("I7 no request within a minute of a start");
    const asking = performance.now();
    const output = rig.outputs.get(outputs[Math.floor(random() * outputs.length)] as string);
    if (random() < 0.6 && output !== undefined) {
      // Right when a receiver has taken something: the position cannot have moved yet, or just has.
      const before = output.count();
      const taken = await within(600 + deliverMs, () => over || output.count() > before, 1);
      if (taken) deliverMs = 0.8 * deliverMs + 0.2 * (performance.now() - asking);
      // On a slow machine none may come that soon: where each life ends before, a run would show nothing.
      else if (!over) deliverMs = Math.min(patienceMs, 1.5 * deliverMs);
      if (random() < 0.7) await sleep(random() * 12);
    } else await sleep(random() * (deliverMs + 600));
    await finish(life);
  }

  async function finish(life: Life): Promise<void> {
    end(life);
    const { code, signal } = await life.exited;
    said.push(life.said());
    if (signal !== "SIGKILL") broken.push(`it ended by itself with code ${code}: ${life.said().slice(-500)}`);
  }

  async function inspect(): Promise<void> {
    inspections++;
    broken.push(...(await brokenNow(rig)).broken);
    diskBytes = Math.max(diskBytes, bytesOnDisk(rig.stateDir));
  }

  let killed = 0;
  while (killed < kills && broken.length === 0) {
    source.grow(30);
    if (random() < 0.1) source.rename();
    if (random() < 0.25) source.misbehave();
    else source.behave();
    if (killed === Math.floor(kills / 2)) source.advance(60_000);
    for (const output of rig.outputs.values()) {
      if (random() < 0.4) output.misbehave(random);
      else output.behave();
    }
    const pardon = setTimeout(
      () => {
        for (const output of rig.outputs.values()) output.behave();
      },
      startMs + deliverMs + random() * 500,
    );
    await killAtWork();
    clearTimeout(pardon);
    killed++;
    // Now and then it dies while it recovers, twice.
    if (random() < 0.12)
      for (let again = 0; again < 2 && killed < kills; again++, killed++) await killWhileStarting();
    else if (random() < 0.15 && killed < kills) {
      await killWhileStarting();
      killed++;
    }
    if (killed % inspectEvery === 0 && killed < kills && broken.length === 0) {
      await inspect();
      onInspected?.(killed);
    }
  }

  source.behave();
  for (const output of rig.outputs.values()) output.behave();
  // What receivers refuse is given up only when they take something else.
  source.fresh();
  let once = rig.start(["run", "--once", "--timeout", "3m"]);
  let { code } = await once.exited;
  said.push(once.said());
  // A day whose read failed shortly before the end rests for a minute or two, and is read by the next run then.
  for (let tries = 0; tries < 10 && resting(once.said()); tries++) {
    await sleep(15_000);
    once = rig.start(["run", "--once", "--timeout", "3m"]);
    code = (await once.exited).code;
    said.push(once.said());
  }
  if (!endsWell(code, once.said()))
    broken.push(`I7 everything is well, and it ends with ${code}: ${once.said().slice(-800)}`);
  broken.push(...(await freshEventArrives(rig, said)));

  const final = await brokenAtEnd(rig, { crashes: killed, batch: batchEvents });
  broken.push(...final.broken);
  diskBytes = Math.max(diskBytes, bytesOnDisk(rig.stateDir));
  if (peakBytes > memoryLimit) broken.push(`I8 ${peakBytes} bytes of memory`);
  if (diskBytes > diskLimit) broken.push(`I8 ${diskBytes} bytes on disk`);
  broken.push(...leaks(rig, said));
  const all = said.join("\n");
  const ambiguous = sum([...rig.outputs.values()].map((output) => output.ambiguous()));
  return {
    broken,
    kills: killed,
    starting,
    inspections,
    events: final.events,
    repeats: sum([...final.repeats.values()]),
    allowedRepeats:
      (killed * sum([...rig.outputs.values()].map((output) => output.repeatsAfterCrash)) + ambiguous) *
      batchEvents,
    ambiguous,
    retries: all.match(/"type":"delivery_failed"/g)?.length ?? 0,
    failedReads: all.match(/"type":"poll_failed"/g)?.length ?? 0,
    late: final.late,
    twins: final.twins,
    days: final.days,
    dead: final.dead,
    judging: [...rig.outputs.values()].filter(({ judges }) => judges).length,
    peakBytes,
    diskBytes,
  };
}

/** I7: when everything is well again, a new event is everywhere within three intervals of a second. */
async function freshEventArrives(rig: Rig, said: string[]): Promise<Broken> {
  const broken: Broken = [];
  const asked = rig.source.asked();
  const life = rig.start(["run"]);
  await within(patienceMs, () => rig.source.asked() > asked);
  const line = rig.source.fresh();
  const before = rig.source.asked();
  const marker = (JSON.parse(line) as { report_asset: string }).report_asset;
  for (const [name, output] of rig.outputs) {
    const arrived = () =>
      output.deliveries(Math.max(0, output.count() - 5)).some(({ entry }) => entry.includes(marker));
    const tooLate = () => rig.source.asked() > before + requestsOfThreePolls;
    await within(patienceMs, () => arrived() || tooLate(), 20);
    if (!(await within(2000, arrived, 20))) broken.push(`I7 ${name}: a fresh event did not arrive`);
  }
  life.kill("SIGTERM");
  const { code } = await life.exited;
  said.push(life.said());
  if (code !== 0) broken.push(`I7 SIGTERM ends it with ${code}: ${life.said().slice(-500)}`);
  return broken;
}

/** I9: no secret in what was written, kept or sent. */
function leaks(rig: Rig, said: readonly string[]): Broken {
  const forms = secretForms(rig);
  const disk = everythingOnDisk(rig.stateDir);
  const log = said.join("\n");
  const broken: Broken = [];
  if (forms.some((form) => log.includes(form))) broken.push("I9 a secret in the log");
  if (forms.some((form) => disk.includes(form))) broken.push("I9 a secret in the state");
  for (const [name, output] of rig.outputs)
    if (output.deliveries(0).some(({ bytes }) => forms.some((form) => bytes.includes(form))))
      broken.push(`I9 a secret among the events of ${name}`);
  return broken;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
