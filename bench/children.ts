import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const ticksPerSecond = 100;
const living = new Set<ChildProcess>();
const folders = new Set<string>();

/** A process that was started here and is ended here, whatever happens. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  /** User and system time of all its threads so far, those that ended included, in seconds. */
  cpuSeconds(): number;
  /** The most memory it has held since its start or since `forgetPeak`. */
  peakMiB(): number;
  forgetPeak(): void;
  /** Throws when it has ended. */
  mustLive(): void;
  /** Sends the signal and waits for the end, which is SIGKILL's after ten seconds. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program. */
export function startChild(command: string, args: readonly string[], options: SpawnOptions): Child {
  const child = spawn(command, args, options);
  living.add(child);
  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  }).then(() => {
    living.delete(child);
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} cannot be started`);
  const proc = (name: string) => readFileSync(`/proc/${pid}/${name}`, "latin1");
  const over = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    process: child,
    cpuSeconds() {
      // Fields 14 and 15 of proc(5), counted from behind the name, which may hold anything.
      const fields = proc("stat")
        .replace(/^.*\) /s, "")
        .split(" ");
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    },
    peakMiB: () => Number(/VmHWM:\s+(\d+)/.exec(proc("status"))?.[1]) / 1024,
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, "5"),
    mustLive() {
      if (over()) throw new Error(`${command} ended with ${child.signalCode ?? child.exitCode}`);
    },
    async end(signal = "SIGKILL") {
      if (over()) return exited;
      child.kill(signal);
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await exited;
      clearTimeout(late);
    },
  };
}

/** Ends all that still lives and removes what was lent for the run. */
export function endAll(): void {
  for (const child of living) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** This folder goes when the run is over. */
export function lend(folder: string): string {
  folders.add(folder);
  return folder;
}

/** Runs it, and leaves nothing behind when it ends, fails or is interrupted. */
export async function tidily(run: () => Promise<void>): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => {
      endAll();
      process.exit(130);
    });
  try {
    await run();
  } finally {
    endAll();
  }
}
