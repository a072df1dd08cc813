import { describe, expect, it } from "vitest";
import { incidentLines, pastLines } from "../../src/command/past-text.ts";
import type { Report } from "../../src/report/report.ts";
import { history } from "../../src/status/history.ts";
import { statusReport } from "../../src/status/status.ts";
import { fakeRuntimeView } from "../status/fake-runtime-view.ts";

const told = (type: string, more: object) => ({ type, output: "soc", ...more }) as Report;
const minute = 60_000;

function begin() {
  const fake = fakeRuntimeView();
  const past = history(fake.runtime);
  const report = () => statusReport(fake.runtime, fake.spooled(), past, "1h");
  return { ...fake, past, report };
}

describe("the past on a terminal", () => {
  it("shows each hop's counts per minute and how far it was behind, as the page does", () => {
    const { past, clock, state, report } = begin();
    past.note(told("delivered", { events: 120, bytes: 1_024 * 300, seconds: 1, ages: [] }));
    past.measure(state);
    clock.advance(minute);
    past.note(told("delivered", { events: 60, bytes: 0, seconds: 1, ages: [] }));
    const lines = pastLines(report(), (text) => `# ${text}`, true);
    expect(lines[0]).toBe("# The last hour");
    const soc = lines.find((line) => line.trimStart().startsWith("soc"));
    expect(soc).toMatch(/·+█ +120\/min/);
    expect(soc).toContain("2026-08-01 12:01:00");
    // Behind since a minute more than when it was measured.
    expect(lines.find((line) => line.trimStart().startsWith("prod"))).toMatch(/2 min$|120 s$/);
  });

  it("names the last incidents, those that go on first", () => {
    const { past, clock, report } = begin();
    expect(incidentLines(report(), (text) => text)).toEqual([]);
    past.note(told("delivery_failed", { reason: "connect", retryInMs: 1, seconds: 1 }));
    past.note(told("held", { reason: "tls" }));
    clock.advance(minute);
    past.note(told("released", { heldSeconds: 60 }));
    for (let at = 0; at < 6; at++) {
      past.note(told("delivery_failed", { reason: "busy", retryInMs: 1, seconds: 1 }));
      clock.advance(minute);
      if (at < 5) past.note(told("output_recovered", { failures: 1, failedSeconds: 60 }));
    }
    const lines = incidentLines(report(), (text) => text);
    expect(lines[2]).toMatch(/60 s +output soc +busy +1 +goes on$/);
    expect(lines.at(-2)).toBe("  2 more in status --json");
  });

  it("says nothing where no daemon runs", () => {
    const { runtime, spooled } = begin();
    const report = statusReport(runtime, spooled(), undefined);
    expect([pastLines(report, (text) => text, true), incidentLines(report, (text) => text)]).toEqual([
      [],
      [],
    ]);
  });
});
