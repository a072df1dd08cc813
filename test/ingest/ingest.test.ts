import { expect, it } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import type { ReadDone } from "../../src/record/reading.ts";
import type { Source } from "../../src/source/source.ts";
import { systemClock } from "../../src/time/clock.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { MemoryStore } from "../fake/memory-store.ts";
import { done } from "../fake/records.ts";

it("reads again at once when a poll is asked for while one runs", { timeout: 10_000 }, async () => {
  const stop = new AbortController();
  let reads = 0;
  const source: Pick<Source, "origin" | "read"> = {
    origin: { source: "prod", instance: "acme.example", baseUrl: "https://acme.example" } as Source["origin"],
    async *read(): AsyncGenerator<never[], ReadDone> {
      reads++;
      if (reads === 1) loop.pollNow();
      else stop.abort();
      yield [];
      return done("next");
    },
  };
  const loop = ingest({
    source: source as Source,
    store: new MemoryStore(["siem"]),
    ledger: ledger({ load: () => [] }),
    clock: systemClock,
    random: () => 0.5,
    tell: () => {},
    pollIntervalMs: 3_600_000,
    backoff: { minMs: 1, maxMs: 1 },
    holdIntervalMs: 1,
    reload: () => false,
    kept: new Wakeup(systemClock),
  });
  await loop.run(stop.signal);
  expect(reads).toBe(2);
});
