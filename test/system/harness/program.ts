import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The program of this working copy; a mutant is another one. */
export const ownProgram = join(import.meta.dirname, "../../../bin/wandb-audit-forwarder.js");

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One life of the real program, from its start to its end, however it ends. */
export interface Life {
  readonly exited: Promise<Exit>;
  /** Everything it wrote to both streams. */
  said(): string;
  /** Peak of its resident memory so far; 0 when it is gone. */
  peakBytes(): number;
  commandLine(): string;
  kill(signal: NodeJS.Signals): void;
}

export interface LifeOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that runs the program, such as strace with its arguments. */
  readonly wrapper?: readonly string[];
}

/** Compiled code outlives the killed processes: starting takes half the time. */
const compileCache = mkdtempSync(join(tmpdir(), "harness-compiled-"));
process.once("exit", () => rmSync(compileCache, { recursive: true, force: true }));

export function startLife({ program, args, environment, wrapper = [] }: LifeOptions): Life {
  const [command, ...rest] = [...wrapper, process.execPath, program, ...args] as [string, ...string[]];
  const child: ChildProcess = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    // A wrapper that is killed must take the program with it: both are in one group of their own.
    detached: wrapper.length > 0,
    env: {
      PATH: process.env.PATH ?? "",
      NO_COLOR: "1",
      NODE_COMPILE_CACHE: compileCache,
      ...environment,
    },
  });
  const pieces: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => pieces.push(piece));
  child.stderr?.on("data", (piece: Buffer) => pieces.push(piece));
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const proc = (name: string) => {
    try {
      return readFileSync(`/proc/${child.pid}/${name}`, "utf8");
    } catch {
      return "";
    }
  };
  return {
    exited,
    said: () => Buffer.concat(pieces).toString("utf8"),
    peakBytes: () => Number(/VmHWM:\s+(\d+) kB/.exec(proc("status"))?.[1] ?? 0) * 1024,
    commandLine: () => proc("cmdline"),
    kill(signal) {
      try {
        if (wrapper.length > 0) process.kill(-(child.pid as number), signal);
        else child.kill(signal);
      } catch {
        // It ended by itself.
      }
    },
  };
}

/** The end of a harness that runs by itself: its figures, what is broken line by line, and the exit code. */
export function tellAndExit(figures: string, broken: readonly string[]): never {
  process.stdout.write(`${[figures, ...broken].join("\n")}\n`);
  process.exit(broken.length === 0 ? 0 : 1);
}

/** How far a long run is, beside its figures. */
export function tellProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Whether `condition` comes true within `ms`. */
export async function within(ms: number, condition: () => boolean, everyMs = 2): Promise<boolean> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) return false;
    await sleep(everyMs);
  }
  return true;
}
