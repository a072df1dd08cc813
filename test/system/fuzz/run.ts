// `npm run test:fuzz -- [--target NAME]... [--inputs N] [--seed S] [--only INDEX]`: bytes from outside, by the thousand.
// No input may throw what is not meant to be thrown, hang, or make the memory grow. Prints the figures as a table.
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { Figures } from "./fuzz.ts";
import { targets } from "./targets.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true, default: ["all"] },
    inputs: { type: "string" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const hangMs = 20_000;
const wanted = targets.filter(({ name }) =>
  values.target.some((one) => one === "all" || name.startsWith(one)),
);
if (wanted.length === 0) {
  process.stderr.write(`targets: ${targets.map(({ name }) => name).join(" ")}\n`);
  process.exit(2);
}

function runOne(name: string, inputs: number): Promise<Figures> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const only = values.only === undefined ? undefined : Number(values.only);
  const worker = new Worker(new URL("worker.ts", import.meta.url), {
    workerData: { name, inputs, seed: Number(values.seed), only, progress },
  });
  return new Promise((resolve, reject) => {
    let last = -1;
    const watch = setInterval(() => {
      const now = Atomics.load(progress, 0);
      if (now === last) {
        void worker.terminate();
        reject(new Error(`${name}: input ${now - 1} of seed ${values.seed} hangs`));
      }
      last = now;
    }, hangMs);
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => {
      clearInterval(watch);
      reject(new Error(`${name}: ended without figures`));
    });
  });
}

process.stdout.write("target                inputs  inputs/s  slowest ms  memory grown MiB\n");
for (const { name, inputs } of wanted) {
  const {
    inputs: done,
    seconds,
    slowestMs,
    grownBytes,
  } = await runOne(name, Number(values.inputs ?? inputs));
  const cells = [
    name.padEnd(18),
    String(done).padStart(9),
    String(Math.round(done / seconds)).padStart(9),
    slowestMs.toFixed(1).padStart(11),
    (grownBytes / 2 ** 20).toFixed(1).padStart(17),
  ];
  process.stdout.write(`${cells.join(" ")}\n`);
}
