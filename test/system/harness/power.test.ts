import { describe, expect, it } from "vitest";
import { power, powerText } from "./power.ts";
import { sqlitePresent } from "./state.ts";
import { stracePresent } from "./sweep.ts";

const sample = Number(process.env.POINTS ?? 16);
const seed = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));
const possible = stracePresent && sqlitePresent;

describe.skipIf(!possible)("the program on a machine that loses its power (needs strace and sqlite3)", () => {
  it("ST-POWER, ST-POWER-DIR, ST-WAL-TORN loses nothing and repeats at most two batches, whatever the disk made of what was not synced", {
    timeout: 300_000,
  }, async () => {
    const result = await power({ seed, sample });
    process.stdout.write(`power, seed ${seed}: ${powerText(result)}\n`);
    expect(result.broken).toEqual([]);
  });
});
