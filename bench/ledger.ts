import { createHash } from "node:crypto";
import { Unfinished } from "../src/ingest/allowance.ts";
import { ledger } from "../src/ingest/ledger.ts";
import type { LedgerRead } from "../src/ingest/ledger-read.ts";
import { noNames } from "../src/ingest/names.ts";

/**
 * How fast is a day of a million known records seen again, and what memory does it take? Run with
 * --expose-gc.
 */
const count = 1_000_000;
const identities = Array.from({ length: count }, (_, n) =>
  createHash("sha256").update(String(n)).digest("hex").slice(0, 32),
);
const stored = Buffer.concat(identities.map((identity) => Buffer.from(`${identity}0000000001000000`, "hex")));
const nothing = { bytes: Buffer.alloc(0) };
const see = (read: LedgerRead, identity: string) => read.see(0, identity, noNames, 0, nothing);

const before = memory();
const known = ledger({ load: () => [{ form: "known", bytes: stored }] });
let read = known.read(new Unfinished());
measure("load 1,000,000 identities", () => read.totals(0));
process.stdout.write(`memory: ${((memory() - before) / 1e6).toFixed(1)} MB\n`);
for (const run of [1, 2, 3]) {
  read.close(false);
  read = known.read(new Unfinished());
  measure(`see 1,000,000 known identities again, run ${run}`, () => {
    for (const identity of identities) if (see(read, identity) !== 0) throw new Error("not known");
  });
}
const empty = ledger({ load: () => [] }).read(new Unfinished());
measure("see 1,000,000 new identities", () => {
  for (const identity of identities) see(empty, identity);
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
