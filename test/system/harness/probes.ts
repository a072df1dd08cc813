import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { cutSource } from "./broken-bodies.ts";
import { endsWell } from "./ends-well.ts";
import { type Broken, brokenAtEnd } from "./invariants.ts";
import { power } from "./power.ts";
import { type Exit, type Life, sleep, within } from "./program.ts";
import { batchEvents, makeRig, type Rig, type RigOptions } from "./rig.ts";
import { stracePresent } from "./sweep.ts";

/** One situation in which a program must keep its word; gives back what it broke, or why it cannot be tried here. */
export type Probe = (program: string) => Promise<Broken | "skipped">;

/** Only a machine that does much else needs so long. */
const patienceMs = 60_000;

type Act = (rig: Rig) => Promise<Broken>;

function probe(act: Act, options: Partial<RigOptions>, outputs: readonly string[]): Probe {
  return async (program) => {
    const rig = await makeRig({ program, outputs, random: seededRandom(11), midnight: "real", ...options });
    try {
      return await act(rig);
    } catch (error) {
      // Such as a state that was never made.
      return [`the state cannot be looked at: ${error}`];
    } finally {
      await rig.close();
    }
  };
}

/** Runs to the end of everything that is due; a run that cannot is broken. */
async function runOnce(rig: Rig): Promise<Broken> {
  const life = rig.start(["run", "--once", "--timeout", "2m"]);
  const { code } = await life.exited;
  return endsWell(code, life.said()) ? [] : [`it ends with ${code}: ${life.said().slice(-300)}`];
}

/** Runs until something has happened or it ends by itself; then asks it to stop. */
async function until(
  rig: Rig,
  happened: (life: Life) => boolean,
  wrapper: readonly string[] = [],
): Promise<Exit> {
  const life = rig.start(["run", "--once", "--timeout", "2m"], wrapper);
  let over = false;
  life.exited.then(() => {
    over = true;
  });
  await within(patienceMs, () => over || happened(life));
  life.kill("SIGTERM");
  return life.exited;
}

async function judged(rig: Rig, crashes: number, lies = false): Promise<Broken> {
  return (await brokenAtEnd(rig, { crashes, batch: batchEvents, lies })).broken;
}

const allAnswer = (rig: Rig) => {
  for (const output of rig.outputs.values()) output.behave();
};

/** Late entries, twins and days of before: read and delivered, whole. */
export const everything = probe(
  async (rig) => {
    rig.source.growOldDays(10);
    while (rig.source.truth().length < 60) rig.source.grow(20);
    return [...(await runOnce(rig)), ...(await judged(rig, 0))];
  },
  {},
  ["otlp"],
);

export const lateEntry = probe(
  async (rig) => {
    rig.source.grow(10);
    const first = await runOnce(rig);
    rig.source.growLate();
    return [...first, ...(await runOnce(rig)), ...(await judged(rig, 0))];
  },
  {},
  ["otlp"],
);

export const renamed = probe(
  async (rig) => {
    while (rig.source.truth().length < 30) rig.source.grow(10);
    const first = await runOnce(rig);
    rig.source.rename();
    return [...first, ...(await runOnce(rig)), ...(await judged(rig, 0))];
  },
  {},
  ["otlp"],
);

/** Killed while every receiver holds a batch that it has not answered. */
export const killedInFlight = probe(
  async (rig) => {
    rig.source.grow(10);
    for (const output of rig.outputs.values()) output.behaveAs("hang");
    const life = rig.start(["run"]);
    await within(patienceMs, () => [...rig.outputs.values()].every((output) => output.requests() > 0));
    await sleep(100);
    life.kill("SIGKILL");
    await life.exited;
    allAnswer(rig);
    return [...(await runOnce(rig)), ...(await judged(rig, 1))];
  },
  {},
  ["hec", "otlp"],
);

/** Killed as soon as there is something, which nobody has written down as delivered then. */
const killAtOnce: Act = async (rig) => {
  const count = () => [...rig.outputs.values()].reduce((sum, output) => sum + output.count(), 0);
  for (let kills = 0; kills < 5; kills++) {
    rig.source.grow(40);
    const before = count();
    const life = rig.start(["run"]);
    await within(patienceMs, () => count() > before, 1);
    life.kill("SIGKILL");
    await life.exited;
  }
  return [...(await runOnce(rig)), ...(await judged(rig, 5))];
};
export const killedWhileWriting = probe(killAtOnce, { events: 4 }, ["file"]);
export const killedWhileStoring = probe(killAtOnce, { events: 4 }, ["archive"]);

/** Documents are stored, and nobody hears of it; they come again. */
export const answersLost = probe(
  async (rig) => {
    rig.source.grow(10);
    const first = await runOnce(rig);
    while (rig.source.truth().length < 40) rig.source.grow(10);
    for (const output of rig.outputs.values()) output.behaveAs("unheard", { times: 4 });
    return [...first, ...(await runOnce(rig)), ...(await judged(rig, 0))];
  },
  {},
  ["elasticsearch"],
);

/** The index takes nothing for a while. */
export const blockedIndex = probe(
  async (rig) => {
    while (rig.source.truth().length < 40) rig.source.grow(10);
    for (const output of rig.outputs.values()) output.behaveAs("blocked", { times: 4 });
    return [...(await runOnce(rig)), ...(await judged(rig, 0))];
  },
  {},
  ["elasticsearch"],
);

/** The first requests to every output are answered like this. */
export const answered = (behaviour: string) =>
  probe(
    async (rig) => {
      rig.source.grow(10);
      for (const output of rig.outputs.values()) output.behaveAs(behaviour, { times: 2 });
      return [...(await runOnce(rig)), ...(await judged(rig, 0))];
    },
    {},
    ["hec", "otlp"],
  );

/** A broker lets nobody write for a moment, and its answer is all that says so. */
export const refusedByBroker = probe(
  async (rig) => {
    rig.source.grow(10);
    for (const output of rig.outputs.values()) output.behaveAs("forbidden", { times: 1 });
    return [...(await runOnce(rig)), ...(await judged(rig, 0))];
  },
  {},
  ["kafka"],
);

/** More than a batch may weigh. */
export const heavy = probe(
  async (rig) => {
    while (rig.source.truth().length < 40) rig.source.grow(20);
    return [...(await runOnce(rig)), ...(await judged(rig, 0))];
  },
  { batchBytes: "3KB" },
  ["otlp"],
);

/** Somebody else's server says that it will take the events. */
export const redirected = probe(
  async (rig) => {
    rig.source.grow(10);
    const other = await startHecReceiver();
    try {
      const location = `${other.url}/services/collector/event`;
      for (const output of rig.outputs.values())
        output.behaveAs("redirect", { status: 307, location, times: 2 });
      const broken = await runOnce(rig);
      if (other.requests() > 0) broken.push("another server got a request");
      return [...broken, ...(await judged(rig, 0))];
    } finally {
      await other.close();
    }
  },
  {},
  ["hec"],
);

/** While every answer is cut there is no clean end; afterwards everything comes. */
export const cut = (how: "gzip" | "unframed") =>
  probe(
    async (rig) => {
      const { code } = await until(rig, () => rig.source.asked() >= 3);
      const broken = code === 0 ? ["it takes a cut answer for a whole one"] : [];
      rig.source.behave();
      return [...broken, ...(await runOnce(rig)), ...(await judged(rig, 0))];
    },
    { source: cutSource(how) },
    ["otlp"],
  );

/** No file may grow to what a day of before needs: the write that keeps its records ends the program. */
export const filesTooSmall = probe(
  async (rig) => {
    rig.source.growOldDays(5000);
    for (const output of rig.outputs.values()) output.refuse();
    const { code, signal } = await until(rig, () => false, ["bash", "-c", 'ulimit -f 300; exec "$0" "$@"']);
    const broken = code === 74 || signal === "SIGXFSZ" ? [] : [`a write that fails ends it with ${code}`];
    allAnswer(rig);
    return [...broken, ...(await runOnce(rig)), ...(await judged(rig, 0))];
  },
  { events: 500 },
  ["otlp"],
);

/** A bit of a record that waits on disk changes. */
export const flippedBit = (name: string, entries: number): Probe =>
  probe(
    async (rig) => {
      rig.source.grow(entries);
      for (const output of rig.outputs.values()) output.refuse();
      await until(rig, () => [...rig.outputs.values()].every((output) => output.requests() > 1));
      const path = join(rig.stateDir, name);
      const bytes = readFileSync(path);
      const at = bytes.indexOf('"actor_ip":"');
      if (at < 0) return [`no record is in ${name}`];
      bytes[at + 12] = (bytes[at + 12] as number) ^ 1;
      writeFileSync(path, bytes);
      allAnswer(rig);
      return [...(await runOnce(rig)), ...(await runOnce(rig)), ...(await judged(rig, 0, true))];
    },
    {},
    ["otlp"],
  );

/** What was answered and settled is on the disk itself, not only in a cache that is gone with the power. */
export const powered =
  (start: "fresh" | "crashed"): Probe =>
  async (program) => {
    if (!stracePresent) return "skipped";
    return (await power({ program, seed: 3, sample: 10, lanes: 1, starts: [start] })).broken;
  };
