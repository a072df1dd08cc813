import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { targets } from "./targets.ts";

const factor = Number(process.env.FUZZ_FACTOR ?? 1);
const seed = process.env.SEED ?? "1";

/** As many at a time as there are cores to be expected. */
let free = 2;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }
}

/** Figures of one target, or what went wrong. */
function run(name: string, inputs: number): Promise<{ code: number | null; said: string }> {
  const script = join(import.meta.dirname, "run.ts");
  const order = ["--target", name, "--inputs", String(inputs), "--seed", seed];
  const child = spawn(process.execPath, [script, ...order]);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece: Buffer) => {
      said += piece.toString();
    });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, said })));
}

describe("bytes from outside", () => {
  it.concurrent.each(targets)(
    "throw nothing, hang nothing and do not make the memory grow: $name",
    {
      timeout: 600_000,
    },
    async ({ name, inputs }) => {
      const { code, said } = await inTurn(() => run(name, Math.round(inputs * factor)));
      expect(said.split("\n", 40).join("\n"), `seed ${seed}`).toMatch(
        new RegExp(`^target.*\\n${name} +\\d+`),
      );
      expect(code, `seed ${seed}`).toBe(0);
    },
  );
});
