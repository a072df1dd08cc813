import { describe, expect, it } from "vitest";
import { statusText } from "../../src/command/status-text.ts";
import { statusReport } from "../../src/status/status.ts";
import { bookRow, fakeRuntimeView, historyOfReads } from "../status/fake-runtime-view.ts";

describe("status text", () => {
  it("tells what is stuck, why and the fix, and obeys no control character", () => {
    const { runtime, conditions, clock, spooled } = fakeRuntimeView();
    conditions.splunk = {
      state: "held",
      since: clock.monotonic(),
      failures: 2,
      reason: "unauthorized",
      detail: "Invalid token \u001b[2J",
      fix: "give a valid token",
      stallsAt: 0,
    };
    const text = statusText(statusReport(runtime, spooled(), historyOfReads(runtime)), { colors: false });
    expect(text).toContain("not ready: output splunk");
    expect(text).toContain("Invalid token \\u001b[2J");
    expect(text).toContain("Fix: give a valid token");
    expect(text).toContain("soc: certificates are not verified");
    expect(text).not.toContain("\u001b");
  });

  it("counts what waits for any output once, and says which output has it before it", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.waiting = 7;
    const text = statusText(statusReport(runtime, spooled(), historyOfReads(runtime)), { colors: false });
    expect(text).toContain("1000 B of 9.8 KiB, 7 records not everywhere yet");
  });

  it("shows what a source has learned of its server, once it has read", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    const text = () =>
      statusText(statusReport(runtime, spooled(), historyOfReads(runtime)), { colors: false });
    const [source] = state.sources;
    state.sources = [{ ...source, cursor: undefined } as never];
    expect(text()).not.toContain("learned");
    state.sources = [{ ...source, cursor: "[]" } as never];
    expect(text()).toContain("prod: learned: answers with NDJSON");
  });

  it("shows the newest manifest of an archive, which is what the SIEM was told", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    const manifest = { number: 3, date: "2026-08-01", hash: "ab".repeat(32) };
    state.outputs = state.outputs.map((output) => ({ ...output, manifest }));
    const text = statusText(statusReport(runtime, spooled(), historyOfReads(runtime)), { colors: false });
    expect(text).toContain(`soc: manifest 3 of 2026-08-01, ${manifest.hash}`);
  });

  it("uses colours only where they are shown", () => {
    const { runtime, spooled } = fakeRuntimeView();
    expect(statusText(statusReport(runtime, spooled(), historyOfReads(runtime)), { colors: true })).toContain(
      "\u001b[32mready",
    );
  });

  it("shouts when the books do not balance", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.books = [bookRow({ pending: 0 })];
    expect(
      statusText(statusReport(runtime, spooled(), historyOfReads(runtime)), { colors: false }),
    ).toContain("do NOT balance");
  });
});
