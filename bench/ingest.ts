import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { intake } from "../src/ingest/intake.ts";
import { ledger } from "../src/ingest/ledger.ts";
import { systemRandom } from "../src/random.ts";
import { readWindow } from "../src/source/wandb-api/read-window.ts";
import { openStore } from "../src/spool/sqlite/open-store.ts";
import { systemClock } from "../src/time/clock.ts";
import { Wakeup } from "../src/time/wakeup.ts";
import { writeLines } from "./lines.ts";

/**
 * What do reading, identity, ledger and spool take for each new record, without a network and without
 * outputs? So many lines as the first argument says: `node bench/ingest.ts 300000`.
 */
const count = Number(process.argv[2] ?? 300_000);
const rounds = Number(process.argv[3] ?? 3);
const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const chunkBytes = 64 * 1024;
const source = "bench";
const instance = "bench.example";
const origin = { source, instance, baseUrl: "https://bench.example", anonymize: false };
const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "ingest-"));
try {
  const lines = join(folder, "lines.ndjson");
  writeLines(lines, count, day);
  const bytes = readFileSync(lines);
  for (let round = 0; round < rounds; round++) await run(bytes, join(folder, `state-${round}`));
} finally {
  rmSync(folder, { recursive: true });
}

async function run(bytes: Buffer, stateDir: string): Promise<void> {
  const store = openStore({
    stateDir,
    maxBytes: 1e11,
    keepDelivered: 0,
    sources: [source],
    origins: new Map([[source, origin]]),
    outputs: ["soc"],
    clock: systemClock,
    random: systemRandom,
  });
  const known = ledger({
    load: (of) => store.known(instance, of),
    scratch: (blockBytes) => store.scratch(blockBytes),
  });
  const way = intake({ origin, store, ledger: known, clock: systemClock, kept: new Wakeup(systemClock) });
  const cpu = process.cpuUsage();
  const own = process.threadCpuUsage();
  way.begin(undefined);
  await way.prepare(never);
  const reading = readWindow(windowOf(bytes, way));
  let step = await reading.next();
  for (; step.done !== true; step = await reading.next()) way.take(step.value);
  const { missing } = way.end(true);
  const all = process.cpuUsage(cpu);
  const main = process.threadCpuUsage(own);
  const per = ({ user, system }: NodeJS.CpuUsage) => ((user + system) / count).toFixed(2);
  const { new: fresh } = way.total();
  if (missing > 0 || fresh !== count) throw new Error(`${fresh} of ${count} records are new`);
  process.stdout.write(`${per(main)} µs in this thread, ${per(all)} µs in all\n`);
  store.close();
}

function windowOf(bytes: Buffer, { passages }: { readonly passages: ReturnType<typeof intake>["passages"] }) {
  return {
    query: "",
    limit: "refused" as const,
    request: async () => ({
      status: 200,
      headers: { "content-length": String(bytes.length) },
      body: chunksOf(bytes),
      bytes: () => Promise.reject(new Error("not asked for")),
      text: () => Promise.reject(new Error("not asked for")),
      discard() {},
    }),
    start: 0,
    maxLine: 1024 * 1024,
    acceptMalformed: false,
    body: { minRate: 0, allowUnframed: false },
    clock: systemClock,
    scrub: (text: string) => text,
    passages,
  };
}

/** As the HTTP client hands them out: each in memory of its own. */
async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    const part = bytes.subarray(from, from + chunkBytes);
    const chunk = Buffer.allocUnsafeSlow(part.length);
    part.copy(chunk);
    yield chunk;
  }
}
