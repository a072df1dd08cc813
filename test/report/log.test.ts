import { describe, expect, it } from "vitest";
import { reportLog } from "../../src/report/log.ts";
import type { Report } from "../../src/report/report.ts";
import { scrubber } from "../../src/secret/scrub.ts";
import { Secret } from "../../src/secret/secret.ts";
import { ManualClock } from "../fake/manual-clock.ts";

function logged(level: "debug" | "info" | "warn" = "info", secrets: readonly string[] = []) {
  const clock = new ManualClock(Date.UTC(2026, 7, 1, 12));
  const lines: string[] = [];
  const tell = reportLog({
    level,
    format: "json",
    colors: false,
    clock,
    scrub: scrubber(secrets.map((value) => new Secret(value))),
    write: (line) => lines.push(line),
  });
  return { clock, lines, tell, parsed: () => lines.map((line) => JSON.parse(line)) };
}

const failure: Report = {
  type: "delivery_failed",
  output: "splunk",
  reason: "unauthorized",
  detail: "Splunk answered 403: Invalid token (code 4)",
  fix: "give the output a valid HEC token.",
  retryInMs: 30_000,
  seconds: 0.2,
};
const pollFailure: Report = {
  type: "poll_failed",
  source: "prod",
  reason: "timeout",
  message: "no answer within 30 s",
  fix: "check the address",
  retryInMs: 1_000,
  seconds: 30,
};

describe("log", () => {
  it("writes one JSON line that says what, where and what to do", () => {
    const { lines, tell, parsed } = logged();
    tell(failure);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith("\n")).toBe(true);
    expect(parsed()[0]).toEqual({
      level: "warn",
      time: "2026-08-01T12:00:00.000Z",
      type: "delivery_failed",
      output: "splunk",
      reason: "unauthorized",
      detail: "Splunk answered 403: Invalid token (code 4)",
      fix: "give the output a valid HEC token.",
      retry_in_seconds: 30,
      seconds: 0.2,
      msg: "output splunk: delivery failed, Splunk answered 403: Invalid token (code 4) (unauthorized). Fix: give the output a valid HEC token. Trying again in 30 s; everything is kept",
    });
  });

  it("rounds seconds to what people can use", () => {
    const { tell, parsed } = logged();
    tell({ ...failure, retryInMs: 1_234.567_89, seconds: 0.060_316_775 });
    tell({ type: "released", output: "splunk", heldSeconds: 61.234_567 });
    expect(parsed()[0]).toMatchObject({ retry_in_seconds: 1.235, seconds: 0.06 });
    expect(parsed()[1]).toMatchObject({ held_seconds: 61.235 });
  });

  it("has a line for every kind of report", () => {
    const { lines, tell, parsed } = logged("debug");
    for (const report of everyReport) tell(report);
    expect(lines).toHaveLength(everyReport.length);
    for (const [index, line] of parsed().entries()) {
      expect(line.type).toBe(everyReport[index]?.type);
      expect(line.msg).not.toMatch(/undefined|NaN|\[object/);
      expect(line.msg.length).toBeGreaterThan(10);
    }
  });

  it("tells a repeated failure once, then once a minute with how many were left out", () => {
    const { clock, tell, parsed } = logged();
    for (let second = 0; second < 130; second++) {
      tell(pollFailure);
      clock.advance(1_000);
    }
    expect(parsed().map(({ repeated }) => repeated)).toEqual([undefined, 59, 59]);
  });

  it("tells a new reason, and a failure after a recovery, at once", () => {
    const { tell, parsed } = logged();
    tell(pollFailure);
    tell({ ...pollFailure, reason: "dns" });
    tell({ type: "source_recovered", source: "prod", failures: 2, failedSeconds: 30 });
    tell(pollFailure);
    tell(failure);
    tell({ type: "released", output: "splunk", heldSeconds: 60 });
    tell(failure);
    expect(parsed().map(({ type }) => type)).toEqual([
      "poll_failed",
      "poll_failed",
      "source_recovered",
      "poll_failed",
      "delivery_failed",
      "released",
      "delivery_failed",
    ]);
  });

  it("keeps thousands of dead letters from flooding the log", () => {
    const { tell, lines } = logged();
    for (let index = 0; index < 5_000; index++)
      tell({ type: "dead", output: "splunk", uid: `${index}`, reason: "bad_event", detail: "code 6" });
    expect(lines).toHaveLength(1);
  });

  it("tells a gap once a day, however often it is read", () => {
    const { tell, lines, clock } = logged();
    for (let poll = 0; poll < 20; poll++) {
      tell({ type: "source_gap", source: "prod", day: "2026-07-01", reason: "gone" });
      clock.advance(300_000);
    }
    expect(lines).toHaveLength(1);
  });

  it("escapes what a terminal would obey, and stays one line", () => {
    const nasty = "\u001b[2J\u009b31m\u202eevil\u2028\r\n\u0000\u007f\ud800";
    const { tell, lines, parsed } = logged();
    tell({ ...failure, detail: nasty });
    expect(lines[0]).toMatch(/^[\x20-\x7e]+\n$/);
    expect(parsed()[0].detail).toBe(nasty);
  });

  it("never shows a secret, whatever a message quotes", () => {
    const { tell, lines } = logged("info", ["hunter2-token"]);
    const basic = Buffer.from("api:hunter2-token").toString("base64");
    tell({ ...failure, detail: `refused hunter2-token and Basic ${basic}` });
    expect(lines[0]).not.toContain("hunter2");
    expect(lines[0]).not.toContain(basic);
    expect(lines[0]).toContain("***");
  });

  it("tells a read that brought nothing new, and each batch, only at debug", () => {
    const read = { type: "poll_done", source: "prod", fetched: 9, late: 0, unparseable: 0 } as const;
    const { tell, parsed } = logged("info");
    tell({ ...read, new: 0, seconds: 1, caughtUp: true });
    tell({ type: "delivered", output: "soc", events: 5, bytes: 1_000, seconds: 0.1, ages: [1] });
    tell({ ...read, new: 1, seconds: 1, caughtUp: true });
    expect(parsed().map(({ msg }) => msg)).toEqual(["source prod: read 9 records, 1 new, in 1 s"]);
  });

  it("writes for people when asked to: the same words, without secrets, thinned alike", () => {
    const lines: string[] = [];
    const clock = new ManualClock(Date.UTC(2026, 7, 1, 12));
    const scrub = scrubber([new Secret("hunter2-token")]);
    const tell = reportLog({
      level: "info",
      format: "text",
      colors: false,
      clock,
      scrub,
      write: (line) => lines.push(line),
    });
    tell({ ...pollFailure, message: "hunter2-token is wrong" });
    tell(pollFailure);
    tell({ type: "filtered", output: "soc", events: 5 });
    clock.advance(60_000);
    tell(pollFailure);
    expect(lines).toEqual([
      "2026-08-01 12:00:00  warn   source prod: read failed, *** is wrong (timeout). Fix: check the address. Trying again in 1 s; nothing is skipped\n",
      "2026-08-01 12:01:00  warn   source prod: read failed, no answer within 30 s (timeout). Fix: check the address. Trying again in 1 s; nothing is skipped (1 more like this since the last line)\n",
    ]);
  });

  it("keeps quiet below its level", () => {
    const { tell, lines } = logged("warn");
    tell({ type: "config_reloaded" });
    expect(lines).toEqual([]);
  });
});

const everyReport: readonly Report[] = [
  { type: "started", version: "1.0.0", sources: ["prod"], outputs: ["soc"], admin: "http://127.0.0.1:9464" },
  { type: "started", version: "1.0.0", sources: [], outputs: [] },
  { type: "stopping", why: "SIGTERM" },
  { type: "stopped", drained: true, dead: 0 },
  { type: "stopped", drained: false, dead: 0 },
  { type: "stopped", drained: false, dead: 7 },
  {
    type: "poll_done",
    source: "prod",
    fetched: 10,
    new: 3,
    late: 1,
    unparseable: 1,
    seconds: 0.3,
    caughtUp: true,
  },
  pollFailure,
  { type: "source_recovered", source: "prod", failures: 3, failedSeconds: 75 },
  { type: "source_held", source: "prod", reason: "unauthorized", detail: "HTTP 401", fix: "check api_key" },
  { type: "source_released", source: "prod", heldSeconds: 3_000 },
  { type: "clock_wrong", source: "prod", seconds: -300 },
  { type: "clock_right", source: "prod" },
  { type: "source_notice", source: "prod", text: "dialect v4 found" },
  { type: "source_gap", source: "prod", day: "2026-07-01", reason: "refused" },
  { type: "backfill_planned", source: "prod", from: "2026-07-01", to: "2026-07-03" },
  {
    ...{ type: "backfill_day", source: "prod", day: "2026-07-01", fetched: 9, new: 3, late: 3 },
    ...{ unparseable: 0, seconds: 0.3, left: 1 },
  },
  {
    ...{ type: "backfill_failed", source: "prod", day: "2026-07-01", reason: "cut_body", message: "cut" },
    ...{ fix: "wait", kept: { fetched: 0, new: 0, late: 0, unparseable: 0 } },
  },
  { type: "backfill_done", source: "prod", fetched: 9, new: 3, gaps: 0 },
  { type: "backfill_done", source: "prod", fetched: 9, new: 3, gaps: 1 },
  { type: "backfill_cancelled", source: "prod" },
  { type: "other_organization", source: "prod", detail: "others", fix: "use a service account" },
  { type: "twins_undecided", source: "prod", events: 2 },
  { type: "read_again", source: "prod", doubted: 1, missing: 3 },
  { type: "day_shrank", source: "prod", day: "2026-07-01", before: 10, now: 3 },
  {
    ...{ type: "day_closed", source: "prod", day: "2026-07-01", records: 9, identities: 8 },
    digest: "ab".repeat(32),
  },
  { type: "witness_day", source: "archive", day: "2026-07-01", fetched: 9, missing: 0, extra: 0, seconds: 1 },
  { type: "witness_differs", source: "archive", day: "2026-07-01", missing: 2, extra: 1, uids: ["ab"] },
  { type: "witness_agrees", source: "archive", day: "2026-07-01" },
  { type: "witness_failed", source: "archive", day: "2026-07-01", message: "it was cut", passed: true },
  { type: "delivered", output: "soc", events: 5, bytes: 1_000, seconds: 0.1, ages: [1] },
  { type: "filtered", output: "soc", events: 5 },
  { type: "unknown_actions", output: "soc", source: "prod", events: 2 },
  failure,
  { type: "delivery_warning", output: "soc", text: "one copy only" },
  { type: "held", output: "soc", reason: "tls", detail: "certificate has expired", fix: "renew it" },
  { type: "held", output: "soc", reason: "tls", detail: "certificate has expired" },
  { type: "released", output: "soc", heldSeconds: 3_000 },
  { type: "dead", output: "soc", uid: "ab", reason: "too_large", detail: "2 MB" },
  { type: "output_recovered", output: "soc", failures: 3, failedSeconds: 75 },
  { type: "output_abandoned", output: "old", pending: 3 },
  { type: "damage", source: "prod", records: 3, reason: "checksum" },
  { type: "state_tightened", directory: "/var/lib/forwarder/state", mode: 0o2770, files: 3 },
  { type: "state_tightened", directory: "/var/lib/forwarder/state", mode: undefined, files: 1 },
  {
    type: "config_warning",
    path: "outputs[0].token",
    text: "the secret stands in this file",
    fix: "move it",
  },
  { type: "config_warning", path: "outputs[0].token", text: "the secret stands in this file" },
  { type: "spool_full", bytes: 10, maxBytes: 10, diskFull: true },
  { type: "spool_room", bytes: 9, maxBytes: 10 },
  { type: "pruned", records: 9 },
  { type: "secret_reloaded", owner: "output soc" },
  { type: "tls_reloaded", owner: "soc" },
  { type: "files_rejected", owner: "soc", text: "tls.ca: /etc/ca.pem is not a PEM file" },
  { type: "config_reloaded" },
  { type: "service_trouble", text: "the service manager cannot be told: no systemd-notify" },
  { type: "summary", text: "read 3 records, 1 new" },
  { type: "config_rejected", problems: 2, first: "outputs[0].url: not a URL" },
  { type: "config_rejected", problems: 1, first: "outputs[0].url: not a URL" },
  { type: "config_rejected", problems: 1, first: "the disk of state_dir is full", fix: "make room" },
  { type: "config_unchanged" },
  { type: "reload_ignored", why: "it is stopping" },
  { type: "ready" },
  { type: "ready", unproven: ["output soc (tls)"] },
  { type: "not_ready", hops: ["output soc (tls)"], starting: false },
  { type: "delivery_summary", output: "soc", events: 1, batches: 1, bytes: 700, overSeconds: 3 },
];
