import { createHash } from "node:crypto";
import { ledger } from "../src/ingest/ledger.ts";

/** How fast is a day of a million known records seen again, and what memory does it take? Run with --expose-gc. */
const count = 1_000_000;
const identities = Array.from({ length: count }, (_, n) =>
  createHash("sha256").update(String(n)).digest("hex").slice(0, 32),
);
const stored = Buffer.from(identities.join(""), "hex");

const before = memory();
const known = ledger({ load: () => [stored] });
measure(
  "load 1,000,000 identities",
  () => known.beginRead(),
  () => known.totals(0),
);
process.stdout.write(`memory: ${((memory() - before) / 1e6).toFixed(1)} MB\n`);
for (const run of [1, 2, 3]) {
  known.beginRead();
  measure(`see 1,000,000 known identities again, run ${run}`, () => {
    for (const identity of identities) if (known.see(0, identity) !== 0) throw new Error("not known");
  });
}
const empty = ledger({ load: () => [] });
empty.beginRead();
measure("see 1,000,000 new identities", () => {
  for (const identity of identities) empty.see(0, identity);
});

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().arrayBuffers;
}

function measure(what: string, ...steps: readonly (() => void)[]): void {
  const began = performance.now();
  for (const step of steps) step();
  process.stdout.write(`${what}: ${(performance.now() - began).toFixed(0)} ms\n`);
}
