import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

// One run of one target, in a thread that can be ended when it hangs.
const { name, inputs, seed, only, progress } = workerData as {
  name: string;
  inputs: number;
  seed: number;
  only: number | undefined;
  progress: Int32Array;
};
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const target = targets.find((one) => one.name === name);
if (target === undefined) throw new Error(`no target ${name}`);
const figures = await fuzz(target, {
  inputs,
  seed,
  only,
  collect,
  onInput: (index) => Atomics.store(progress, 0, index + 1),
});
parentPort?.postMessage(figures);
