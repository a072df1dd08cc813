import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { endsWell } from "./ends-well.ts";
import { type Broken, brokenAtEnd } from "./invariants.ts";
import { harnessOutputs } from "./outputs.ts";
import { ownProgram, sleep, tellAndExit, tellProgress, within } from "./program.ts";
import { makeRig, type Rig } from "./rig.ts";
import { sqlitePresent, stateOnDisk } from "./state.ts";

/** Death, or a lie of the disk, inside the `when`-th call of a kind. */
export interface Point {
  /** `crashed`: everything read and kept, nothing delivered, killed; so the recovery is under test. */
  readonly start: "fresh" | "crashed";
  readonly call: string;
  readonly fault: Fault;
  readonly when: number;
}

const injections = {
  kill: "signal=SIGKILL",
  eio: "error=EIO",
  enospc: "error=ENOSPC",
  // The disk says that it wrote a part, and did not even do that.
  short: "retval=100",
} as const;
type Fault = keyof typeof injections;

const calls = [
  "pwrite64",
  "fsync",
  "fdatasync",
  "write",
  "sendto",
  "writev",
  "link",
  "mkdir",
  "rename",
  "unlink",
  "ftruncate",
];
export const batch = 4;

export const stracePresent =
  spawnSync("strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "true"]).status === 0;

export interface SweepResult {
  readonly points: number;
  /** Where the call was reached, so that something happened. */
  readonly hit: number;
  readonly byFault: Readonly<Record<string, number>>;
  readonly events: number;
  /** Most repeats of one output after one crash; what a lying disk brings is not counted. */
  readonly repeats: number;
  readonly broken: Broken;
  readonly seconds: number;
}

export interface SweepOptions {
  readonly seed: number;
  readonly outputs?: readonly string[];
  readonly program?: string;
  readonly lanes?: number;
  /** So many points drawn from all; all when absent. */
  readonly sample?: number;
  readonly calls?: readonly string[];
  readonly faults?: readonly string[];
  /** Told what is broken at once, and how far it is after every hundredth point. */
  readonly onProgress?: (text: string) => void;
}

/** Runs the program once for every point, lets it go on from what is left, and checks. */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const began = performance.now();
  const random = seededRandom(options.seed);
  const rigs = await Promise.all(Array.from({ length: options.lanes ?? 2 }, () => sweepRig(options)));
  try {
    const [first] = rigs as [SweepRig];
    const points = await allPoints(first, options);
    const chosen = options.sample === undefined ? points : drawn(points, options.sample, random);
    const result = {
      points: 0,
      hit: 0,
      byFault: {} as Record<string, number>,
      repeats: 0,
      broken: [] as Broken,
    };
    let next = 0;
    await Promise.all(
      rigs.map(async (rig) => {
        for (let point = chosen[next++]; point !== undefined; point = chosen[next++]) {
          const { hit, repeats, broken } = await strike(rig, point);
          if (++result.points % 100 === 0)
            options.onProgress?.(`${result.points} of ${chosen.length}, ${result.broken.length} broken`);
          for (const what of broken) {
            result.broken.push(`${textOf(point)}: ${what}`);
            options.onProgress?.(`${textOf(point)}: ${what}`);
          }
          if (!hit) continue;
          result.hit++;
          result.byFault[point.fault] = (result.byFault[point.fault] ?? 0) + 1;
          if (point.fault !== "short") result.repeats = Math.max(result.repeats, repeats);
        }
      }),
    );
    const events = first.rig.source.truth().length;
    return { ...result, events, seconds: (performance.now() - began) / 1000 };
  } finally {
    for (const { rig } of rigs) await rig.close();
  }
}

export interface SweepRig {
  readonly rig: Rig;
  /** A state directory as a kill left it. */
  readonly crashed: string;
  /** Outputs that had set events aside there, which nobody may have lived to say. */
  readonly aside: ReadonlySet<string>;
}

export async function sweepRig(
  options: Pick<SweepOptions, "seed" | "program" | "outputs">,
): Promise<SweepRig> {
  const { seed, program = ownProgram, outputs = Object.keys(harnessOutputs) } = options;
  const rig = await makeRig({
    program,
    outputs,
    random: seededRandom(seed),
    midnight: "real",
    events: batch,
  });
  rig.source.growOldDays(10);
  while (rig.source.truth().length < 25) rig.source.grow(5);
  for (const output of rig.outputs.values()) output.refuse();
  const life = rig.start(["run"]);
  await within(60_000, () => life.said().includes('"type":"delivery_failed"'));
  await sleep(500);
  life.kill("SIGKILL");
  await life.exited;
  for (const output of rig.outputs.values()) output.behave();
  const { side } = await stateOnDisk(rig.stateDir);
  return { rig, crashed: rig.stateDir, aside: new Set(side.map(({ output }) => output)) };
}

/** Every call of every kind that a run makes, with every fault that it can have. */
async function allPoints(
  { rig, crashed }: SweepRig,
  { calls: kinds = calls, faults: wanted = Object.keys(injections) }: SweepOptions,
): Promise<Point[]> {
  const points: Point[] = [];
  for (const start of ["fresh", "crashed"] as const)
    for (const call of kinds) {
      rig.newState(start === "crashed" ? crashed : undefined);
      const log = join(rig.folder, "calls.log");
      await rig.start(["run", "--once", "--timeout", "2m"], strace(log, `trace=${call}`)).exited;
      const faults: Fault[] =
        call === "pwrite64" ? ["kill", "eio", "enospc", "short"] : ["kill", "eio", "enospc"];
      const most = callsOfBusiestThread(log);
      for (const fault of faults.filter((each) => wanted.includes(each)))
        for (let when = 1; when <= most + 2; when++) points.push({ start, call, fault, when });
    }
  return points;
}

/** strace counts per thread. */
export function callsOfBusiestThread(log: string): number {
  const counts = new Map<string, number>();
  for (const [, thread] of readFileSync(log, "utf8").matchAll(/^(\d+) /gm))
    counts.set(thread as string, (counts.get(thread as string) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** With --seccomp-bpf only the calls in question are stopped, which is faster, but strace 6 then forgets to send signals. */
function strace(log: string, ...expressions: readonly string[]): string[] {
  const fast = expressions.some((each) => each.includes("signal=")) ? [] : ["--seccomp-bpf"];
  return ["strace", "-f", "-q", ...fast, "-o", log, ...expressions.flatMap((each) => ["-e", each])];
}

async function strike(
  { rig, crashed, aside }: SweepRig,
  { start, call, fault, when }: Point,
): Promise<{ hit: boolean; repeats: number; broken: Broken }> {
  const broken: Broken = [];
  rig.newState(start === "crashed" ? crashed : undefined);
  const log = join(rig.folder, "strike.log");
  const injected = strace(log, `trace=${call}`, `inject=${call}:${injections[fault]}:when=${when}`);
  const life = rig.start(["run", "--once", "--timeout", "2m"], injected);
  const { code } = await life.exited;
  const hit = readFileSync(log, "utf8").includes(fault === "kill" ? "killed by SIGKILL" : "INJECTED");
  // 70 is an exception that nobody expected; libuv aborts when its own wake-ups fail.
  if (code === 70) broken.push(`it took that for a bug: ${life.said().slice(-400)}`);
  const again = await recovered(rig, fault === "short");
  if (again !== "") return { hit, repeats: 0, broken: [...broken, again] };
  const final = await brokenAtEnd(rig, {
    ...{ crashes: hit ? 1 : 0, batch, lies: fault === "short" },
    ...(start === "crashed" && { aside }),
  });
  return { hit, repeats: Math.max(...final.repeats.values()), broken: [...broken, ...final.broken] };
}

/** What is said when it does not start again and end well. A disk that lied needs a second start: the first one finds the damage. */
async function recovered(rig: Rig, lies: boolean): Promise<string> {
  const args = ["run", "--once", "--timeout", "2m"];
  let said = "";
  for (let runs = lies ? 3 : 1; runs > 0; runs--) {
    const next = rig.start(args);
    const { code } = await next.exited;
    said = endsWell(code, next.said()) ? "" : `it does not recover, ${code}: ${next.said().slice(-400)}`;
    // Nothing could be saved: then it asks, and never begins anew by itself.
    if (lies && code === 3 && said.includes("--accept-state-loss"))
      await rig.start([...args, "--accept-state-loss"]).exited;
  }
  return said;
}

export function drawn<P>(points: readonly P[], count: number, random: () => number): P[] {
  const left = [...points];
  const taken: P[] = [];
  while (taken.length < count && left.length > 0)
    taken.push(...left.splice(Math.floor(random() * left.length), 1));
  return taken;
}

function textOf({ start, call, fault, when }: Point): string {
  return `${start}, ${fault} in ${call} ${when}`;
}

export function sweepText({ points, hit, byFault, events, repeats, broken, seconds }: SweepResult): string {
  const faults = Object.entries(byFault).map(([fault, count]) => `${count} ${fault}`);
  return `${broken.length === 0 ? "PASS" : "FAIL"}: ${points} points in ${Math.round(seconds)} s, ${hit} reached (${faults.join(", ")}), ${events} events, at most ${repeats} repeats per output after a crash (a batch is ${batch})`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      sample: { type: "string" },
      lanes: { type: "string", default: "2" },
      calls: { type: "string", default: calls.join(",") },
      faults: { type: "string", default: Object.keys(injections).join(",") },
      outputs: { type: "string", default: Object.keys(harnessOutputs).join(",") },
    },
  });
  if (!stracePresent || !sqlitePresent) {
    process.stdout.write("skipped: the sweep needs strace, with the right to trace, and sqlite3\n");
    process.exit(0);
  }
  const result = await sweep({
    seed: Number(values.seed),
    lanes: Number(values.lanes),
    calls: values.calls.split(","),
    faults: values.faults.split(","),
    outputs: values.outputs.split(","),
    onProgress: tellProgress,
    ...(values.sample === undefined ? {} : { sample: Number(values.sample) }),
  });
  tellAndExit(`${sweepText(result)}, seed ${values.seed}`, result.broken);
}
