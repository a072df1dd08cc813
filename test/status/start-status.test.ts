import { describe, expect, it } from "vitest";
import { flow } from "../../src/admin/page/flow.ts";
import { OnceSummary } from "../../src/command/once-summary.ts";
import { statusText } from "../../src/command/status-text.ts";
import type { Cursor } from "../../src/record/reading.ts";
import { history } from "../../src/status/history.ts";
import { metrics } from "../../src/status/metrics.ts";
import { leftOutText, startStatus, unreadText } from "../../src/status/start-status.ts";
import { statusReport } from "../../src/status/status.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

const since = Date.UTC(2026, 6, 25, 6);
const unread = { from: since, to: Date.UTC(2026, 6, 30), fix: "read them again" };

function read(leftOut: number, missing: typeof unread | undefined) {
  const fake = fakeRuntimeView();
  const { state, starts } = fake;
  state.sources = state.sources.map((source) => ({ ...source, cursor: "[]" as Cursor }));
  starts.prod = { since, leftOut, ...(missing && { unread: missing }) };
  return fake;
}

describe("what start leaves out", () => {
  it("is nothing before a first read, and of a source that says nothing of it", () => {
    const { runtime, state } = fakeRuntimeView();
    const [prod] = runtime.sources;
    expect(startStatus(prod as never, undefined)).toEqual({ start: null, left_out: 0, unread: null });
    expect(startStatus(prod as never, state.sources[0])).toEqual({ start: null, left_out: 0, unread: null });
  });

  it("is in the status, for programs and for people", () => {
    const { runtime, spooled } = read(1234, undefined);
    const report = statusReport(runtime, spooled(), history(runtime));
    expect(report.sources[0]).toMatchObject({
      start: "2026-07-25T06:00:00.000Z",
      left_out: 1234,
      unread: null,
    });
    expect(report.attention).toEqual([]);
    expect(statusText(report, { colors: false })).toContain(
      "  prod: 1,234 records before start (2026-07-25 06:00) are left out\n",
    );
    expect(flow(report, true).markup).toContain("1,234 records");
    expect(leftOutText({ start: "2026-07-25T06:00:00.000Z", left_out: 1 })).toContain("1 record before");
  });

  it("is a metric", async () => {
    const { runtime } = read(1234, undefined);
    const text = await metrics(runtime, history(runtime)).text();
    expect(text).toContain('wandb_audit_forwarder_source_left_out_records{source="prod"} 1234\n');
    expect(text).toContain('wandb_audit_forwarder_source_left_out_records{source="archive"} 0\n');
  });

  it("is in the summary of run --once, which is complete all the same", () => {
    const { runtime, spooled } = read(7, unread);
    const { complete, lines } = new OnceSummary().sum(spooled().state, runtime);
    expect(complete).toBe(true);
    expect(lines.slice(-2)).toEqual([
      "source prod: 7 records before start (2026-07-25 06:00) are left out",
      "source prod: not read: 2026-07-25 06:00 to 2026-07-30 00:00, wanted since start was set earlier",
    ]);
  });
});

describe("what an earlier start wants and nobody read", () => {
  it("is something to look at, with what brings it", () => {
    const { runtime, spooled } = read(0, unread);
    const report = statusReport(runtime, spooled(), history(runtime));
    expect(report.sources[0]?.unread).toEqual({
      from: "2026-07-25T06:00:00.000Z",
      to: "2026-07-30T00:00:00.000Z",
    });
    expect(report.attention).toEqual([
      {
        hop: "source prod",
        reason: "unread",
        detail: unreadText(report.sources[0]?.unread ?? null),
        fix: "read them again",
      },
    ]);
    expect(flow(report, true).markup).toContain("not read: 2026-07-25 06:00");
    expect(report.ready).toBe(true);
  });
});
