import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import type { Report } from "../../src/report/report.ts";
import { SourceError } from "../../src/source/source.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { MemoryStore } from "../fake/memory-store.ts";
import { type Script, ScriptedSource } from "../fake/scripted-source.ts";

const midnight = Date.parse("2026-08-01T00:00:00Z");

/** What can happen to an audit log, and to the daemon that reads it. */
type Happening =
  | { readonly kind: "appear"; readonly second: number; readonly actor: number; readonly copies: number }
  | { readonly kind: "undated"; readonly actor: number }
  | { readonly kind: "garbage"; readonly text: string }
  | { readonly kind: "rename"; readonly name: string }
  | { readonly kind: "anonymise" }
  | { readonly kind: "hours"; readonly hours: number }
  | {
      readonly kind: "read";
      readonly seed: number;
      readonly pieceSize: number;
      readonly cutAfter: number | undefined;
    }
  | { readonly kind: "crash" };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("appear" as const),
      second: fc.integer({ min: 0, max: 200_000 }),
      actor: fc.integer({ min: 1, max: 3 }),
      copies: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("undated" as const), actor: fc.integer({ min: 1, max: 2 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("garbage" as const),
      text: fc.constantFrom("<html>", "{broken", "[1]"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("rename" as const), name: fc.string({ maxLength: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("anonymise" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("hours" as const), hours: fc.integer({ min: 1, max: 30 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      seed: fc.integer({ min: 1, max: 1e6 }),
      pieceSize: fc.integer({ min: 1, max: 9 }),
      cutAfter: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const) }) },
);

interface TrueEvent {
  /** What never changes; equal for true twins. */
  readonly stable: string;
  render(name: string | undefined): string;
}

function dated(second: number, actor: number): TrueEvent {
  const timestamp = new Date(midnight + second * 1000).toISOString().replace(".000", "");
  const stable = `"timestamp":"${timestamp}","action":"run:update","actor_user_id":${actor}`;
  return {
    stable,
    render: (name) => `{${stable}${name === undefined ? "" : `,"project_name":${JSON.stringify(name)}`}}`,
  };
}

function undated(actor: number): TrueEvent {
  const stable = `"action":"run:update","actor_user_id":${actor}`;
  return { stable, render: () => `{${stable}}` };
}

function garbage(text: string): TrueEvent {
  return { stable: text, render: () => text };
}

/** Everything that happens, and at the end a clean read. */
function play(happenings: readonly Happening[]) {
  return playWithoutEnd([...happenings, { kind: "read", seed: 1, pieceSize: 5, cutAfter: undefined }]);
}

async function playWithoutEnd(happenings: readonly Happening[]) {
  const clock = new ManualClock(midnight + 2 * 86_400_000);
  const spool = new MemoryStore(["siem"]);
  const source = new ScriptedSource();
  const reports: Report[] = [];
  const truth: TrueEvent[] = [];
  let name: string | undefined = "defect-detector";
  const begin = () =>
    ingest({
      source,
      store: spool,
      ledger: ledger({
        load: (day) => spool.known(source.origin.instance, day),
        scratch: (blockBytes) => spool.scratch(blockBytes),
        mostInMemory: 4,
      }),
      clock,
      random: () => 0.5,
      tell: (report) => reports.push(report),
      pollIntervalMs: 60_000,
      backoff: { minMs: 1, maxMs: 1 },
      holdIntervalMs: 1,
      reload: () => false,
      kept: new Wakeup(clock),
    });
  let loop = begin();
  async function read(script: Script): Promise<void> {
    source.script = script;
    source.truth = truth.map((event) => event.render(name));
    source.watermark = clock.now();
    const stop = new AbortController();
    try {
      await loop.readOnce(stop.signal);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
  for (const it of happenings) {
    if (it.kind === "appear")
      for (let copy = 0; copy < it.copies; copy++) truth.push(dated(it.second, it.actor));
    else if (it.kind === "undated") truth.push(undated(it.actor));
    else if (it.kind === "garbage") truth.push(garbage(it.text));
    else if (it.kind === "rename") name = it.name;
    else if (it.kind === "anonymise") name = undefined;
    else if (it.kind === "hours") clock.advance(it.hours * 3_600_000);
    else if (it.kind === "crash") {
      spool.lose();
      loop = begin();
    } else {
      const { seed, pieceSize, cutAfter } = it;
      await read({ order: scramble(seed), pieceSize, ...(cutAfter === undefined ? {} : { cutAfter }) });
    }
  }
  return { spool, truth, reports };
}

/** A stable, arbitrary order. */
function scramble(seed: number): (text: string) => number {
  return (text) => {
    let hash = seed;
    for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) | 0;
    return hash;
  };
}

function stableOf(text: string): string {
  if (!text.startsWith('{"')) return text;
  return text.replace(/,"project_name":"(?:[^"\\]|\\.)*"/, "").slice(1, -1);
}

const counted = (texts: readonly string[]) => [...texts].sort();

describe("ingest", () => {
  it("keeps exactly the multiset the source shows: any order, split, repetition, lateness, rename, growing twins, cut or crash", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
        const { spool, truth } = await play(happenings);
        const kept = spool.read(0, { events: 10_000, bytes: 1e9 });
        expect(counted(kept.map(({ bytes }) => stableOf(bytes.toString())))).toEqual(
          counted(truth.map(({ stable }) => stable)),
        );
        expect(new Set(kept.map(({ uid }) => uid)).size).toBe(kept.length);
        for (const row of spool.books()) {
          expect(row.fetched - row.known).toBe(row.new);
          expect(row.new).toBe(row.delivered + row.filtered + row.dead + row.skipped + row.pending);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("gives the same uids whatever happened on the way", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 20 }), async (happenings) => {
        // Only dated records: the uid of an undated one holds the day it was first seen.
        const some = happenings.filter(({ kind }) => kind !== "undated" && kind !== "garbage");
        const uids = ({ spool }: { spool: MemoryStore }) =>
          counted(spool.read(0, { events: 10_000, bytes: 1e9 }).map(({ uid }) => uid));
        const appearances = some.filter(({ kind }) => kind === "appear");
        expect(uids(await play(some))).toEqual(uids(await play(appearances)));
      }),
      { numRuns: 200 },
    );
  });

  it("marks as late what appears after a complete read that should have shown it", async () => {
    const read: Happening = { kind: "read", seed: 1, pieceSize: 5, cutAfter: undefined };
    const { spool, reports } = await play([
      { kind: "appear", second: 10, actor: 1, copies: 1 },
      read,
      { kind: "appear", second: 20, actor: 1, copies: 1 },
      read,
    ]);
    expect(spool.read(0, { events: 10, bytes: 1e6 }).map(({ late }) => late)).toEqual([false, true]);
    expect(reports.filter((report) => report.type === "poll_done").map((report) => report.late)).toEqual([
      0, 1, 0,
    ]);
  });

  it("never moves the cursor on a read that did not end cleanly, and keeps what it had shown", async () => {
    const appear: Happening = { kind: "appear", second: 10, actor: 1, copies: 3 };
    const spool = (await playWithoutEnd([appear, { kind: "read", seed: 1, pieceSize: 1, cutAfter: 2 }]))
      .spool;
    expect(spool.cursor("prod")).toBeUndefined();
    expect(spool.head()).toBe(2);
  });
});
