import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { yardstickLine } from "./multiples.ts";
import { type Figures, figuresText } from "./report.ts";

/** What others may have of a machine that counts as quiet, of 1, and how far the yardsticks may be apart. */
const quiet = { others: 0.05, spread: 0.1 };
/** From here on people have written what they make of the figures. */
const judgement = "\n## Against the goals";

/** Writes the measured part of bench/results.md. Throws when the machine was not quiet: such figures are not kept. */
export function writeResults(figures: Figures): void {
  const { othersBefore, others, yardstick, events, date } = figures;
  const worst = Math.max(othersBefore, others);
  if (worst > quiet.others || yardstick.spread > quiet.spread)
    throw new Error(
      `bench/results.md is not written: others had ${(worst * 100).toFixed(0)} % of the machine, the yardsticks are ${(yardstick.spread * 100).toFixed(0)} % apart`,
    );
  const file = join(import.meta.dirname, "results.md");
  const before = readFileSync(file, "utf8");
  const kept = before.indexOf(judgement);
  const text = `# Benchmark results

\`npm run bench -- --write\` on ${date}, **on a quiet machine**: ${events.toLocaleString("en")} lines of 435 bytes of one day, NDJSON over loopback HTTP, one fresh process of the built
program per path, durable spool on a disk, one output where nothing else is said. CPU is that of all threads, start-up included. A yardstick is what a short
script pays for a line (\`bench/yardstick.ts\`), measured before and after.

${yardstickLine(yardstick)}

${figuresText(figures)}
`;
  writeFileSync(file, kept === -1 ? text : text + before.slice(kept));
}
