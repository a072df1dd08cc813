import { describe, expect, it } from "vitest";
import { flow } from "../../src/admin/page/flow.ts";
import { statusText } from "../../src/command/status-text.ts";
import { latenessBounds } from "../../src/spool/lateness.ts";
import { attentionTo } from "../../src/status/attention.ts";
import { history } from "../../src/status/history.ts";
import { latenessStatus, latenessText, withLookback } from "../../src/status/lateness-status.ts";
import { metrics } from "../../src/status/metrics.ts";
import { statusReport } from "../../src/status/status.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

const hourMs = 3_600_000;

/** So many records that came within each bound, and the latest in seconds, on each of some days. */
function days(...each: [within: Readonly<Record<number, number>>, latest: number][]) {
  return each.map(([within, latest], at) => ({
    ...{ day: 20_666 + at, latest },
    counts: [...latenessBounds, Number.POSITIVE_INFINITY].map((bound) => within[bound] ?? 0),
  }));
}
const statusOf = (lateness: ReturnType<typeof days>, lookbackMs: number | undefined = 26 * hourMs) =>
  latenessStatus({ lookbackMs }, { lateness });
const textOf = (...of: Parameters<typeof statusOf>) => latenessText(statusOf(...of) ?? expect.unreachable());

describe("how late records came", () => {
  it("says within what most came, over all days, and that lookback is enough", () => {
    const lateness = days([{ 1800: 9_995, 14400: 5 }, 10_800], [{ 60: 10 }, 12]);
    expect(statusOf(lateness)).toEqual({
      ...{ days: 2, records: 10_010, latest_seconds: 10_800, within_seconds: 1_800 },
      ...{ lookback_seconds: 93_600, enough: true, advised_lookback: null },
    });
    expect(textOf(lateness)).toBe(
      "records come up to 3 h late (99.9 % within 30 min, over 2 days): lookback 26h is enough",
    );
  });

  it("says what lookback should be: a quarter more than the latest, a week at most", () => {
    const late = days([{ 172800: 3 }, 32 * 3_600]);
    expect(textOf(late)).toContain(": raise lookback from 26h to 40h");
    expect(textOf(days([{ 604800: 1 }, 6.5 * 86_400]))).toContain("raise lookback from 26h to 7d");
    const beyond = days([{ [Number.POSITIVE_INFINITY]: 1 }, 8 * 86_400]);
    expect(statusOf(beyond, 168 * hourMs)).toMatchObject({ enough: false, advised_lookback: null });
    expect(textOf(beyond, 168 * hourMs)).toContain("lookback 7d cannot reach that far");
    const other = withLookback(statusOf(late) ?? expect.unreachable(), 40 * hourMs);
    expect(other).toMatchObject({ enough: true, lookback_seconds: 144_000, latest_seconds: 115_200 });
  });

  it("is unknown before any came, and of what is not polled", () => {
    expect(statusOf([])).toBeNull();
    expect(latenessStatus({ lookbackMs: undefined }, { lateness: days([{ 60: 1 }, 1]) })).toBeNull();
    expect(latenessStatus({ lookbackMs: 1 }, undefined)).toBeNull();
  });

  it("asks for attention where lookback is too short", () => {
    const { runtime, state } = fakeRuntimeView();
    const lateness = days([{ 172800: 3 }, 32 * 3_600]);
    const sources = runtime.sources.map((hop) => ({ ...hop, lookbackMs: 26 * hourMs }));
    const seen = { ...state, sources: state.sources.map((each) => ({ ...each, lateness })) };
    const found = attentionTo({ ...runtime, sources }, seen, () => undefined);
    expect(found.filter(({ hop, reason }) => hop === "source prod" && reason === "lookback")).toMatchObject([
      { fix: expect.stringContaining("lookback: 40h") },
    ]);
    expect(attentionTo(runtime, seen, () => undefined).map(({ reason }) => reason)).not.toContain("lookback");
  });

  it("stands in status, on the page and as a metric", async () => {
    const fake = fakeRuntimeView();
    const { state } = fake;
    const lateness = days([{ 1800: 9_995, 14400: 5 }, 10_800]);
    state.sources = state.sources.map((each) => ({ ...each, lateness }));
    const sources = fake.runtime.sources.map((hop) => ({ ...hop, lookbackMs: 26 * hourMs }));
    const runtime = { ...fake.runtime, sources };
    const report = statusReport(runtime, { state, books: [] }, history(runtime));
    const text = "records come up to 3 h late (99.9 % within 30 min, over 1 day): lookback 26h is enough";
    expect(statusText(report, { colors: false })).toContain(`prod: ${text}`);
    expect(flow(report, true).markup).toContain(text);
    const counted = metrics(runtime, history(runtime));
    const total = { fetched: 3, new: 3, late: 0, unparseable: 0, seconds: 1, caughtUp: true };
    const late = { counts: [2, 1, ...Array(14).fill(0)], sum: 130, latest: 90 };
    counted.note({ type: "poll_done", source: "prod", ...total, lateness: late });
    const name = "wandb_audit_forwarder_record_lateness_seconds";
    const lines = (await counted.text()).split("\n").filter((line) => line.startsWith(name));
    expect(lines).toContain(`${name}_bucket{source="prod",le="60"} 2`);
    expect(lines).toContain(`${name}_bucket{source="prod",le="300"} 3`);
    expect(lines).toContain(`${name}_sum{source="prod"} 130`);
  });
});
