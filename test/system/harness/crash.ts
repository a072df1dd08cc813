import { parseArgs } from "node:util";
import { type LaneResult, lane } from "./lane.ts";
import { harnessOutputs } from "./outputs.ts";
import { ownProgram, tellAndExit, tellProgress } from "./program.ts";
import { harnessSources } from "./source.ts";
import { sqlitePresent } from "./state.ts";

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  readonly lanes?: number;
  readonly outputs?: readonly string[];
  readonly program?: string;
  readonly onProgress?: (text: string) => void;
}

export interface CrashResult extends Omit<LaneResult, "days" | "judging" | "dead"> {
  readonly dead?: number;
  readonly seed: number;
  readonly outputs: number;
  readonly seconds: number;
}

/** The crash harness: several state directories at once, each killed its part of `kills` times. */
export async function crash(options: CrashOptions): Promise<CrashResult> {
  const { kills, seed, lanes = 3, outputs = Object.keys(harnessOutputs), program = ownProgram } = options;
  const began = performance.now();
  const sources = Object.values(harnessSources);
  const { onProgress } = options;
  const midnights = ["next", "last", "real"] as const;
  const results = await Promise.all(
    Array.from({ length: lanes }, (_, at) =>
      lane({
        program,
        outputs,
        kills: Math.floor(kills / lanes) + (at < kills % lanes ? 1 : 0),
        seed: seed * 1000 + at,
        source: sources[at % sources.length] as (typeof sources)[number],
        ...(onProgress !== undefined && {
          onInspected: (killed: number) => onProgress(`lane ${at}: ${killed} kills`),
        }),
        midnight: midnights[at % midnights.length] as "next",
      }),
    ),
  );
  const total = (key: Exclude<keyof LaneResult, "broken">) =>
    results.reduce((sum, result) => sum + result[key], 0);
  const most = (key: "peakBytes" | "diskBytes") => Math.max(...results.map((result) => result[key]));
  const broken = results.flatMap((result, at) => result.broken.map((what) => `lane ${at}: ${what}`));
  // I11: a run in which nothing happened proves nothing.
  const seen = {
    repeats: total("repeats"),
    retries: total("retries"),
    late: total("late"),
    twins: total("twins"),
    ...(total("judging") > 0 && { dead: total("dead") }),
  };
  for (const [what, count] of Object.entries({ ...seen, failedReads: total("failedReads") }))
    if (count === 0 && (what !== "repeats" || total("allowedRepeats") > 0))
      broken.push(`I11 nothing seen of ${what}: the run is not valid`);
  return {
    broken,
    seed,
    ...seen,
    kills: total("kills"),
    starting: total("starting"),
    inspections: total("inspections"),
    events: total("events"),
    outputs: outputs.length,
    allowedRepeats: total("allowedRepeats"),
    ambiguous: total("ambiguous"),
    failedReads: total("failedReads"),
    peakBytes: most("peakBytes"),
    diskBytes: most("diskBytes"),
    seconds: (performance.now() - began) / 1000,
  };
}

export function crashText(result: CrashResult): string {
  const { broken, kills, starting, seed, events, outputs, repeats, allowedRepeats, ambiguous } = result;
  const mega = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
  return `${broken.length === 0 ? "PASS" : "FAIL"}: ${kills} kills (${starting} while starting), seed ${seed}, ${Math.round(result.seconds)} s: ${events} events × ${outputs} outputs, repeats ${repeats} of at most ${allowedRepeats}, ${ambiguous} ambiguous answers, ${result.retries} failed sends, ${result.failedReads} failed reads, ${result.late} late, ${result.twins} twins, ${result.dead ?? 0} dead letters, ${result.inspections} inspections on the way, memory ${mega(result.peakBytes)}, disk ${mega(result.diskBytes)}`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "100" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      outputs: { type: "string", default: Object.keys(harnessOutputs).join(",") },
      lanes: { type: "string", default: "3" },
      program: { type: "string", default: ownProgram },
    },
  });
  if (!sqlitePresent) {
    process.stdout.write("skipped: this needs the sqlite3 command to look at the state\n");
    process.exit(0);
  }
  const result = await crash({
    kills: Number(values.kills),
    seed: Number(values.seed),
    lanes: Number(values.lanes),
    outputs: values.outputs.split(","),
    program: values.program,
    onProgress: tellProgress,
  });
  tellAndExit(crashText(result), result.broken);
}
