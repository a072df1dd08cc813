import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Unfinished } from "../src/ingest/allowance.ts";
import { ledger } from "../src/ingest/ledger.ts";
import type { LedgerRead } from "../src/ingest/ledger-read.ts";
import { noNames } from "../src/ingest/names.ts";
import { scratchRoom } from "../src/spool/sqlite/scratch.ts";

/**
 * How fast is a day of a million known records (or as many as the first argument says) seen again, and what
 * memory does it take? Run with --expose-gc.
 */
const count = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), "ledger-"));
const { make: scratch } = scratchRoom(folder, () => {});
const identities = Array.from({ length: count }, (_, n) =>
  createHash("sha256").update(String(n)).digest("binary").slice(0, 16),
);
const end = "\0\0\0\0\x01\0\0\0";
const stored = Buffer.concat(identities.map((identity) => Buffer.from(identity + end, "latin1")));
const nothing = { bytes: Buffer.alloc(0) };
const see = (read: LedgerRead, identity: string) => read.see(0, identity, noNames, 0, () => nothing);

const before = memory();
const known = ledger({ load: () => [{ form: "known", bytes: stored }], scratch });
let read = known.read(new Unfinished());
measure(`load ${count} identities`, () => read.totals(0));
process.stdout.write(`memory: ${((memory() - before) / 1e6).toFixed(1)} MB\n`);
for (const run of [1, 2, 3]) {
  read.close(false);
  read = known.read(new Unfinished());
  measure(`see ${count} known identities again, run ${run}`, () => {
    for (const identity of identities) if (see(read, identity) !== 0) throw new Error("not known");
  });
}
const empty = ledger({ load: () => [], scratch }).read(new Unfinished());
measure(`see ${count} new identities`, () => {
  for (const identity of identities) see(empty, identity);
});
rmSync(folder, { recursive: true });

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().arrayBuffers;
}

function measure(what: string, ...steps: readonly (() => void)[]): void {
  const began = performance.now();
  for (const step of steps) step();
  process.stdout.write(`${what}: ${(performance.now() - began).toFixed(0)} ms\n`);
}
