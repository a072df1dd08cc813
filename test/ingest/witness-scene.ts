import { onTestFinished } from "vitest";
import { Comparisons } from "../../src/ingest/comparisons.ts";
import { intake } from "../../src/ingest/intake.ts";
import { type LedgerReads, ledger } from "../../src/ingest/ledger.ts";
import { PastDays } from "../../src/ingest/past-days.ts";
import { WindowReader } from "../../src/ingest/window-reader.ts";
import { ownPrefix } from "../../src/own/own-fact.ts";
import type { Report } from "../../src/report/report.ts";
import type { WandbBehaviour } from "../../src/simulate/wandb-behaviour.ts";
import type { Source } from "../../src/source/source.ts";
import { readShelfDay } from "../../src/source/stored-log/shelf-day.ts";
import { shelfStarted } from "../../src/source/stored-log/shelf-progress.ts";
import { ShelfReader } from "../../src/source/stored-log/shelf-reader.ts";
import { started } from "../../src/source/wandb-api/owes.ts";
import { dayMs } from "../../src/time/clock.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { MemoryShelf } from "../fake/memory-shelf.ts";
import { all } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";
import { begin, noon, today } from "../source/wandb-api/reading.ts";

const never = new AbortController().signal;
export const hourMs = 3_600_000;
export type Role = "primary" | "verify";

/** The log as the bucket has it: without what W&B fills in when the API is asked. */
export function stored(line: string): string {
  const { project_name: _, actor_email: __, ...rest } = JSON.parse(line);
  return JSON.stringify(rest);
}

export interface SceneOptions {
  /** Days back from the first read. */
  readonly start?: number;
  readonly primaryStart?: number;
  readonly behaviour?: Partial<WandbBehaviour>;
}

/**
 * The API as primary and a bucket as its witness, or as another primary, over one state; on a clock that a
 * test moves. Nothing is read before `poll`.
 */
export async function witnessScene(
  lines: readonly string[],
  { start = 5, primaryStart = start, behaviour = {} }: SceneOptions = {},
) {
  const state = new SpoolDirectory();
  onTestFinished(() => state.remove());
  const { source, server, clock } = await begin(behaviour, lines);
  const shelf = new MemoryShelf();
  const reports: Report[] = [];
  let monotonic = 0;
  const own = { now: () => clock.at, monotonic: () => monotonic, sleep: clock.sleep };
  const reading = {
    ...{ shelf, clock: own, start: { back: start * dayMs }, place: "", lookback: hourMs },
    maxLine: 1_000_000,
    ...{ acceptMalformed: [], scrub: (said: string) => said, archive: true },
  };

  function open(role: Role) {
    const api = source({ start: `${primaryStart}d` });
    const { instance } = api.origin;
    const shelfReader = new ShelfReader(reading);
    const bucket = {
      origin: { source: "archive", instance, baseUrl: "", anonymize: false },
      read: shelfReader.read.bind(shelfReader),
      readDay: (request, stop, passages) => readShelfDay(reading, request, stop, passages),
    } as Source;
    const store = state.open({
      ...{ clock: own, sources: ["prod", "archive"] },
      origins: new Map([api, bucket].map(({ origin }) => [origin.source, origin])),
      ...(role === "verify" && { witnesses: new Map([["archive", "prod"]]) }),
    });
    const known = ledger({ load: (day) => store.known(instance, day) });
    const tell = (report: Report) => void reports.push(report);
    const kept = new Wakeup(own);
    const common = {
      store,
      clock: own,
      random: () => 0,
      tell,
      kept,
      keepLedgerMs: 400 * dayMs,
      ledger: known,
    };
    const comparisons =
      role === "verify"
        ? new Comparisons({
            ...{ ...common, showsChanges: true },
            witness: { source: "archive", started: shelfStarted },
            primaries: [{ source: "prod", started }],
          })
        : undefined;
    const intakeOf = (of: Source, reads: LedgerReads) =>
      intake({ origin: of.origin, store, ledger: reads, clock: own, kept: new Wakeup(own) });
    const { steady = known, days = known } = comparisons ?? {};
    return {
      store,
      prod: new WindowReader({ ...common, source: api, intake: intakeOf(api, known) }),
      archive: new WindowReader({ ...common, source: bucket, intake: intakeOf(bucket, steady) }),
      past: new PastDays({ ...common, source: bucket, intake: intakeOf(bucket, days), comparisons }),
    };
  }

  let daemon = open("verify");
  const lined = (text: readonly string[]) => text.map((each) => `${each}\n`).join("");
  const here = {
    ...{ server, clock, shelf, reports },
    store: () => daemon.store,
    restart(role: Role = "verify") {
      daemon = open(role);
    },
    pass(ms: number) {
      clock.at += ms;
      monotonic += ms;
    },
    /** An object of a day, as W&B writes it. */
    put(day: number, text: readonly string[]) {
      shelf.put(`${day}`, lined(text.map(stored)), Math.min(clock.at, (day + 1) * dayMs + 600_000));
    },
    async poll(which: "both" | "archive" = "both") {
      if (which === "both") while (!(await daemon.prod.read(never)).caughtUp);
      while (!(await daemon.archive.read(never)).caughtUp);
      let compared = 0;
      for (; daemon.past.waiting; compared++) if ((await daemon.past.step(never)) === undefined) break;
      return compared;
    },
    /** Time passes, with a poll every half hour. */
    async hours(count: number) {
      for (let half = 0; half < count * 2; half++) {
        here.pass(hourMs / 2);
        await here.poll();
      }
    },
    /** What was kept of W&B's. */
    kept: () =>
      daemon.store
        .read(0, all)
        .map(({ bytes }) => Buffer.from(bytes).toString())
        .filter((text) => !text.includes(ownPrefix)),
    own: (action: string) =>
      daemon.store
        .read(0, all)
        .map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()))
        .filter((event) => event.action === `${ownPrefix}${action}`),
    witnessed: (day: number) => daemon.store.witnessed("archive").find((each) => each.day === day),
    differing: () => daemon.store.witnessed("archive").filter(({ missing, extra }) => missing + extra > 0),
  };
  return here;
}

export { noon, today };
