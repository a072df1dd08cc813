import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "../children.ts";
import type { Cost, Place } from "../measure.ts";
import { fluentBit } from "./fluent-bit.ts";
import { rsyslog } from "./rsyslog.ts";
import { syslogNg } from "./syslog-ng.ts";

/** A forwarder that sends nothing for so long has ended or cannot do it. */
const silenceMs = 20_000;
const settleMs = 1_000;

/** What a job is given: the lines, an empty folder, and where to send. */
export interface JobOptions {
  readonly log: string;
  readonly folder: string;
  readonly httpPort: number;
  readonly syslogPort: number;
}

/** One program on the nearest thing it can do: the same lines from a file, parsed, to the same receivers. */
export interface Job {
  readonly name: string;
  /** Writes its configuration into the folder and says how it is started. */
  command(options: JobOptions): {
    readonly program: string;
    readonly args: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  };
}

/** A program that others use for this: its jobs where it is installed, else a sentence. */
export interface Forwarder {
  readonly name: string;
  jobs(): readonly Job[];
}

/** What a job cost, or why there is no figure. */
export type Compared = { readonly cost: Cost } | { readonly absent: string };

/** Runs all that are installed on the log that the paths were measured with. */
export async function measureCompared(
  place: Place,
  events: number,
  tell: (cost: Cost) => void,
): Promise<readonly Compared[]> {
  const results: Compared[] = [];
  for (const { name, jobs } of [fluentBit, syslogNg, rsyslog]) {
    const found = jobs();
    if (found.length === 0) results.push({ absent: `${name}: not installed here.` });
    for (const job of found) {
      const result = await measureJob(place, job, events);
      if ("cost" in result) tell(result.cost);
      results.push(result);
    }
  }
  return results;
}

async function measureJob(place: Place, job: Job, events: number): Promise<Compared> {
  const { remote } = place;
  const folder = mkdtempSync(join(place.folder, "compared-"));
  const log = place.log(events);
  await remote.serve(log);
  const { httpPort, syslogPort } = remote;
  const { program, args, environment } = job.command({ log, folder, httpPort, syslogPort });
  const startedNs = Number(process.hrtime.bigint());
  const env = environment === undefined ? process.env : { ...process.env, ...environment };
  const child = startChild(program, args, { stdio: ["ignore", "ignore", "inherit"], env });
  try {
    let { events: arrived, lastNs } = await remote.counts();
    for (let since = performance.now(); arrived < events && performance.now() - since < silenceMs; ) {
      await sleep(100);
      child.mustLive();
      const counts = await remote.counts();
      if (counts.events > arrived) since = performance.now();
      ({ events: arrived, lastNs } = counts);
    }
    if (arrived < events) return { absent: `${job.name}: only ${arrived} of ${events} events arrived.` };
    await sleep(settleMs);
    const cost: Cost = {
      key: "compare",
      name: job.name,
      events,
      cpuMicros: (child.cpuSeconds() / events) * 1e6,
      perSecond: events / ((lastNs - startedNs) / 1e9),
      peakMiB: child.peakMiB(),
    };
    return { cost };
  } catch (error) {
    return { absent: `${job.name}: ${(error as Error).message}.` };
  } finally {
    await child.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}
