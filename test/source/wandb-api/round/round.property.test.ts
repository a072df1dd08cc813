import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cursor, ReadDone, Window } from "../../../../src/record/reading.ts";
import { SourceError } from "../../../../src/source/source.ts";
import { type Begun, beginRead } from "../../../../src/source/wandb-api/begin-read.ts";
import { endRead } from "../../../../src/source/wandb-api/end-read.ts";
import { endHours, hoursFailed } from "../../../../src/source/wandb-api/newest/end-hours.ts";
import type { HoursRequest } from "../../../../src/source/wandb-api/newest/hours.ts";
import { advance } from "../../../../src/source/wandb-api/round/advance.ts";
import { stillKnown } from "../../../../src/source/wandb-api/round/learned.ts";
import { type Progress, progressOf } from "../../../../src/source/wandb-api/round/progress.ts";
import {
  currentRound,
  dayStart,
  days,
  nextRequest,
  scheduleRound,
  type WindowRequest,
} from "../../../../src/source/wandb-api/round/schedule.ts";
import { setAside } from "../../../../src/source/wandb-api/round/set-aside.ts";
import { Spread } from "../../../../src/source/wandb-log/spread.ts";
import { dayMs, utcDayOfMs } from "../../../../src/time/clock.ts";
import { noon } from "../reading.ts";

interface Server {
  readonly answers: "ndjson" | "envelope";
  readonly startDate: boolean;
  /** The most days that numDays brings. */
  readonly most: number;
}

/** One read: what has happened since the one before, and how this one goes. */
interface Turn {
  readonly waitMs: number;
  readonly tookMs: number;
  /** Days, counted back from today, whose body is always cut. */
  readonly bad: readonly number[];
  readonly outage: boolean;
}

const intervalMs = 300_000;
const error = new SourceError("cut_body", "the answer was cut", "read again");

/** Reads as the source does, on a server of which every day has entries, and checks the books after each read. */
class World {
  now = noon;
  progress: Progress;
  readonly readAt = new Map<number, number>();
  readonly gaps = new Set<number>();
  steadyEnd = Number.NEGATIVE_INFINITY;
  last: ReadDone | undefined;
  private readonly options;
  private readonly server: Server;

  constructor(server: Server, lookbackMs: number, startMs: number) {
    this.server = server;
    this.options = { lookbackMs, intervalMs, multiTenant: false };
    this.progress = { start: noon - startMs, counts: {}, server: {} };
  }

  get today(): number {
    return utcDayOfMs(this.now);
  }

  /** The days that an answer shows. */
  shown({ by, from, through }: WindowRequest): number[] {
    if (by === "startDate") return [this.server.startDate ? from : this.today];
    return days(Math.max(from, this.today - this.server.most), through);
  }

  read({ waitMs, tookMs, bad, outage }: Turn): void {
    this.now += waitMs;
    const { options, today, now: at } = this;
    const progress = { ...this.progress, server: stillKnown(this.progress.server, at) };
    const round = currentRound(progress, at, options);
    const request = nextRequest(round, progress.server, at, options);
    if (request === undefined) throw new Error("nothing is asked for");
    const steady = round.steady !== undefined;
    if (at - this.steadyEnd >= intervalMs) expect(steady).toBe(true);
    const shown = this.shown(request);
    this.now += tookMs;
    const failing = outage || shown.some((day) => bad.includes(today - day));
    // A failed read of the steady window changes nothing.
    if (failing && !steady)
      this.keep(setAside({ progress, round, request, at, endedAt: this.now, options }, error));
    if (!failing) {
      this.keep(this.answered(progress, round, request, shown, at));
      for (const day of shown) this.readAt.set(day, Math.max(at, this.readAt.get(day) ?? 0));
      for (const { day } of this.last?.gaps ?? []) this.gaps.add(day);
      // Older days are read together with all after them where the server gives no single ones.
      if ((steady || request.by === "numDays") && shown.includes(today)) this.steadyEnd = this.now;
    }
    this.check();
  }

  private keep(done: ReadDone): void {
    this.last = done;
    this.progress = progressOf(done.next) as Progress;
  }

  private answered(
    progress: Progress,
    round: ReturnType<typeof scheduleRound>,
    request: WindowRequest,
    shown: number[],
    at: number,
  ) {
    const { answers } = this.server;
    const range = {
      from: dayStart(shown[0] as number),
      to: dayStart((shown.at(-1) as number) + 1),
    };
    return advance({
      progress,
      round,
      request,
      outcome: {
        answers,
        total: shown.length,
        leftOut: 0,
        perDay: new Map(shown.map((day) => [day, 1])),
        ...(answers === "envelope" && { range }),
      },
      server: progress.server,
      at,
      endedAt: this.now,
      notices: [],
      options: this.options,
    });
  }

  /** Every day was read after its end, is a gap, or is still owed; the watermark claims no more than that. */
  check(): void {
    const { progress, now, today, options } = this;
    const { watermark = 0 } = progress;
    const due =
      progress.round?.steady === undefined
        ? scheduleRound(progress, now, options)
        : currentRound(progress, now, options);
    const owed = new Set([...due.missed, ...days(due.steady as number, today)]);
    const readBefore = (moment: number) => (day: number) =>
      (this.readAt.get(day) ?? 0) >= Math.min(dayStart(day + 1), moment) || this.gaps.has(day);
    const all = days(utcDayOfMs(progress.start), today);
    expect(all.filter((day) => !owed.has(day)).filter((day) => !readBefore(now)(day))).toEqual([]);
    const claimed = all.filter((day) => dayStart(day) < watermark);
    expect(claimed.filter((day) => !readBefore(watermark)(day))).toEqual([]);
  }

  /** Goes on without trouble, poll after poll. */
  settle(polls: number, bad: readonly number[] = [], pollMs = 3_700_000): void {
    for (let poll = 0; poll < polls; poll++) {
      let waitMs = pollMs;
      for (let reads = 0; reads < 100; reads++) {
        this.read({ waitMs, tookMs: 1000, bad, outage: false });
        waitMs = 0;
        if (this.last?.caughtUp) break;
      }
      expect(this.last?.caughtUp).toBe(true);
    }
  }
}

const servers = fc.record({
  answers: fc.constantFrom("ndjson" as const, "envelope" as const),
  startDate: fc.boolean(),
  most: fc.constantFrom(7, 1000),
});
const turns = fc.array(
  fc.record({
    waitMs: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.nat(400_000) },
      { weight: 1, arbitrary: fc.nat(4 * dayMs) },
    ),
    tookMs: fc.oneof(fc.nat(2_000), fc.nat(900_000)),
    bad: fc.array(fc.nat(12), { maxLength: 4 }),
    outage: fc.boolean(),
  }),
  { maxLength: 60 },
);
const spans = fc.record({ lookbackMs: fc.nat(7 * dayMs), startMs: fc.nat(12 * dayMs) });

/** Days missed are read by numDays, to today, just before the steady window would be due again. */
const calm = { tookMs: 0, bad: [], outage: false };
const aMissedDayReadWithToday: [Server, { lookbackMs: number; startMs: number }, Turn[]] = [
  { answers: "envelope", startDate: false, most: 7 },
  { lookbackMs: 0, startMs: 388_800_001 },
  [215_954_997, 43_889, 0, 256_111].map((waitMs, at) => ({ ...calm, waitMs, tookMs: at === 0 ? 1114 : 0 })),
];

/** The last of the quiet polls is the first whose answer may have been cut. */
const aQuestionOfTheLastPoll: [Server, { lookbackMs: number; startMs: number }, Turn[]] = [
  { answers: "ndjson", startDate: false, most: 7 },
  { lookbackMs: 532_797_001, startMs: 0 },
  [{ ...calm, waitMs: 43_180_644, tookMs: 1356 }],
];

describe("the plan of wandb_api", () => {
  test("whatever fails, no day is forgotten, the watermark claims what was read, and in the end all is read", () => {
    fc.assert(
      fc.property(servers, spans, turns, (server, { lookbackMs, startMs }, story) => {
        const world = new World(server, lookbackMs, startMs);
        for (const turn of story) world.read(turn);
        // Until another day it may be open whether an answer was cut, also where the last poll was the first to ask.
        world.settle(12, [], 20 * 3_600_000);
        if (world.progress.server.cut?.on === world.today) world.settle(2, [], 20 * 3_600_000);
        expect(world.progress.round?.missed ?? []).toEqual([]);
        expect(world.progress.round?.failed).toBeUndefined();
        expect(world.now - (world.progress.watermark ?? 0)).toBeLessThan(intervalMs);
      }),
      { numRuns: 300, examples: [aMissedDayReadWithToday, aQuestionOfTheLastPoll] },
    );
  });

  test("a past day that never can be read keeps no other day from being read", () => {
    const single = servers.filter(({ startDate }) => startDate);
    fc.assert(
      fc.property(single, fc.uniqueArray(fc.integer({ min: 3, max: 9 })), (server, bad) => {
        const world = new World(server, 26 * 3_600_000, 10 * dayMs);
        world.settle(5, bad);
        const failing = bad.map((back) => world.today - back).sort((a, b) => a - b);
        expect(world.progress.round?.missed ?? []).toEqual(failing);
        const unread = days(world.today - 9, world.today).filter((day) => !world.readAt.has(day));
        expect(unread).toEqual(failing);
        expect(world.now - (world.readAt.get(world.today) ?? 0)).toBeLessThan(intervalMs);
        expect(world.progress.watermark === undefined).toBe(failing.length > 0);
      }),
      { numRuns: 100 },
    );
  });

  test("a round that an earlier version has stored goes on", () => {
    const today = utcDayOfMs(noon);
    const stored = JSON.stringify({
      version: 1,
      start: noon - 9 * dayMs,
      watermark: noon - 8 * dayMs,
      round: { planned: today, missed: [today - 5, today - 3], steady: today - 1, sweeps: [today - 7] },
      swept: [today - 8, today - 12],
      counts: {},
      server: { answers: "ndjson", startDate: "honoured" },
    }) as Cursor;
    const world = new World({ answers: "ndjson", startDate: true, most: 1000 }, dayMs, 9 * dayMs);
    world.progress = progressOf(stored) as Progress;
    // What that round no longer names was read by then.
    for (const day of days(today - 9, today - 2))
      if (day !== today - 5 && day !== today - 3) world.readAt.set(day, noon);
    world.settle(2);
    expect(days(today - 9, today).filter((day) => !world.readAt.has(day))).toEqual([]);
    expect(world.progress.watermark).toBeGreaterThan(noon);
  });
});

const hourMs = 3_600_000;
const lookbackMs = 26 * hourMs;

/** How a server answers for hours; for days it always shows all it has. */
type Hours =
  | "understands"
  | "refuses"
  | "shows days"
  | "claims hours"
  | "cuts"
  | "leaves out"
  | "fails"
  | "is old";

/** An entry, and when the server begins to show it. Where it `leaves out`, some show in whole days only. */
interface Late {
  readonly at: number;
  readonly visible: number;
  readonly left: boolean;
}

/** Polls as the source does, on a server that may understand hours and change its mind, and counts what shows. */
class LateWorld {
  now = noon;
  cursor: Cursor | undefined;
  hours: Hours = "understands";
  readonly counted = new Set<Late>();
  lastWhole = noon;
  narrow = 0;
  private readonly log: readonly Late[];

  constructor(log: readonly Late[]) {
    this.log = log;
  }

  /** One poll. False where it failed. */
  poll(outage = false): boolean {
    const began = this.now;
    for (let reads = 0; reads < 60; reads++) {
      const begun = beginRead(this.cursor, { back: 2 * dayMs }, this.now, {
        lookbackMs,
        intervalMs,
        multiTenant: false,
      });
      if (outage) return false;
      const done = begun.hours === undefined ? this.days(begun) : this.part(begun, begun.hours);
      this.cursor = done.next;
      this.now += 100;
      if (!done.caughtUp) continue;
      if (begun.hours === undefined) this.wholeEnded(began);
      expect(done.watermark).toBeGreaterThanOrEqual(began);
      return true;
    }
    throw new Error("the source never catches up");
  }

  /** What late records could be left out of a read of everything that it should have shown. */
  private wholeEnded(began: number): void {
    this.lastWhole = began;
    expect(this.log.filter((entry) => entry.visible <= began && !this.counted.has(entry))).toEqual([]);
  }

  private show(from: number, to: number, hidden = false): Late[] {
    return this.log.filter(
      ({ at, visible, left }) => at >= from && at < to && visible <= this.now && !(hidden && left),
    );
  }

  private days(begun: Begun): ReadDone {
    const { by, from } = begun.request;
    const old = this.hours === "is old";
    const single = by === "startDate";
    const range = { from: dayStart(from), to: dayStart(single ? from + 1 : utcDayOfMs(this.now) + 1) };
    const entries = this.show(range.from, range.to);
    const spread = new Spread(range);
    for (const { at } of entries) spread.see(at / 1000);
    const slots = single ? { slots: spread.counts() } : {};
    const end = { ...this.end(entries, old ? undefined : range), ...slots };
    const done = endRead(begun, end, { back: 2 * dayMs }, this.now);
    if (done.partial !== true && done.covered.to > done.covered.from)
      for (const entry of entries) this.counted.add(entry);
    return done;
  }

  private part(begun: Begun, hours: HoursRequest): ReadDone {
    const read = { ...begun, hours };
    const spread = new Spread(hours);
    const refused = new SourceError("bad_request", "no hours", "ask for days");
    if (this.hours === "fails") return hoursFailed(read, error);
    if (this.hours === "refuses") return endHours(read, { refused }, spread);
    const whole = this.hours === "shows days" || this.hours === "claims hours" || this.hours === "is old";
    const day = Math.floor(hours.from / dayMs) * dayMs;
    const to = this.hours === "cuts" ? this.now - 2 * hourMs : hours.to;
    const entries = this.show(whole ? day : hours.from, to, this.hours === "leaves out");
    for (const { at } of entries) spread.see(at / 1000);
    const said = this.hours === "shows days" ? { from: day, to: day + dayMs } : { from: hours.from, to };
    const done = endHours(read, this.end(entries, this.hours === "is old" ? undefined : said), spread);
    if (done.partial === true || hours.trial) return done;
    for (const entry of entries) this.counted.add(entry);
    this.narrow++;
    // What it says it covers is what it has shown, unless the server leaves something out on purpose.
    const within = this.show(done.covered.from, done.covered.to, this.hours === "leaves out");
    expect(within.filter((entry) => !entries.includes(entry))).toEqual([]);
    return done;
  }

  private end(entries: readonly Late[], range: Window | undefined) {
    const perDay = new Map<number, number>();
    for (const { at } of entries) perDay.set(utcDayOfMs(at), (perDay.get(utcDayOfMs(at)) ?? 0) + 1);
    return {
      answers: range === undefined ? ("ndjson" as const) : ("envelope" as const),
      total: entries.length,
      leftOut: 0,
      perDay,
      limit: "accepted" as const,
      blank: false,
      newest: undefined,
      headers: { date: new Date(this.now).toUTCString() },
      asked: { from: this.now, to: this.now },
      ...(range !== undefined && { range }),
    };
  }
}

const modes: readonly Hours[] = [
  "understands",
  "refuses",
  "shows days",
  "claims hours",
  "cuts",
  "leaves out",
  "fails",
  "is old",
];
const polls = fc.array(
  fc.record({
    hours: fc.oneof(
      { weight: 40, arbitrary: fc.constant(undefined) },
      { weight: 3, arbitrary: fc.constant<Hours>("understands") },
      { weight: 1, arbitrary: fc.constantFrom(...modes) },
    ),
    waitMs: fc.oneof(
      { weight: 60, arbitrary: fc.integer({ min: intervalMs * 0.9, max: intervalMs * 1.1 }) },
      { weight: 2, arbitrary: fc.nat(3 * hourMs) },
      { weight: 1, arbitrary: fc.nat(3 * dayMs) },
    ),
    outage: fc.nat(30).map((chance) => chance === 0),
  }),
  { minLength: 20, maxLength: 120 },
);
/** Late by minutes as a rule, at times by as much as is read again. */
const stragglers = fc.array(
  fc.record({
    at: fc.integer({ min: noon - 2 * dayMs + hourMs, max: noon + dayMs }),
    lateMs: fc.oneof(fc.nat(30 * 60_000), fc.nat(5 * hourMs), fc.nat(lookbackMs)),
    left: fc.boolean(),
  }),
  { maxLength: 40 },
);

/** One every twenty minutes, of which the server shows each when it happens. */
function regular(): Late[] {
  const all: Late[] = [];
  for (let at = noon - 2 * dayMs + hourMs; at < noon + 20 * dayMs; at += 20 * 60_000)
    all.push({ at, visible: at, left: false });
  return all;
}

describe("the plan of wandb_api on a server that may understand hours", () => {
  test("whatever it makes of them, and however late, a read that counts shows every entry, within the hour", () => {
    let narrow = 0;
    fc.assert(
      fc.property(stragglers, polls, (late, story) => {
        const log = [
          ...regular(),
          ...late.map(({ at, lateMs, left }) => ({ at, visible: at + lateMs, left })),
        ];
        const world = new LateWorld(log);
        world.poll();
        for (const { hours, waitMs, outage } of story) {
          world.hours = hours ?? world.hours;
          world.now += waitMs;
          const steady = world.poll(outage);
          // Everything was read within the last hour, give or take a poll.
          if (steady && waitMs <= intervalMs * 1.1)
            expect(world.now - world.lastWhole).toBeLessThan(hourMs + intervalMs * 1.2);
        }
        world.hours = "understands";
        for (let hours = 0; hours < 30; hours++) {
          world.now += hourMs;
          world.poll();
        }
        const shown = log.filter(({ visible }) => visible <= world.now - hourMs);
        expect(shown.filter((entry) => !world.counted.has(entry))).toEqual([]);
        narrow += world.narrow;
      }),
      { numRuns: 60 },
    );
    // They were read by hours, and not only as a whole.
    expect(narrow).toBeGreaterThan(400);
  });
});
