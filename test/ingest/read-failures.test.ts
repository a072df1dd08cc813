import { describe, expect, it } from "vitest";
import { holds, ReadFailures } from "../../src/ingest/read-failures.ts";
import type { Report } from "../../src/report/report.ts";
import { SourceError, type SourceReason } from "../../src/source/source.ts";
import { ConditionKeeper } from "../../src/status/condition.ts";
import { ManualClock } from "../fake/manual-clock.ts";

const nothing = { fetched: 0, new: 0, late: 0, unparseable: 0 };
const error = (reason: SourceReason) => new SourceError(reason, `it was ${reason}`, "mend it");

function watched() {
  const clock = new ManualClock(Date.UTC(2026, 7, 1, 12));
  const reports: Report[] = [];
  const condition = new ConditionKeeper(clock);
  let reloads = 0;
  /** What files hold differs the next time that they are read. */
  const changed: string[] = [];
  const failures = new ReadFailures({
    name: "prod",
    clock,
    random: () => 0.5,
    tell: (report) => reports.push(report),
    condition,
    backoff: { minMs: 1_000, maxMs: 300_000 },
    holdIntervalMs: 60_000,
    graceMs: 60_000,
    noteHold: () => {},
    reload: () => {
      reloads++;
      return changed.splice(0).length > 0;
    },
  });
  return { clock, reports, condition, failures, changed, reloads: () => reloads };
}

describe("a read that fails", () => {
  it("holds the source at once when only a person can mend it, and reads secrets again each time", () => {
    const { failures, condition, reports, reloads, clock } = watched();
    expect(failures.failed(error("unauthorized"), 1, nothing)).toBe(60_000);
    expect(condition.now).toMatchObject({
      state: "held",
      reason: "unauthorized",
      failures: 1,
      fix: "mend it",
    });
    clock.advance(60_000);
    failures.reading();
    expect(condition.now).toMatchObject({ state: "held", since: 0, stallsAt: Number.POSITIVE_INFINITY });
    failures.failed(error("forbidden"), 1, nothing);
    expect(reports.map(({ type }) => type)).toEqual(["poll_failed", "source_held", "poll_failed"]);
    expect(reloads()).toBe(2);
  });

  it("holds for a wrong key, organization, address or certificate, not for weather", () => {
    const held = [
      "unauthorized",
      "forbidden",
      "multiple_organizations",
      "not_found",
      "bad_request",
      "redirect",
      "tls",
    ] as const;
    const weather = ["server_error", "rate_limited", "timeout", "connect", "cut_body", "dns"] as const;
    expect(held.every((reason) => holds(error(reason)))).toBe(true);
    expect(weather.some((reason) => holds(error(reason)))).toBe(false);
  });

  it("is still held when the server then cannot be reached, until a read ends cleanly", () => {
    const { failures, condition, reports, clock } = watched();
    failures.failed(error("unauthorized"), 1, nothing);
    clock.advance(60_000);
    failures.reading();
    failures.failed(error("server_error"), 1, nothing);
    expect(condition.now).toMatchObject({ state: "held", since: 0, reason: "server_error" });
    // A full spool in between hides the hold, and does not end it.
    condition.become("blocked", { reason: "spool_full" });
    failures.reading();
    expect(condition.now).toMatchObject({ state: "held", reason: "server_error" });
    clock.advance(60_000);
    failures.over();
    expect(condition.now).toMatchObject({ state: "idle", failures: 0 });
    expect(condition.now.reason).toBeUndefined();
    expect(reports.at(-1)).toEqual({ type: "source_released", source: "prod", heldSeconds: 120 });
  });

  it("says after a recovery how often and for how long it failed", () => {
    const { failures, condition, reports, clock, reloads } = watched();
    for (let time = 0; time < 3; time++) {
      failures.reading();
      failures.failed(error("server_error"), 1, nothing);
      expect(condition.now.state).toBe("retrying");
      clock.advance(30_000);
    }
    failures.reading();
    expect(condition.now).toMatchObject({ state: "working", reason: "server_error", failures: 3 });
    failures.over();
    expect(reports.at(-1)).toEqual({
      type: "source_recovered",
      source: "prod",
      failures: 3,
      failedSeconds: 90,
    });
    failures.reading();
    failures.over();
    expect(reports.filter(({ type }) => type === "source_recovered")).toHaveLength(1);
    // A certificate may be what the connection failed for.
    expect(reloads()).toBe(3);
  });

  it("is tried again at once, and holds nothing, when what files hold has changed meanwhile", () => {
    const { failures, changed, reports, condition } = watched();
    changed.push("key");
    expect(failures.failed(error("tls"), 1, nothing)).toBe(0);
    expect(condition.now.state).toBe("retrying");
    expect(failures.failed(error("tls"), 1, nothing)).toBe(60_000);
    expect(reports.map(({ type }) => type)).toEqual(["poll_failed", "poll_failed", "source_held"]);
  });

  it("waits as long as the server asks", () => {
    const { failures } = watched();
    const busy = new SourceError("rate_limited", "429", "wait", { retryAfterMs: 90_000 });
    expect(failures.failed(busy, 1, nothing)).toBe(90_000);
  });
});
