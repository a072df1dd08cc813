import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Broken } from "./invariants.ts";
import { type Mutant, mutants } from "./mutant-list.ts";
import type { Probe } from "./probes.ts";
import { ownProgram, startLife } from "./program.ts";
import { sqlitePresent } from "./state.ts";

const root = join(import.meta.dirname, "../../..");

/** A copy of the program in which one thing is wrong. */
interface Copy {
  readonly program: string;
  /** Plants the fault; throws when the place where it belongs is not there exactly once. */
  plant(mutant: Mutant): void;
  /** Takes the fault out again. */
  heal(): void;
  remove(): void;
}

export function copyProgram(): Copy {
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  for (const name of ["bin", "src", "package.json"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const before = new Map<string, string>();
  return {
    program: join(folder, "bin/wandb-audit-forwarder.js"),
    plant({ name, edits }) {
      for (const { file, find, replace } of edits) {
        const path = join(folder, file);
        const text = readFileSync(path, "utf8");
        if (!before.has(path)) before.set(path, text);
        const places = text.split(find).length - 1;
        if (places !== 1)
          throw new Error(`mutant ${name}: ${file} has ${places} places like this, not one: ${find}`);
        writeFileSync(
          path,
          text.replace(find, () => replace),
        );
      }
    },
    heal() {
      for (const [path, text] of before) writeFileSync(path, text);
      before.clear();
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Cause {
  readonly name: string;
  /** What the probe found; empty when the fault went unnoticed. */
  readonly found: Broken | "skipped";
}

/** Plants every fault in turn and lets its probe look. */
export async function tryMutants(chosen: readonly Mutant[] = mutants, lanes = 2): Promise<Cause[]> {
  return inLanes(chosen, lanes, async (mutant, copy) => {
    copy.plant(mutant);
    try {
      // One that cannot even start would be caught by anything.
      const { code } = await startLife({ program: copy.program, args: ["--version"] }).exited;
      if (code !== 0) throw new Error(`mutant ${mutant.name} does not start`);
      return { name: mutant.name, found: await mutant.probe(copy.program) };
    } finally {
      copy.heal();
    }
  });
}

/** Every probe on the program as it is: one that finds something there proves nothing elsewhere. */
export async function tryHealthy(lanes = 2): Promise<Cause[]> {
  const probes = new Map<Probe, string>(mutants.map(({ name, probe }) => [probe, name]));
  return inLanes([...probes], lanes, async ([probe, name]) => ({ name, found: await probe(ownProgram) }));
}

async function inLanes<T>(
  work: readonly T[],
  lanes: number,
  each: (one: T, copy: Copy) => Promise<Cause>,
): Promise<Cause[]> {
  const verdicts: Cause[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const copy = copyProgram();
      try {
        for (let one = work[next++]; one !== undefined; one = work[next++])
          verdicts.push(await each(one, copy));
      } finally {
        copy.remove();
      }
    }),
  );
  return verdicts;
}

if (import.meta.main) {
  if (!sqlitePresent) {
    process.stdout.write("skipped: this needs the sqlite3 command to look at the state\n");
    process.exit(0);
  }
  const began = performance.now();
  const chosen = process.argv.slice(2);
  const verdicts = await tryMutants(
    mutants.filter(({ name }) => chosen.length === 0 || chosen.includes(name)),
  );
  const healthy = await tryHealthy();
  const wrong: string[] = [];
  for (const { name, found } of verdicts) {
    if (found.length === 0) wrong.push(name);
    const what =
      found === "skipped"
        ? "skipped"
        : found.length === 0
          ? "SURVIVES"
          : `caught: ${found[0]?.slice(0, 150)}`;
    process.stdout.write(`${name}: ${what}\n`);
  }
  for (const { name, found } of healthy) {
    if (found === "skipped" || found.length === 0) continue;
    wrong.push(name);
    process.stdout.write(`the probe of ${name} finds fault with the program as it is: ${found.join("; ")}\n`);
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(
    `${wrong.length === 0 ? "PASS" : "FAIL"}: ${verdicts.filter(({ found }) => found !== "skipped" && found.length > 0).length} of ${verdicts.length} mutants caught, ${healthy.length} probes find nothing in the program as it is, ${seconds} s\n`,
  );
  process.exit(wrong.length === 0 ? 0 : 1);
}
