import type { Concern, Started } from "../../src/record/reading.ts";
import type {
  BookRow,
  Damage,
  OutputState,
  ReplacedState,
  SourceState,
} from "../../src/spool/spool-state.ts";
import type { Condition } from "../../src/status/condition.ts";
import { type History, history } from "../../src/status/history.ts";
import type { OutputHop, RuntimeView, SourceHop } from "../../src/status/runtime-view.ts";
import type { Spooled } from "../../src/status/status.ts";
import { ManualClock } from "../fake/manual-clock.ts";

export type FakeRuntime = ReturnType<typeof fakeRuntimeView>;

/** Two sources and two outputs whose conditions and books a test sets. */
export function fakeRuntimeView() {
  const clock = new ManualClock(Date.UTC(2026, 7, 1, 12));
  const calm = (): Condition => ({
    state: "waiting",
    since: clock.monotonic(),
    failures: 0,
    stallsAt: Number.POSITIVE_INFINITY,
  });
  const conditions: Record<string, Condition> = {
    prod: calm(),
    archive: calm(),
    splunk: calm(),
    soc: calm(),
  };
  const doubts: Record<string, Concern | undefined> = {};
  const starts: Record<string, Started | undefined> = {};
  const source = (name: string): SourceHop => ({
    name,
    type: "wandb_api",
    instance: `${name}.wandb.example`,
    role: "primary",
    pollIntervalMs: 300_000,
    anonymize: false,
    insecureTls: false,
    lookbackMs: undefined,
    owes: (cursor) => JSON.parse(cursor),
    learned: () => ["answers with NDJSON"],
    otherLog: () => doubts[name],
    closing: () => undefined,
    started: () => starts[name],
  });
  const output = (name: string, type: string, guarantee: OutputHop["guarantee"]): OutputHop => ({
    name,
    type,
    rollMs: 0,
    guarantee,
    insecureTls: name === "soc",
  });
  const state = {
    sources: ["prod", "archive"].map(
      (name): SourceState => ({
        source: name,
        watermark: clock.now() - 60_000,
        lastSuccess: clock.now() - 30_000,
        newestEvent: clock.now() - 90_000,
        gaps: [],
      }),
    ),
    outputs: ["splunk", "soc"].map(
      (name): OutputState => ({
        output: name,
        position: 100,
        delivered: 94,
        filtered: 6,
        dead: 0,
        dropped: 0,
        resent: 0,
        letters: { bytes: 0, maxBytes: 1_000 },
        backlog: { suspects: 0, events: 0 },
        abandoned: false,
      }),
    ),
    waiting: 0,
    books: [] as BookRow[],
    damage: [] as Damage[],
    replaced: [] as ReplacedState[],
    diskFree: 5_000 as number | undefined,
    hanging: [] as string[],
    usage: { bytes: 1_000, maxBytes: 10_000, full: false, diskFull: false },
  };
  const runtime: RuntimeView = {
    version: "1.2.3",
    startedAt: clock.now() - 3_600_000,
    startedMonotonic: clock.monotonic() - 3_600_000,
    clock,
    sources: [source("prod"), source("archive")],
    outputs: [output("splunk", "splunk_hec", "received"), output("soc", "syslog", "sent")],
    conditions: {
      source: (name) => conditions[name] as Condition,
      output: (name) => conditions[name] as Condition,
    },
    spool: { state: async () => spooled().state, books: async () => state.books },
    hanging: () => state.hanging,
    once: false,
    diskFree: () => state.diskFree,
  };
  /** What the spool says now. */
  function spooled(): Spooled {
    const { sources, outputs, waiting, usage, damage, replaced, books } = state;
    return { state: { sources, outputs, waiting, usage, damage, replaced }, books };
  }
  return { runtime, clock, conditions, doubts, starts, state, spooled };
}

/** The history of a run in which a read of every source has ended. */
export function historyOfReads(runtime: RuntimeView): History {
  const past = history(runtime);
  const nothing = { fetched: 0, new: 0, late: 0, unparseable: 0, seconds: 0, caughtUp: true };
  for (const { name } of runtime.sources) past.note({ type: "poll_done", source: name, ...nothing });
  return past;
}

/** A row that balances; `change` may unbalance it. */
export function bookRow(change: Partial<BookRow> = {}): BookRow {
  return {
    source: "prod",
    day: 20_666,
    output: "splunk",
    fetched: 250,
    known: 150,
    new: 100,
    late: 2,
    unparseable: 1,
    delivered: 90,
    filtered: 6,
    dead: 1,
    dropped: 0,
    resent: 0,
    skipped: 0,
    lost: 0,
    pending: 3,
    ...change,
  };
}
