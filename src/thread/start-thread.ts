import type { Worker, WorkerOptions } from "node:worker_threads";
import { builtin } from "../builtin.ts";

/** Starts this program once more in a thread of its own; what `data` holds is copied there. */
export type StartThread = (name: string, data: unknown) => Worker;

/** V8 reserves 512 MiB of addresses for the machine code of each thread, which a `ulimit -v` counts. */
const codeRangeSizeMb = 64;

/** The asset of a single executable that holds its program once more, as one script (CommonJS). */
const asset = "program.cjs";

/**
 * The one place that knows how a thread is started. A thread runs the same file as the main thread, whose
 * URL is `program` and which looks at where it runs: so nobody has to find a second file, whether Node runs
 * the sources, the package or a bundle. A single executable has no file that a thread could load: it carries
 * its program a second time, as an asset.
 */
export function threadsOf(program: string): StartThread {
  return (name, data) => {
    const { Worker } = builtin("node:worker_threads");
    const { isSea, getAsset } = builtin("node:sea");
    const options: WorkerOptions = { name, workerData: data, resourceLimits: { codeRangeSizeMb } };
    return isSea()
      ? new Worker(getAsset(asset, "utf8"), { ...options, eval: true })
      : new Worker(new URL(program), options);
  };
}
