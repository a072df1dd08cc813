import { expect, it } from "vitest";
import { daysOfMonth, type MonthSource, monthFacts } from "../../src/evidence/month.ts";
import type { Cursor } from "../../src/record/reading.ts";
import type { ClosedDay } from "../../src/spool/closed-day.ts";
import type { LettersOfDay } from "../../src/spool/event-lookup.ts";
import type { BookRow, ReplacedState } from "../../src/spool/spool-state.ts";
import type { WitnessedDay } from "../../src/spool/witnessed.ts";
import { dayText } from "../../src/time/clock.ts";

const { first } = daysOfMonth("2026-08");
const closed: ClosedDay = {
  ...{ day: first, closing: 2, at: Date.parse("2026-08-08T01:00:00Z"), records: 5, identities: 4 },
  ...{ digest: "ab".repeat(32), kept: 5 },
};
const row = (source: string, day: number, counts: Partial<BookRow> = {}): BookRow => ({
  ...{ source, day, output: "siem", fetched: 90, known: 85, new: 5, late: 1, unparseable: 0, delivered: 5 },
  ...{ filtered: 0, dead: 0, dropped: 0, resent: 0, skipped: 0, lost: 0, pending: 0, ...counts },
});

interface Given {
  readonly closed?: readonly (ClosedDay & { readonly source?: string; readonly reopened?: boolean })[];
  readonly books?: readonly BookRow[];
  readonly gaps?: readonly { readonly day: number; readonly reason: string }[];
  readonly letters?: readonly LettersOfDay[];
  readonly sources?: readonly MonthSource[];
  readonly known?: readonly string[];
  readonly today?: number;
  readonly from?: number;
  readonly left?: readonly { readonly source: string; readonly output: string; readonly records: number }[];
  readonly losses?: readonly number[];
  readonly covered?: readonly string[];
  readonly replaced?: readonly ReplacedState[];
  readonly witnessed?: Readonly<Record<string, readonly WitnessedDay[]>>;
}

async function facts({ closed: all = [], books = [], gaps = [], letters = [], ...given }: Given = {}) {
  const known = given.known ?? ["prod", "copy", "forwarder"];
  return monthFacts({
    month: "2026-08",
    lookup: {
      sources: async () => ({
        sources: known.map((source) => ({
          ...{ source, cursor: source as unknown as Cursor, gaps: source === "prod" ? gaps : [] },
          ...{ witnessed: given.witnessed?.[source] ?? [] },
        })),
      }),
      closed: async ({ source, day }) => {
        const found = all.find((each) => each.day === day && (each.source ?? "prod") === source);
        const covered = given.covered?.includes(source) ?? false;
        return found === undefined
          ? { covered }
          : { closed: found, covered, reopened: found.reopened === true };
      },
      books: async ({ day }) => ({ books: books.filter((each) => each.day === day) }),
      letters: async ({ day }) => ({ letters: day === first ? letters : [] }),
      left: async ({ day }) => ({ left: day < first + 2 ? (given.left ?? []) : [] }),
      losses: async () => ({ losses: given.losses ?? [] }),
      replaced: async () => ({ replaced: given.replaced ?? [] }),
    },
    sources: given.sources ?? [
      { name: "prod", instance: "acme", beside: null },
      { name: "copy", instance: "acme", beside: null },
    ],
    firstOf: (source) => (source === "prod" ? given.from : undefined),
    ...{ outputs: ["siem"], own: "forwarder", version: "1.2.3", host: "forwarder-1" },
    now: ((given.today ?? first + 3) * 86_400 + 60) * 1000,
  });
}

it("knows the days of a month", () => {
  const { first, end } = daysOfMonth("2026-12");
  expect([dayText(first), dayText(end)]).toEqual(["2026-12-01", "2027-01-01"]);
  const february = daysOfMonth("2028-02");
  expect(february.end - february.first).toBe(29);
});

it("says of each day so far how it stands", async () => {
  const { days, totals, to_come } = await facts({
    closed: [closed, { ...closed, source: "copy" }, { ...closed, day: first + 1, reopened: true }],
    books: [
      row("prod", first),
      row("prod", first + 1, { pending: 2, delivered: 3 }),
      row("copy", first + 1, { new: 1, delivered: 0, dead: 1 }),
      row("prod", first + 3),
    ],
    gaps: [{ day: first + 2, reason: "it is gone" }],
  });
  const of = (source: string) => days.filter((day) => day.source === source).map(({ state }) => state);
  expect([of("prod"), of("copy")]).toEqual([
    ["closed", "settling", "gap", "open"],
    ["closed", "settling", "unread", "open"],
  ]);
  expect(to_come).toBe(27);
  expect(days[0]).toMatchObject({
    ...{ day: "2026-08-01", kept: 5, late: 1, gap: null },
    closed: { at: "2026-08-08T01:00:00.000Z", closings: 2, records: 5, identities: 4 },
  });
  expect(totals).toEqual([
    {
      ...{ output: "siem", configured: true, delivered: 13, filtered: 0, dead: 1 },
      ...{ dropped: 0, skipped: 0, lost: 0, pending: 2, left: 0 },
    },
  ]);
});

it("has days of sources that need not be closed, or are configured no more, where there is something", async () => {
  const beside = "standard input is read once";
  const { days, sources, totals } = await facts({
    known: ["prod", "pipe", "old", "older", "forwarder"],
    sources: [
      { name: "prod", instance: "acme", beside: null },
      { name: "pipe", instance: "acme", beside },
    ],
    closed: [closed, { ...closed, source: "old" }],
    books: [
      row("pipe", first),
      row("pipe", first + 1, { new: 0 }),
      row("old", first),
      row("old", first + 1),
      row("forwarder", first),
    ],
    today: first + 2,
  });
  expect(sources).toEqual([
    { name: "prod", instance: "acme", beside: null },
    { name: "pipe", instance: "acme", beside },
    { name: "old", instance: null, beside: null },
  ]);
  expect(days.map(({ source, day, state }) => [day.slice(-2), source, state])).toEqual([
    ["01", "prod", "closed"],
    ["01", "pipe", "beside"],
    ["01", "old", "closed"],
    ["02", "prod", "unread"],
    ["02", "old", "left"],
    ["03", "prod", "open"],
  ]);
  expect(totals).toMatchObject([{ delivered: 15 }]);
});

it("has the dead letters of the month by output and reason, our own aside", async () => {
  const letter = { source: "prod", output: "siem", reason: "refused", events: 2 };
  const { dead_letters: letters } = await facts({
    letters: [
      letter,
      { ...letter, source: "copy" },
      { ...letter, reason: "too_large", events: 1 },
      { ...letter, source: "forwarder" },
    ],
  });
  expect(letters).toEqual([
    { output: "siem", reason: "refused", events: 4 },
    { output: "siem", reason: "too_large", events: 1 },
  ]);
});

it("sums up what waited for an output when it was taken out of the configuration, our own aside", async () => {
  const old = { output: "old", delivered: 0, pending: 5 };
  const waited = { output: "old", records: 2 };
  const { totals } = await facts({
    books: [row("prod", first, old), row("prod", first + 1, old)],
    left: [
      { ...waited, source: "prod" },
      { ...waited, source: "forwarder" },
    ],
  });
  expect(totals).toMatchObject([{ output: "old", configured: false, pending: 10, left: 4 }]);
});

it("has a loss of the state in months that it was to know of, and in no later ones", async () => {
  const at = (day: number) => day * 86_400_000 + 3_600_000;
  const { losses } = await facts({ losses: [at(first - 1), at(first), at(first + 90)] });
  expect(losses).toEqual(["2026-08-01T01:00:00.000Z", "2026-10-30T01:00:00.000Z"]);
  expect((await facts()).losses).toEqual([]);
});

it("has no day to come of a month that is over", async () => {
  expect(await facts({ today: first + 40 })).toMatchObject({ to_come: 0, days: { length: 62 } });
});

it("knows a day on which nothing happened from one that was never to be read", async () => {
  const { days } = await facts({
    sources: [{ name: "prod", instance: "acme", beside: null }],
    from: first + 1,
  });
  expect(days.map(({ state }) => state)).toEqual(["unread", "settling", "settling", "open"]);
});

it("asks about a state that was replaced in months that have something of what it does not know", async () => {
  const at = (day: number) => (day * 86_400 + 3600) * 1000;
  const { end } = daysOfMonth("2026-08");
  const found = (from: number | null, to: number): ReplacedState => ({
    ...{ found: "older", at: at(to), from: from === null ? null : at(from), seenAt: null },
  });
  const { replaced } = await facts({
    replaced: [
      found(first - 9, first - 1),
      found(first - 9, first),
      found(end - 1, end + 5),
      found(end + 6, end + 8),
      found(end + 7, end + 8),
      found(null, end + 90),
    ],
  });
  expect(replaced.map((each) => [each.from?.slice(0, 10), each.at.slice(0, 10)])).toEqual([
    ["2026-07-23", "2026-08-01"],
    ["2026-08-31", "2026-09-06"],
    ["2026-09-07", "2026-09-09"],
    [undefined, "2026-11-30"],
  ]);
});

it("does not call a day closed that is not over: a clock was ahead", async () => {
  const at = Date.parse("2027-08-08T01:00:00Z");
  const ahead = { ...closed, at, reopened: true };
  const { days } = await facts({ closed: [ahead, { ...ahead, day: first + 3 }], known: ["prod"] });
  const own = days.filter(({ source }) => source === "prod");
  expect([own[0]?.state, own[3]?.state]).toEqual(["settling", "open"]);
});

it("does not wait for a source that is gone to close its days, and asks about those that nobody closes", async () => {
  const books = [row("before", first), row("gone", first), row("gone", first + 1)];
  const { days } = await facts({
    ...{ books, covered: ["before"], known: ["before", "gone"], sources: [] },
    closed: [{ ...closed, day: first + 1, source: "gone", reopened: true }],
  });
  expect(days.map(({ source, state }) => [source, state])).toEqual([
    ["before", "beside"],
    ["gone", "left"],
    ["gone", "left"],
  ]);
});

it("has the days of the month of which a witness has found a difference, while it is one", async () => {
  const found = (day: number, missing: number) => ({
    ...{ day, missing, extra: 0, shown: 5, known: 5, examples: [], open: false, kept: 5, compared: 1 },
  });
  const witnessed = {
    copy: [found(first - 1, 1), found(first, 2), found(first + 1, 0), found(first + 31, 4)],
  };
  const copy = { name: "copy", instance: "acme", beside: "a witness" };
  expect((await facts({ sources: [copy], witnessed })).witnessed).toEqual([
    { source: "copy", day: "2026-08-01", missing: 2, extra: 0, compared: true },
  ]);
  expect((await facts({ sources: [{ ...copy, beside: null }], witnessed })).witnessed).toEqual([]);
});

it("calls no day closed to which something came since, also of a source that need not close it", async () => {
  const { days } = await facts({
    sources: [{ name: "prod", instance: "acme", beside: "a witness" }],
    closed: [closed, { ...closed, day: first + 1, reopened: true }],
  });
  expect(days.map(({ state }) => state)).toEqual(["closed", "beside"]);
});
