import { describe, expect, it } from "vitest";
import { crash, crashText } from "../harness/crash.ts";
import { sqlitePresent } from "../harness/state.ts";

const kills = Number(process.env.KILLS ?? 100);
const seed = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));

describe.skipIf(!sqlitePresent)("the daemon, killed at random moments (needs sqlite3)", () => {
  it("loses nothing, invents nothing, keeps order and books, and repeats at most two batches per kill and output", {
    timeout: 120_000 + kills * 4000,
  }, async () => {
    const result = await crash({ kills, seed });
    process.stdout.write(`${crashText(result)}\n`);
    expect(result.broken).toEqual([]);
    expect(result.kills).toBe(kills);
  });
});
