import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { history } from "../../src/status/history.ts";
import { metricTable } from "../../src/status/metric-table.ts";
import { metrics } from "../../src/status/metrics.ts";
import { cpuMs } from "../fake/cpu-time.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

const promtool = spawnSync("promtool", ["--version"]).status === 0;

/** Values by series, of our own metrics. */
async function scrape(text: Promise<string>): Promise<ReadonlyMap<string, number>> {
  const lines = (await text).split("\n").filter((line) => line.startsWith("wandb_audit_forwarder_"));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice("wandb_audit_forwarder_".length, space), Number(line.slice(space + 1))];
    }),
  );
}

describe("metrics", () => {
  it("shows every series of every source and output from the start, at 0", async () => {
    const { runtime } = fakeRuntimeView();
    const seen = await scrape(metrics(runtime, history(runtime)).text());
    for (const series of [
      'records_fetched_total{source="prod"}',
      'records_new_total{source="archive"}',
      'records_late_total{source="prod"}',
      'unparseable_records_total{source="prod"}',
      'undecided_twins_total{source="prod"}',
      'source_errors_total{source="prod",reason="unauthorized"}',
      'source_errors_total{source="archive",reason="cut_body"}',
      'source_gap_days{source="prod"}',
      'source_left_out_records{source="prod"}',
      'source_held{source="prod"}',
      'source_clock_difference_seconds{source="prod"}',
      'poll_duration_seconds_count{source="prod"}',
      'events_delivered_total{output="soc"}',
      'events_filtered_total{output="soc"}',
      'events_dead_total{output="soc",reason="bad_event"}',
      'delivery_errors_total{output="splunk",reason="tls"}',
      'unknown_actions_total{source="prod",output="soc"}',
      'send_duration_seconds_count{output="soc"}',
      'end_to_end_seconds_count{output="soc"}',
      'end_to_end_seconds_bucket{output="soc",le="+Inf"}',
      'output_lag_seconds{output="soc"}',
      'output_backlog_events{output="splunk"}',
      'output_held{output="splunk"}',
      "secret_reloads_total",
    ])
      expect(seen.get(series), series).toBe(0);
    expect(seen.get('build_info{version="1.2.3"}')).toBe(1);
  });

  it("registers exactly what the table lists", async () => {
    const { runtime } = fakeRuntimeView();
    const text = await metrics(runtime, history(runtime)).text();
    const typed = [...text.matchAll(/^# TYPE (wandb_\S+) (\S+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(typed.sort()).toEqual(metricTable.map(({ name, type }) => `${name} ${type}`).sort());
  });

  it("counts what is reported", async () => {
    const { runtime } = fakeRuntimeView();
    const { note, text } = metrics(runtime, history(runtime));
    const kept = { fetched: 5, new: 2, late: 0, unparseable: 0 };
    note({
      type: "poll_done",
      source: "prod",
      fetched: 10,
      new: 4,
      late: 2,
      unparseable: 1,
      seconds: 0.3,
      caughtUp: true,
    });
    note({
      type: "poll_failed",
      source: "prod",
      reason: "cut_body",
      message: "",
      fix: "",
      retryInMs: 1,
      seconds: 2,
      kept,
    });
    note({
      type: "delivered",
      output: "soc",
      events: 3,
      bytes: 1_000,
      seconds: 0.05,
      ages: [0.5, 90, 2_000_000],
    });
    note({ type: "filtered", output: "soc", events: 7 });
    note({ type: "dead", output: "soc", uid: "u", reason: "too_large", detail: "" });
    note({
      type: "delivery_failed",
      output: "soc",
      reason: "timeout",
      detail: "",
      retryInMs: 1,
      seconds: 30,
    });
    note({ type: "unknown_actions", output: "soc", source: "prod", events: 2 });
    note({ type: "secret_reloaded", owner: "soc" });
    const seen = await scrape(text());
    expect(seen.get('records_fetched_total{source="prod"}')).toBe(15);
    expect(seen.get('records_new_total{source="prod"}')).toBe(6);
    expect(seen.get('records_late_total{source="prod"}')).toBe(2);
    expect(seen.get('unparseable_records_total{source="prod"}')).toBe(1);
    expect(seen.get('source_errors_total{source="prod",reason="cut_body"}')).toBe(1);
    expect(seen.get('poll_duration_seconds_sum{source="prod"}')).toBeCloseTo(2.3);
    expect(seen.get('events_delivered_total{output="soc"}')).toBe(3);
    expect(seen.get('events_filtered_total{output="soc"}')).toBe(7);
    expect(seen.get('events_dead_total{output="soc",reason="too_large"}')).toBe(1);
    expect(seen.get('delivery_errors_total{output="soc",reason="timeout"}')).toBe(1);
    expect(seen.get('unknown_actions_total{source="prod",output="soc"}')).toBe(2);
    expect(seen.get('send_duration_seconds_count{output="soc"}')).toBe(2);
    expect(seen.get("secret_reloads_total")).toBe(1);
    const age = (le: string) => seen.get(`end_to_end_seconds_bucket{output="soc",le="${le}"}`);
    expect([age("1"), age("60"), age("300"), age("604800"), age("+Inf")]).toEqual([1, 1, 2, 2, 3]);
    expect(seen.get('end_to_end_seconds_sum{output="soc"}')).toBe(2_000_090.5);
  });

  it("reads what is state at the moment of the scrape", async () => {
    const { runtime, state, conditions, clock } = fakeRuntimeView();
    const { text } = metrics(runtime, history(runtime));
    await text();
    const [, soc] = state.outputs;
    if (soc === undefined) throw new Error("no output");
    state.outputs[1] = { ...soc, backlog: { suspects: 0, events: 12, oldestObserved: clock.now() - 45_000 } };
    state.outputs.push({ ...soc, output: "gone", abandoned: true, backlog: { suspects: 0, events: 3 } });
    state.sources[0] = {
      source: "prod",
      watermark: clock.now() - 120_000,
      lastSuccess: 5_000,
      newestEvent: 4_000,
      gaps: [{ day: 1, reason: "gone" }],
    };
    state.usage = { bytes: 77, maxBytes: 100, full: false, diskFull: false };
    conditions.soc = { state: "held", since: 0, failures: 1, stallsAt: 0 };
    conditions.prod = { state: "held", since: 0, failures: 1, stallsAt: 0 };
    const seen = await scrape(text());
    expect(seen.get('output_backlog_events{output="soc"}')).toBe(12);
    expect(seen.get('output_lag_seconds{output="soc"}')).toBe(45);
    expect(seen.get('output_held{output="soc"}')).toBe(1);
    expect(seen.get('source_held{source="prod"}')).toBe(1);
    expect(seen.get('source_held{source="archive"}')).toBe(0);
    expect(seen.get('output_backlog_events{output="gone"}')).toBe(3);
    expect(seen.get('source_lag_seconds{source="prod"}')).toBe(120);
    expect(seen.get('source_last_success_timestamp_seconds{source="prod"}')).toBe(5);
    expect(seen.get('source_newest_event_timestamp_seconds{source="prod"}')).toBe(4);
    expect(seen.get('source_gap_days{source="prod"}')).toBe(1);
    expect(seen.get("spool_bytes")).toBe(77);
    expect(seen.get("spool_max_bytes")).toBe(100);
    expect(seen.get("state_disk_free_bytes")).toBe(5_000);
    expect(seen.get("ready")).toBe(0);
  });

  it("says of which date the newest manifest of an archive is, where there is one", async () => {
    const { runtime, state } = fakeRuntimeView();
    const [soc] = state.outputs;
    const manifest = { number: 3, date: "2026-08-01", hash: "ab" };
    state.outputs = state.outputs.map((output) => (output === soc ? { ...output, manifest } : output));
    const seen = await scrape(metrics(runtime, history(runtime)).text());
    const name = "archive_manifest_timestamp_seconds";
    expect([...seen.keys()].filter((key) => key.startsWith(name))).toEqual([
      `${name}{output="${soc?.output}"}`,
    ]);
    expect(seen.get(`${name}{output="${soc?.output}"}`)).toBe(Date.parse("2026-08-01") / 1000);
  });

  it("shows the dead letters that are there, damage, and what the status page shows in amber", async () => {
    const { runtime, state } = fakeRuntimeView();
    const { text } = metrics(runtime, history(runtime));
    const named = (seen: ReadonlyMap<string, number>) =>
      [...seen].filter(([key]) => /^(attention|output_dead_letters|spool_damages)/.test(key));
    expect(named(await scrape(text()))).toEqual([
      ['output_dead_letters{output="splunk"}', 0],
      ['output_dead_letters{output="soc"}', 0],
      ["spool_damages", 0],
    ]);
    const calm = { ...state };
    state.outputs = state.outputs.map((each) => (each.output === "soc" ? { ...each, dead: 3 } : each));
    state.sources = state.sources.map((each) =>
      each.source === "prod" ? { ...each, gaps: [{ day: 1, reason: "gone" }] } : each,
    );
    state.damage = [{ firstSeq: 4, count: 2, source: "prod", at: 0, reason: "bits" }];
    expect(named(await scrape(text()))).toEqual([
      ['output_dead_letters{output="splunk"}', 0],
      ['output_dead_letters{output="soc"}', 3],
      ["spool_damages", 1],
      ['attention{hop="source prod",reason="gap_days"}', 1],
      ['attention{hop="output soc",reason="dead_letters"}', 1],
    ]);
    Object.assign(state, calm);
    expect(named(await scrape(text())).filter(([key]) => key.startsWith("attention"))).toEqual([]);
  });

  it("says ready as /readyz does", async () => {
    const { runtime } = fakeRuntimeView();
    expect((await scrape(metrics(runtime, history(runtime)).text())).get("ready")).toBe(1);
  });

  it("never shows a negative lag when the clock is set back", async () => {
    const { runtime, clock, state } = fakeRuntimeView();
    state.outputs = state.outputs.map((output) => ({
      ...output,
      backlog: { suspects: 0, events: 1, oldestObserved: clock.now() },
    }));
    const { text } = metrics(runtime, history(runtime));
    clock.jump(-2 * 86_400_000);
    const seen = await scrape(text());
    expect(seen.get('source_lag_seconds{source="prod"}')).toBe(0);
    expect(seen.get('output_lag_seconds{output="soc"}')).toBe(0);
  });

  it("takes a million ages cheaply", async () => {
    const { runtime } = fakeRuntimeView();
    const { note } = metrics(runtime, history(runtime));
    const ages = Array.from({ length: 1_000 }, (_, index) => index);
    const took = cpuMs(() => {
      for (let batch = 0; batch < 1_000; batch++)
        note({ type: "delivered", output: "soc", events: 1_000, bytes: 1_000, seconds: 1, ages });
    });
    expect(took).toBeLessThan(1_000);
  });

  it.skipIf(!promtool)(
    "is clean for promtool but for one agreed name (skipped where it is not installed)",
    async () => {
      const { runtime } = fakeRuntimeView();
      const input = await metrics(runtime, history(runtime)).text();
      const { stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
      // The name is fixed by contract; what it counts are calendar days, not a duration.
      const agreed = 'wandb_audit_forwarder_source_gap_days use base unit "seconds" instead of "days"';
      const complaints = `${stdout}${stderr}`.split("\n").filter((line) => line !== "" && line !== agreed);
      expect(complaints).toEqual([]);
    },
  );
});
