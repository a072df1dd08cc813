import { expect, it } from "vitest";
import { flow } from "../../src/admin/page/flow.ts";
import { statusText } from "../../src/command/status-text.ts";
import { attentionTo } from "../../src/status/attention.ts";
import { history } from "../../src/status/history.ts";
import { metrics } from "../../src/status/metrics.ts";
import { statusReport } from "../../src/status/status.ts";
import { withoutEvents } from "../../src/status/without-events.ts";
import {
  differingDays,
  witnessLines,
  witnessStatus,
  witnessTotals,
} from "../../src/status/witness-status.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

const at = Date.parse("2026-08-03T01:00:00Z");
const day = { open: false, shown: 5, known: 5, kept: 5, missing: 0, extra: 0, examples: [], compared: at };
const example = {
  of: "missing",
  uid: "ab".repeat(16),
  time: "2026-08-01T10:00:00Z",
  action: "user:login",
} as const;
const { compared: _, ...neverCompared } = day;
const unseen = { ...neverCompared, open: true };
const witnessed = [
  { ...day, day: 20_664 },
  { ...day, day: 20_665, missing: 2, extra: 1, since: at - 3_600_000, examples: [example], compared: at + 1 },
  { ...day, day: 20_666, trouble: "no object that shows this day is left" },
];
const state = { source: "archive", gaps: [], witnessed };

it("is what a witness found: in all, and of each day that differs; a primary has none", () => {
  expect(witnessStatus({ role: "primary" }, state)).toBeNull();
  expect(witnessStatus({ role: "verify" }, state)).toEqual({
    ...{
      missing: 2,
      extra: 1,
      days_compared: 2,
      days_shown_since: 0,
      days_not_compared: 0,
      last_compared: "2026-08-03T01:00:00.001Z",
    },
    differing: [
      {
        ...{ day: "2026-07-31", shown: 5, known: 5, missing: 2, extra: 1, examples: [example] },
        ...{ since: "2026-08-03T00:00:00.000Z", compared: "2026-08-03T01:00:00.001Z" },
      },
    ],
    failed: [{ day: "2026-08-01", reason: "no object that shows this day is left" }],
  });
  expect([witnessTotals(state), differingDays(state)]).toEqual([{ missing: 2, extra: 1 }, ["2026-07-31"]]);
  expect([witnessTotals(undefined), differingDays(undefined)]).toEqual([{ missing: 0, extra: 0 }, []]);
});

it("says in words what differs since when, with a record to look for", () => {
  const lines = witnessLines(witnessStatus({ role: "verify" }, state) ?? expect.unreachable());
  expect(lines).toEqual([
    "is a witness: 2 days compared, last at 2026-08-03 01:00; 2 missing elsewhere, 1 not shown by it",
    `2026-07-31: 2 missing elsewhere, 1 not shown by it since 2026-08-03 00:00 (such as 2026-08-01T10:00:00Z user:login uid ${"ab".repeat(16)})`,
    "2026-08-01 could not be compared: no object that shows this day is left",
  ]);
  const none = witnessStatus({ role: "verify" }, { ...state, witnessed: [] }) ?? expect.unreachable();
  expect(witnessLines(none)).toEqual(["is a witness, and has compared no day yet"]);
  const calm = witnessStatus({ role: "verify" }, { ...state, witnessed: witnessed.slice(0, 1) });
  expect(witnessLines(calm ?? expect.unreachable())[0]).toMatch(/; all agree$/);
  const moved = {
    ...state,
    witnessed: [
      { ...day, day: 1, open: true },
      { day: 2, ...unseen },
    ],
  };
  const stale = witnessStatus({ role: "verify" }, moved) ?? expect.unreachable();
  expect([stale.days_shown_since, stale.days_not_compared, ...witnessLines(stale)]).toEqual([
    1,
    1,
    expect.stringMatching(
      /; all agree by then; something was shown since of 1 day, compared again within hours$/,
    ),
    "1 day that it was shown not compared: not over yet, or before a primary's start",
  ]);
});

it("shows on the status, to who needs to look, and in the metrics of a witness alone", async () => {
  const view = fakeRuntimeView();
  const sources = view.runtime.sources.map((hop) =>
    hop.name === "archive" ? { ...hop, role: "verify" as const } : hop,
  );
  const runtime = { ...view.runtime, sources };
  view.state.sources = view.state.sources.map((each) =>
    each.source === "archive" ? { ...each, witnessed } : each,
  );
  const { state: spooled } = view.spooled();
  const report = statusReport(runtime, { state: spooled, books: [] }, history(runtime));
  expect(report.sources.map(({ role, witness }) => [role, witness?.missing])).toEqual([
    ["primary", undefined],
    ["verify", 2],
  ]);
  expect(statusText(report, { colors: false })).toContain("archive: is a witness: 2 days compared");
  expect(flow(report, true).markup).toMatch(/It is a witness: 2 days compared.*▲ 2026-07-31: 2 missing/s);
  // What an event says is for who has a token.
  const open = JSON.stringify(withoutEvents(report));
  expect([open.includes("user:login"), open.includes('"missing":2')]).toEqual([false, true]);
  expect(attentionTo(runtime, spooled, () => undefined)).toContainEqual({
    ...{ hop: "source archive", reason: "witness_differs" },
    detail:
      "was shown 2 records that no other source has, and was not shown 1 record that others have, 1 day: 2026-07-31",
    fix: expect.stringContaining("A witness differs"),
  });
  const text = await metrics(runtime, history(runtime)).text();
  const values = [...text.matchAll(/^wandb_audit_forwarder_(witness_\S+) (\S+)$/gm)].map(
    ([, ...found]) => found,
  );
  expect(values).toEqual([
    ['witness_missing_entries{source="archive"}', "2"],
    ['witness_extra_entries{source="archive"}', "1"],
    ['witness_last_comparison_timestamp_seconds{source="archive"}', String((at + 1) / 1000)],
  ]);
});
