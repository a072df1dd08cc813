import { expect, it } from "vitest";
import { attestedAs, openPoints } from "../../src/evidence/month-points.ts";
import { archiveOf, closing, monthDay, monthOf } from "./month-facts.ts";

it("names nothing where all is as it should be", () => {
  expect(openPoints(monthOf())).toEqual([]);
  expect(openPoints(monthOf({ archive: archiveOf() }))).toEqual([]);
});

it("names days that are not closed, and what was not delivered", () => {
  const none = { filtered: 3, skipped: 4, delivered: 5, left: 0 };
  const points = openPoints(
    monthOf({
      to_come: 2,
      days: [
        monthDay("01", { state: "unread" }),
        monthDay("02", { state: "gap", gap: "it is gone" }),
        monthDay("03", { state: "settling" }),
        monthDay("04", { state: "settling" }),
        monthDay("05", { state: "open" }),
        monthDay("06", { state: "beside" }),
        monthDay("07", { state: "left", closed: null }),
      ],
      totals: [
        { output: "old", configured: false, ...none, dead: 0, dropped: 0, lost: 0, pending: 0 },
        { output: "siem", configured: true, ...none, dead: 2, dropped: 1, lost: 7, pending: 1 },
      ],
    }),
  );
  expect(points).toEqual([
    "the month is not over: 2 days of it not begun",
    "1 day of a source of which nothing was ever read",
    "1 day that a source cannot show",
    "2 days of a source that should be closed and is not, or to which something came since",
    "1 day of a source that was taken out of the configuration before it closed it",
    "1 day of a source still going on",
    "output old: 4 not sent, as it is not configured any more",
    "output siem: 2 given up and waiting for a person",
    "output siem: 1 dropped by a person",
    "output siem: 4 skipped: not there for it any more, or passed over by a person",
    "output siem: 1 not delivered yet",
    "output siem: 7 lost on disk",
  ]);
});

it("asks about an instance of which no source closes days, whatever closes those of others", () => {
  const pipe = { name: "pipe", instance: "lab", beside: "standard input is read once" };
  const prod = { name: "prod", instance: "acme", beside: null };
  const gone = { name: "old", instance: null, beside: null };
  const point = "no source of lab has days that close: nothing says that one is complete";
  expect(openPoints(monthOf({ sources: [prod, pipe] }))).toEqual([point]);
  expect(openPoints(monthOf({ sources: [pipe, gone], days: [] }))).toEqual([point]);
  expect(openPoints(monthOf({ sources: [pipe, { ...prod, instance: "lab" }] }))).toEqual([]);
});

it("asks about what a witness was shown otherwise", () => {
  const copy = { name: "copy", instance: "acme", beside: "a witness" };
  const { sources } = monthOf();
  const witnessed = [
    { source: "copy", day: "2026-08-01", missing: 3, extra: 0, compared: true },
    { source: "copy", day: "2026-08-02", missing: 1, extra: 2, compared: false },
  ];
  expect(openPoints(monthOf({ sources: [...sources, copy], witnessed }))).toEqual([
    "witness copy: 1 day not compared, or shown more of since",
    "witness copy: 4 shown to it and kept of no source, of 2 days",
    "witness copy: 2 kept and not shown to it, of 1 day",
  ]);
});

it("asks about an output that is gone in months in which it was there, before and after what waited is removed", () => {
  const old = { output: "old", configured: false, filtered: 0, dead: 0, dropped: 0, lost: 0 };
  const points = (fields: { delivered: number; skipped: number; pending: number; left?: number }) =>
    openPoints(monthOf({ totals: [{ ...old, left: 0, ...fields }] }));
  const point = "output old: 9 not sent, as it is not configured any more";
  expect(points({ delivered: 5, skipped: 0, pending: 9 })).toEqual([point]);
  expect(points({ delivered: 5, skipped: 9, pending: 0 })).toEqual([point]);
  expect(points({ delivered: 0, skipped: 0, pending: 9 })).toEqual([]);
  // It was down for all of the month: some of these waited for it when it was taken out.
  expect(points({ delivered: 0, skipped: 30, pending: 5, left: 9 })).toEqual([point]);
});

it("asks about a state that was lost", () => {
  expect(openPoints(monthOf({ losses: ["2026-08-12T01:02:03.000Z"] }))).toEqual([
    "the state was lost, which a person accepted at 2026-08-12T01:02:03.000Z: what had been given up, dropped or never sent until then is not known",
  ]);
});

it("asks about a state that is not the one that was in use", () => {
  const at = "2026-08-12T01:02:03.000Z";
  const [point = ""] = openPoints(
    monthOf({ replaced: [{ found: "older", at, from: null, seen_until: at }] }),
  );
  expect(point).toContain(`older at ${at} than the last run, seen until ${at}, had left it`);
});

it("asks about manifests that the state did not know, unless they are another one's", () => {
  const { manifests } = archiveOf();
  const recovered = "manifest 7 is in the archive, and 5 was the last that was known here";
  const points = (after_other_key: boolean) =>
    openPoints(
      monthOf({
        archive: archiveOf({
          ahead: 2,
          manifests: manifests.map((each) => ({ ...each, recovered, after_other_key })),
        }),
      }),
    );
  expect(points(false)).toEqual([
    expect.stringContaining("has 2 manifests that the state does not know"),
    expect.stringMatching(/^1 manifest of the archive .*: the newest is 8 of 2026-08-09: manifest 7 is in/),
  ]);
  expect(points(true)).toHaveLength(1);
});

it("names what an archive lacks, and what it says otherwise than the state", () => {
  const points = (fields: Parameters<typeof archiveOf>[0]) =>
    openPoints(monthOf({ archive: archiveOf(fields) }));
  const { chain, days } = archiveOf();
  if (chain === null) throw new Error("it was looked at");
  const fault = { what: "missing", name: "a", detail: "b" } as const;
  expect(points({ chain: null, trouble: "not_found: it is not there" })).toEqual([
    "the archive file:///srv/audit could not be looked at: not_found: it is not there",
  ]);
  expect(points({ chain: { ...chain, manifests: 0 } })).toEqual([
    "the archive file:///srv/audit has no manifest",
  ]);
  expect(points({ chain: { ...chain, faults: [fault, fault] } })).toEqual([
    "the archive file:///srv/audit was changed: 2 findings",
  ]);
  expect(points({ days: days.slice(1) })).toEqual(["1 closed day named by no manifest yet"]);
  expect(points({ days: days.map((day) => ({ ...day, digest: "00".repeat(32) })) })).toEqual([
    "prod, 2026-08-01: the archive's manifest says something else of it than the state does",
    "prod, 2026-08-02: the archive's manifest says something else of it than the state does",
  ]);
});

it.each([
  ["the same closing", { closing: 2 }, "same"],
  ["an older closing, which the next manifest supersedes", { closing: 1, digest: "" }, "none"],
  ["a later closing, which the state does not know", { closing: 3 }, "other"],
  ["another digest", { closing: 2, digest: "" }, "other"],
  ["another source", { closing: 2, source: "copy" }, "none"],
])("a manifest that names %s", (_, named, as) => {
  const day = monthDay("01", { closed: { ...closing, closings: 2 } });
  const [attested] = archiveOf().days;
  if (attested === undefined) throw new Error("it names no day");
  expect(attestedAs(archiveOf({ days: [{ ...attested, ...named }] }), day)).toBe(as);
  expect(attestedAs(archiveOf(), monthDay("01", { closed: null }))).toBeUndefined();
});
