import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Command, commands, type Met, play } from "./command.ts";
import { memoryDisk, sqliteDisk } from "./disk.ts";
import kept from "./seeds.json" with { type: "json" };

const runs = Number(process.env.MODEL_RUNS ?? 1000);
const sqliteRuns = Number(process.env.MODEL_SQLITE_RUNS ?? 60);
/** Sequences that failed once. They run first. */
const examples = (kept as { found: string; commands: Command[] }[]).map(({ commands }): [Command[]] => [
  commands,
]);

async function hold(
  disk: Parameters<typeof play>[1],
  numRuns: number,
  parameters: fc.Parameters<[Command[]]> = {},
): Promise<Met> {
  const sum: Met = {
    events: 0,
    late: 0,
    repeats: 0,
    dead: 0,
    resent: 0,
    revived: 0,
    suspected: 0,
    deaths: 0,
    failures: 0,
  };
  await fc.assert(
    fc.asyncProperty(commands, async (given) => {
      const met = await play(given, disk);
      for (const key of Object.keys(sum) as (keyof Met)[]) sum[key] += met[key];
    }),
    { numRuns: numRuns + examples.length, examples, ...parameters },
  );
  return sum;
}

describe("the loops, whatever happens around them", () => {
  it("lose, invent, change, skip and reorder nothing, over a disk that tells written from durable", {
    timeout: 300_000,
  }, async () => {
    const met = await hold(() => memoryDisk(), runs);
    for (const [what, count] of Object.entries(met)) expect(count, what).toBeGreaterThan(runs / 20);
  });

  it("nor over SQLite", { timeout: 300_000 }, async () => {
    const met = await hold(sqliteDisk, sqliteRuns);
    for (const [what, count] of Object.entries(met)) expect(count, what).toBeGreaterThan(0);
  });

  it("are caught losing when nothing is durable: the model can tell", { timeout: 60_000 }, async () => {
    await expect(hold(() => memoryDisk("none"), 200, { endOnFailure: true })).rejects.toThrow(
      "Property failed",
    );
  });
});
