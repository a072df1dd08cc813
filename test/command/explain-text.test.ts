import { expect, it } from "vitest";
import type { ExplainedOutput } from "../../src/command/explain-output.ts";
import { explainText } from "../../src/command/explain-text.ts";
import type { ExplainedEvent } from "../../src/command/explained-event.ts";

const output: ExplainedOutput = {
  ...{ output: "siem", state: "delivered", or: [], after: null, before: null, ahead: null, rule: null },
  ...{ reason: null, detail: null, again: false, payload: null, payload_note: null },
};
const event: ExplainedEvent = {
  ...{ uid: "ab", identity: "cd", instance: "acme", ordinal: 2, twins: 3, ledger: "known", kept: "here" },
  ...{ source: "prod", seq: 1234, known_since: "2026-08-01T00:00:05.000Z", event_time: null, action: "a:b" },
  ...{ late: true, fault: null, record: "{\u001b[31m}", outputs: [] },
  day: { day: "2026-08-01", fetched: 1000, known: 1, new: 999, late: 2, gap: "older than 7 days" },
};
const told = (more: Partial<ExplainedOutput>) => {
  const [, line = ""] = /siem: (.*)/.exec(explainText({ ...event, outputs: [{ ...output, ...more }] })) ?? [];
  return line;
};

it("tells what is known of an event, a line each", () => {
  expect(explainText(event)).toBe(`event ab: a:b
  identity  cd (acme), number 2 of 3 twins
  known     known since 2026-08-01 00:00:05; record 1,234 of the spool, from source prod; it came late
  its day   2026-08-01: 1,000 fetched, 1 known, 999 new, 2 late; not complete: older than 7 days
  record    {\\u001b[31m}`);
  const gone = { ...event, identity: null, ordinal: null, ledger: "not_known", kept: "removed" } as const;
  expect(explainText(gone)).toContain("not known to the ledger any more; its record is not in the spool");
  expect(explainText({ ...event, ledger: "due" })).toContain("lost on disk: it is kept once more");
});

it("tells what became of it in one sentence for each output", () => {
  const [after, before] = ["2026-08-01T01:00:00.000Z", "2026-08-01T01:10:00.000Z"];
  expect(told({ after, before })).toBe("delivered between 2026-08-01 01:00:00 and 2026-08-01 01:10:00");
  expect(told({ before, or: ["dropped"] })).toBe(
    "delivered before 2026-08-01 01:10:00, or dropped: that became of others of its day",
  );
  expect(told({})).toBe("delivered at a time that is not known any more");
  expect(told({ state: "filtered", after, before: after, rule: "min_severity: 5" })).toBe(
    "filtered at 2026-08-01 01:00:00 by min_severity: 5",
  );
  expect(told({ state: "filtered", rule: null })).toContain("by a filter that is not configured any more");
  expect(told({ state: "settled" })).toContain("delivered, unless a filter or a person took it out");
  expect(told({ state: "pending", ahead: 1000, reason: "unauthorized", detail: "401", again: true })).toBe(
    "pending, 1,000 before it (unauthorized: 401); sent once more",
  );
  expect(told({ state: "pending", rule: "actions: [x]" })).toBe("pending; to be filtered by actions: [x]");
  expect(told({ state: "abandoned", ahead: 0 })).toBe(
    "pending, 0 before it; the output is not configured any more",
  );
  expect(told({ state: "dead", after, before: after, reason: "too_large" })).toContain("dead, given up at");
  expect(told({ state: "suspect", reason: "bad_event" })).toContain("set aside");
  expect(told({ state: "retry" })).toContain("a dead letter that is sent once more");
  expect(told({ state: "lost" })).toContain("lost at a time");
});
