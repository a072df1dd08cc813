import { expect, it } from "vitest";
import { daysOfMonth, monthArchive, monthFacts, openPoints } from "../../src/evidence/month.ts";
import { monthPage } from "../../src/evidence/month-page.ts";
import type { ClosedDay } from "../../src/spool/closed-day.ts";
import type { BookRow } from "../../src/spool/spool-state.ts";
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

async function facts(
  given: {
    readonly closed?: readonly (ClosedDay & { readonly source?: string })[];
    readonly books?: readonly BookRow[];
    readonly gaps?: readonly { readonly day: number; readonly reason: string }[];
    readonly today?: number;
    readonly name?: string;
  } = {},
) {
  const name = given.name ?? "prod";
  return monthFacts({
    month: "2026-08",
    lookup: {
      sources: async () => ({ sources: [{ source: name, gaps: given.gaps ?? [] }] }),
      closed: async ({ source, day }) => {
        const found = given.closed?.find((each) => each.day === day && (each.source ?? name) === source);
        return found === undefined ? {} : { closed: found };
      },
      books: async ({ day }) => ({ books: (given.books ?? []).filter((each) => each.day === day) }),
    },
    sources: [
      { name, instance: "acme" },
      { name: "copy", instance: "acme" },
    ],
    ...{ archive: null, version: "1.2.3", host: "forwarder-1" },
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
  const { days, totals } = await facts({
    closed: [closed, { ...closed, source: "copy" }, { ...closed, day: first + 1 }],
    books: [
      row("prod", first),
      // The other source of the instance has kept one more since.
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
  expect(days[0]).toMatchObject({
    ...{ day: "2026-08-01", kept: 5, late: 1, gap: null },
    closed: { at: "2026-08-08T01:00:00.000Z", closings: 2, records: 5, identities: 4 },
  });
  expect(totals).toEqual([
    { output: "siem", delivered: 13, filtered: 0, dead: 1, dropped: 0, skipped: 0, lost: 0, pending: 2 },
  ]);
});

it("names what an auditor has to ask about, and nothing where there is none", async () => {
  const all = Array.from({ length: 31 }, (_, at) => first + at);
  const whole = await facts({
    today: first + 40,
    closed: all.flatMap((day) => [
      { ...closed, day },
      { ...closed, day, source: "copy" },
    ]),
    books: all.map((day) => row("prod", day)),
  });
  expect(openPoints(whole)).toEqual([]);
  expect(monthPage(whole)).toContain("Every day of the month is closed");
  const broken = await facts({ books: [row("prod", first, { dead: 2, lost: 1 })], gaps: [] });
  expect(openPoints(broken)).toEqual([
    expect.stringContaining("5 days of a source of which nothing was ever read"),
    expect.stringContaining("1 days of a source that are over and not closed"),
    expect.stringContaining("2 days of a source that are not over"),
    "output siem: 2 given up and waiting for a person",
    "output siem: 1 lost on disk",
  ]);
  const chain = { faults: [], manifests: 0, files: 0, records: 0, fingerprints: [], unattested: 0 };
  const archive = monthArchive({ where: "file:///srv/audit", chain, known: null }, [], "2026-08");
  expect(openPoints({ ...whole, archive })).toEqual(["the archive file:///srv/audit has no manifest"]);
});

it("names so many findings of an archive as a page can show", async () => {
  const faults = Array.from({ length: 100_000 }, (_, at) => ({
    ...({ what: "missing", name: `x${at}`, detail: "gone" } as const),
  }));
  const chain = { faults, manifests: 1, files: 0, records: 0, fingerprints: [], unattested: 0 };
  const archive = monthArchive({ where: "file:///srv/audit", chain, known: "0f" }, [], "2026-08");
  const page = monthPage({ ...(await facts({})), archive });
  expect(page).toContain("and 99800 more");
  expect(page.length).toBeLessThan(100_000);
});

it("is one page that runs nothing, loads nothing and shows hostile names as text", async () => {
  const hostile = '<script>alert(1)</script>"\u202e';
  const page = monthPage(await facts({ name: hostile, gaps: [{ day: first, reason: "<img src=x>" }] }));
  expect(page).toContain("&lt;script&gt;");
  expect(page).not.toMatch(/<script|<img|<a |<link|\u202e/);
  expect(page).toContain("default-src 'none'");
});
