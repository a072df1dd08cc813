import { describe, expect, it } from "vitest";
import { sqlitePresent } from "./state.ts";
import { stracePresent, sweep, sweepText } from "./sweep.ts";

const sample = Number(process.env.POINTS ?? 24);
const seed = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));
const possible = stracePresent && sqlitePresent;

describe.skipIf(!possible)("the program, struck inside a system call (needs strace and sqlite3)", () => {
  it("loses nothing and repeats at most two batches, wherever it dies and whatever the disk says", {
    timeout: 300_000,
  }, async () => {
    const result = await sweep({ seed, sample });
    process.stdout.write(`sweep, seed ${seed}: ${sweepText(result)}\n`);
    expect(result.broken).toEqual([]);
    expect(result.hit).toBeGreaterThan(sample / 3);
  });
});
