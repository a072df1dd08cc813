import { expect, it, vi } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { type Ledger, ledger } from "../../src/ingest/ledger.ts";
import type { ReadDone } from "../../src/record/reading.ts";
import { type Source, SourceError } from "../../src/source/source.ts";
import { type Clock, dayMs, dayText, systemClock } from "../../src/time/clock.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { prod, rawRecords } from "../fake/kept-lines.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { MemoryStore } from "../fake/memory-store.ts";
import { all, done, today } from "../fake/records.ts";

it("loads what is known of today and yesterday before it reads", async () => {
  const happened: (number | "read")[] = [];
  const clock = new ManualClock(20 * dayMs);
  const source: Pick<Source, "origin" | "read"> = {
    origin: { source: "prod", instance: "acme.example", baseUrl: "https://acme.example" } as Source["origin"],
    // biome-ignore lint/correctness/useYield: it shows nothing.
    async *read(): AsyncGenerator<never[], ReadDone> {
      happened.push("read");
      return done("next");
    },
  };
  const load = (day: number) => {
    happened.push(day);
    return [];
  };
  await loopOf(source as Source, ledger({ load }), clock).readOnce(new AbortController().signal);
  expect(happened.slice(0, 3)).toEqual([20, 19, "read"]);
});

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
  const loop = loopOf(source as Source, ledger({ load: () => [] }), systemClock);
  await loop.run(stop.signal);
  expect(reads).toBe(2);
});

it("gives others their turn while a source shows more than can be read at once", async () => {
  const clock = new ManualClock(20 * dayMs);
  let turns = 0;
  const counting = () => {
    turns += 1;
    next = setImmediate(counting);
  };
  let next = setImmediate(counting);
  const turnsSeen: number[] = [];
  const source: Pick<Source, "origin" | "read"> = {
    origin: { source: "prod", instance: "acme.example", baseUrl: "https://acme.example" } as Source["origin"],
    async *read(): AsyncGenerator<never[], ReadDone> {
      for (let piece = 0; piece < 20; piece++) {
        turnsSeen.push(turns);
        // Nothing but the time that it takes lets others in.
        clock.advance(4);
        yield [];
      }
      return done("next");
    },
  };
  await loopOf(source as Source, ledger({ load: () => [] }), clock).readOnce(new AbortController().signal);
  clearImmediate(next);
  const pieces = Map.groupBy(turnsSeen, (at) => at).values();
  expect(Math.max(...Array.from(pieces, ({ length }) => length))).toBeLessThanOrEqual(4);
});

it("is held still when it reads one thing while another fails, and is released when all can be read", async () => {
  const clock = new ManualClock(20 * dayMs);
  let reads = 0;
  const source: Pick<Source, "origin" | "read"> = {
    origin: { source: "prod", instance: "acme.example", baseUrl: "https://acme.example" } as Source["origin"],
    // biome-ignore lint/correctness/useYield: it shows nothing.
    async *read(): AsyncGenerator<never[], ReadDone> {
      reads++;
      if (reads === 2) throw new SourceError("forbidden", "one object is denied", "allow it");
      return { ...done("next"), caughtUp: reads > 3, ...(reads < 4 && { troubled: true as const }) };
    },
  };
  const told: string[] = [];
  const states: string[] = [];
  const tell = ({ type }: { readonly type: string }) => void told.push(type);
  const watch = ({ state }: { readonly state: string }) => void states.push(state);
  const loop = loopOf(source as Source, ledger({ load: () => [] }), clock, { tell, watch });
  const read = () => loop.runOnce(new AbortController().signal);
  await expect(read()).rejects.toMatchObject({ reason: "forbidden" });
  await read();
  expect(told.filter((type) => /held|released/.test(type))).toEqual(["source_held", "source_released"]);
  expect(states.slice(states.indexOf("held"), states.indexOf("idle"))).toEqual(["held", "held", "held"]);
});

it("tells the outputs of a day that shrank", async () => {
  const clock = new ManualClock((today + 2) * dayMs);
  const lines = [1, 2].map(
    (user) => `{"timestamp":"${dayText(today)}T10:00:00Z","action":"a:b","actor_user_id":${user}}`,
  );
  const source: Pick<Source, "origin" | "read"> = {
    origin: prod,
    async *read() {
      yield rawRecords(lines.splice(0, 2));
      lines.push(`{"timestamp":"${dayText(today)}T10:00:00Z","action":"a:b","actor_user_id":1}`);
      return done("next");
    },
  };
  const store = new MemoryStore(["siem"]);
  const shrank = vi.spyOn(store, "shrank");
  const known = ledger({ load: (day) => store.known(prod.instance, day) });
  const loop = loopOf(source as Source, known, clock, { store });
  for (const _ of [1, 2, 3]) await loop.readOnce(new AbortController().signal);
  expect(shrank.mock.calls).toEqual([[{ source: "prod", day: dayText(today), before: 2, now: 1 }]]);
});

it("tells who wants days of the past that they wait for room while the spool is full", async () => {
  const clock = new ManualClock(20 * dayMs);
  const wanted = { source: "prod", first: 1, end: 2, next: 1, perSecond: 1, state: "running" as const };
  const underway = { ...wanted, fetched: 0, fresh: 0, gaps: 0, began: 0, changed: 0 };
  const written: unknown[] = [];
  let looks = 0;
  const usage = () => ({ bytes: 9, maxBytes: 10, full: looks++ < 2, diskFull: false });
  const store = Object.assign(new MemoryStore(["siem"]), {
    usage,
    backfill: () => underway,
    finishStep: (step: unknown) => void written.push(step),
    prune: () => 1,
  });
  const source: Pick<Source, "origin" | "read"> = {
    origin: { source: "prod", instance: "acme.example", baseUrl: "https://acme.example" } as Source["origin"],
    // biome-ignore lint/correctness/useYield: it shows nothing.
    async *read(): AsyncGenerator<never[], ReadDone> {
      return done("next");
    },
  };
  const loop = loopOf(source as Source, ledger({ load: () => [] }), clock, { store: store as never });
  await loop.readOnce(new AbortController().signal);
  const trouble = "waits until the outputs have made room in the spool";
  expect(written).toEqual([{ progress: { ...underway, trouble } }]);
});

it("says once that the spool is full, and that there is room when a read has ended well", async () => {
  const clock = new ManualClock((today + 2) * dayMs);
  const store = new MemoryStore(["siem"]);
  // As a quota does: nothing but an append shows that there is none.
  store.usage = () => ({ bytes: 9, maxBytes: 10, full: false, diskFull: true });
  store.fault = "full";
  // How the first reads end; those after them end well.
  const ends = ["full", "full", "failed", "full"];
  const source: Pick<Source, "origin" | "read"> = {
    origin: prod,
    async *read() {
      const end = ends.shift();
      if (end === "failed") throw new SourceError("server_error", "it failed", "wait");
      if (end === undefined) store.fault = "none";
      yield rawRecords([`{"timestamp":"${dayText(today)}T10:00:00Z","action":"a:b","actor_user_id":1}`]);
      return done("next");
    },
  };
  const seen: string[] = [];
  const loop = loopOf(source as Source, ledger({ load: () => [] }), clock, {
    store,
    tell: ({ type }) => void seen.push(type),
    watch: ({ state, stallsAt }) => void seen.push(stallsAt < Number.POSITIVE_INFINITY ? `${state}…` : state),
  });
  await loop.runOnce(new AbortController().signal);
  expect(seen.filter((type) => type.startsWith("spool_"))).toEqual(["spool_full", "spool_room"]);
  expect(seen.slice(seen.indexOf("spool_full"), seen.indexOf("poll_failed"))).toEqual([
    ...["spool_full", "blocked…", "blocked", "blocked…", "blocked"],
  ]);
});

it("counts once what was kept before the spool was full, whatever came of the reads in between", async () => {
  const clock = new ManualClock((today + 2) * dayMs);
  const store = new MemoryStore(["siem"]);
  let reads = 0;
  const at = (hour: number) =>
    rawRecords([`{"timestamp":"${dayText(today)}T1${hour}:00:00Z","action":"a:b","actor_user_id":${hour}}`]);
  const source: Pick<Source, "origin" | "read"> = {
    origin: prod,
    async *read() {
      reads++;
      // An empty piece has what came before it kept.
      yield at(Math.min(reads, 4));
      yield [];
      if (reads < 4) store.fault = "full";
      yield at(5);
      yield [];
      return done("next");
    },
  };
  store.usage = () => ({ bytes: 9, maxBytes: 10, full: false, diskFull: false });
  store.prune = () => {
    store.fault = "none";
    return 1;
  };
  const told: unknown[] = [];
  const loop = loopOf(source as Source, ledger({ load: () => [] }), clock, {
    store,
    tell: (report) => {
      if (report.type === "poll_done") told.push([report.fetched, report.new]);
    },
  });
  await loop.readOnce(new AbortController().signal);
  expect(store.read(0, all).length).toBe(5);
  // Four reads: of each what it had kept, and of the last one all.
  expect(told).toEqual([[5, 5]]);
  await loop.readOnce(new AbortController().signal);
  expect(told[1]).toEqual([2, 0]);
});

function loopOf(
  source: Source,
  known: Ledger,
  clock: Clock,
  changes: Partial<Parameters<typeof ingest>[0]> = {},
) {
  return ingest({
    source,
    store: new MemoryStore(["siem"]),
    ledger: known,
    clock,
    random: () => 0.5,
    tell: () => {},
    pollIntervalMs: 3_600_000,
    backoff: { minMs: 1, maxMs: 1 },
    holdIntervalMs: 1,
    reload: () => false,
    kept: new Wakeup(clock),
    ...changes,
  });
}
