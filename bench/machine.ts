import { closeSync, fdatasyncSync, openSync, readFileSync, statfsSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import type { Child } from "./children.ts";

const ticksPerSecond = 100;
const tmpfs = 0x01021994;

/** Processors, Node and SQLite, as tables name them. */
export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim()}, Node ${process.versions.node}, SQLite ${process.versions.sqlite}`;
}

/** Where temporary files go: a disk, because a commit that waits for none says nothing. */
export function diskFolder(): string {
  const given = tmpdir();
  return statfsSync(given).type === tmpfs ? join(import.meta.dirname, "../node_modules/.cache") : given;
}

/** Milliseconds that the disk takes to make a small write durable: each commit waits for it. */
export function syncMs(folder: string): number {
  const file = openSync(join(folder, "sync"), "w");
  const times = Array.from({ length: 31 }, () => {
    writeSync(file, Buffer.alloc(8192));
    const began = performance.now();
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  return times.sort((a, b) => a - b)[15] as number;
}

/**
 * Gives a function that tells which share of the machine, of 1, has gone to others since: all that ran and all that a
 * host took away, without this process and what it started.
 */
export function watchOthers(alive: readonly Child[]): () => number {
  const began = performance.now();
  const before = busySeconds() - ownSeconds(alive);
  return () => {
    const seconds = (performance.now() - began) / 1000;
    return Math.max(0, (busySeconds() - ownSeconds(alive) - before) / (seconds * cpus().length));
  };
}

/** User, nice, system and steal of proc(5), all processors. */
function busySeconds(): number {
  const fields =
    readFileSync("/proc/stat", "latin1").split("\n", 1)[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return [0, 1, 2, 7].reduce((sum, at) => sum + (fields[at] ?? 0), 0) / ticksPerSecond;
}

/** This process and the children it has seen end, and those still alive. */
function ownSeconds(alive: readonly Child[]): number {
  const fields = readFileSync("/proc/self/stat", "latin1")
    .replace(/^.*\) /s, "")
    .split(" ")
    .slice(11, 15);
  const own = fields.reduce((sum, field) => sum + Number(field), 0) / ticksPerSecond;
  return alive.reduce((sum, child) => sum + child.cpuSeconds(), own);
}
