import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { endsWell } from "./ends-well.ts";
import { type Broken, brokenAtEnd } from "./invariants.ts";
import { harnessOutputs } from "./outputs.ts";
import { Disk, diskCalls, inOrder } from "./power-loss.ts";
import { ownProgram, tellAndExit, tellProgress } from "./program.ts";
import { sqlitePresent } from "./state.ts";
import { batch, callsOfBusiestThread, drawn, type SweepRig, stracePresent, sweepRig } from "./sweep.ts";

/** The power fails at the `when`-th call of a kind. */
interface Point {
  readonly start: "fresh" | "crashed";
  readonly call: string;
  readonly when: number;
}

/** The calls at which the disk is in some state, and those at which a receiver has something. */
const calls = [
  "pwrite64",
  "fsync",
  "fdatasync",
  "rename",
  "unlink",
  "ftruncate",
  "writev",
  "sendto",
  "write",
  "link",
  "mkdir",
];

export interface PowerOptions {
  readonly seed: number;
  readonly outputs?: readonly string[];
  readonly program?: string;
  readonly lanes?: number;
  /** So many points drawn from all; all when absent. */
  readonly sample?: number;
  readonly starts?: readonly Point["start"][];
  /** How often the power fails at each point: the disk ends up differently each time. */
  readonly times?: number;
  readonly onProgress?: (text: string) => void;
}

export interface PowerResult {
  readonly failures: number;
  readonly broken: Broken;
  /** Most repeats of one output after one failure. */
  readonly repeats: number;
  readonly seconds: number;
}

/**
 * Runs the program, kills it in a system call, and puts in the place of its files what a disk may hold that lost its power in that
 * moment; then lets it go on, and checks. The kernel's cache, which a kill alone leaves as it is, is out of the game that way.
 */
export async function power(options: PowerOptions): Promise<PowerResult> {
  const began = performance.now();
  const random = seededRandom(options.seed);
  const rigs = await Promise.all(Array.from({ length: options.lanes ?? 2 }, () => sweepRig(options)));
  try {
    const points = await allPoints(rigs[0] as SweepRig, options);
    const chosen = options.sample === undefined ? points : drawn(points, options.sample, random);
    const result = { failures: 0, broken: [] as Broken, repeats: 0 };
    let next = 0;
    await Promise.all(
      rigs.map(async (rig) => {
        for (let point = chosen[next++]; point !== undefined; point = chosen[next++]) {
          const { repeats, broken } = await strike(rig, point, random);
          const { start, call, when } = point;
          result.broken.push(...broken.map((what) => `${start}, power lost in ${call} ${when}: ${what}`));
          result.repeats = Math.max(result.repeats, repeats);
          if (++result.failures % 100 === 0)
            options.onProgress?.(`${result.failures} of ${chosen.length}, ${result.broken.length} broken`);
        }
      }),
    );
    return { ...result, seconds: (performance.now() - began) / 1000 };
  } finally {
    for (const { rig } of rigs) await rig.close();
  }
}

async function allPoints(
  { rig, crashed }: SweepRig,
  { starts = ["fresh", "crashed"], times = 1 }: PowerOptions,
): Promise<Point[]> {
  const points: Point[] = [];
  for (const start of starts)
    for (const call of calls) {
      rig.newState(start === "crashed" ? crashed : undefined);
      const log = join(rig.folder, "calls.log");
      const trace = ["strace", "-f", "-q", "--seccomp-bpf", "-o", log, "-e", `trace=${call}`];
      await rig.start(["run", "--once", "--timeout", "2m"], trace).exited;
      for (let when = 1; when <= callsOfBusiestThread(log); when++)
        for (let time = 0; time < times; time++) points.push({ start, call, when });
    }
  return points;
}

async function strike(
  { rig, crashed, aside }: SweepRig,
  { start, call, when }: Point,
  random: () => number,
): Promise<{ repeats: number; broken: Broken }> {
  rig.newState(start === "crashed" ? crashed : undefined);
  mkdirSync(rig.stateDir, { recursive: true, mode: 0o700 });
  const disks = [rig.stateDir, ...[...rig.outputs.values()].flatMap(({ directory }) => directory ?? [])].map(
    (directory) => new Disk(directory),
  );
  const logs = join(rig.folder, "power");
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs);
  const trace = ["-e", `trace=${[...new Set([...diskCalls, call])].join(",")}`];
  const inject = ["-e", `inject=${call}:signal=SIGKILL:when=${when}`];
  const times = "--absolute-timestamps=format:unix,precision:ns";
  const whole = ["-ff", "-q", "-y", "-xx", "-s", "10000000", times, "-o", join(logs, "thread")];
  await rig.start(["run", "--once", "--timeout", "2m"], ["strace", ...whole, ...trace, ...inject]).exited;
  replay(disks, logs);
  for (const disk of disks) disk.fail(random);
  const next = rig.start(["run", "--once", "--timeout", "2m"]);
  const { code } = await next.exited;
  if (!endsWell(code, next.said()))
    return { repeats: 0, broken: [`it does not recover, ${code}: ${next.said().slice(-600)}`] };
  const final = await brokenAtEnd(rig, { crashes: 1, batch, ...(start === "crashed" && { aside }) });
  return { repeats: Math.max(...final.repeats.values()), broken: final.broken };
}

/** Whatever thread did it: what happened to the files is followed in the order of time. */
function replay(disks: readonly Disk[], logs: string): void {
  const texts = readdirSync(logs).map((name) => readFileSync(join(logs, name), "latin1"));
  for (const line of inOrder(texts)) for (const disk of disks) disk.follow(line);
}

export function powerText({ failures, broken, repeats, seconds }: PowerResult): string {
  return `${broken.length === 0 ? "PASS" : "FAIL"}: power lost ${failures} times in ${Math.round(seconds)} s, at most ${repeats} repeats per output after one (a batch is ${batch})`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      sample: { type: "string" },
      times: { type: "string", default: "1" },
      lanes: { type: "string", default: "2" },
      program: { type: "string", default: ownProgram },
      outputs: { type: "string", default: Object.keys(harnessOutputs).join(",") },
    },
  });
  if (!stracePresent || !sqlitePresent) {
    process.stdout.write("skipped: this needs strace, with the right to trace, and sqlite3\n");
    process.exit(0);
  }
  const result = await power({
    seed: Number(values.seed),
    lanes: Number(values.lanes),
    times: Number(values.times),
    program: values.program,
    outputs: values.outputs.split(","),
    onProgress: tellProgress,
    ...(values.sample === undefined ? {} : { sample: Number(values.sample) }),
  });
  tellAndExit(`${powerText(result)}, seed ${values.seed}`, result.broken);
}
