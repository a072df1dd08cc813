import type { Worker, WorkerOptions } from "node:worker_threads";
import { builtin } from "../builtin.ts";
import { invalidateProtectors } from "./protectors.ts";

/** Starts this program once more in a thread of its own; what `data` holds is copied there. */
export type StartThread = (name: string, data: unknown) => Worker;

/** V8 reserves 512 MiB of addresses for the machine code of each thread, which a `ulimit -v` counts. */
const codeRangeSizeMb = 64;

/**
 * The one place that knows how a thread is started. A thread runs what the main thread runs, which looks at
 * where it runs: so nobody has to find a second file, whether Node runs the sources, the package or a bundle.
 * A single executable has no file that a thread could load, and gives the text of it.
 */
export function threadsOf(carried: { readonly program: URL | string }): StartThread {
  return (name, data) => {
    invalidateProtectors();
    const { Worker } = builtin("node:worker_threads");
    const options: WorkerOptions = { name, workerData: data, resourceLimits: { codeRangeSizeMb } };
    const { program } = carried;
    return new Worker(program, { ...options, eval: typeof program === "string" });
  };
}
