import { expect, it } from "vitest";
import { history } from "../../src/status/history.ts";
import { metrics } from "../../src/status/metrics.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

it("counts what is told of reads, also of those that failed", async () => {
  const { runtime } = fakeRuntimeView();
  const { note, text } = metrics(runtime, history(runtime));
  const records = { fetched: 9, new: 3, late: 1, unparseable: 1 };
  note({ type: "poll_done", source: "prod", ...records, seconds: 2, caughtUp: true });
  note({
    type: "poll_failed",
    source: "prod",
    reason: "cut_body",
    message: "cut",
    fix: "wait",
    retryInMs: 1,
    seconds: 1,
    kept: records,
  });
  note({ type: "twins_undecided", source: "prod", events: 2 });
  const shown = await text();
  for (const line of [
    'records_fetched_total{source="prod"} 18',
    'records_new_total{source="prod"} 6',
    'records_late_total{source="prod"} 2',
    'unparseable_records_total{source="prod"} 2',
    'undecided_twins_total{source="prod"} 2',
    'undecided_twins_total{source="archive"} 0',
    'source_errors_total{source="prod",reason="cut_body"} 1',
    'poll_duration_seconds_count{source="prod"} 2',
  ])
    expect(shown).toContain(`wandb_audit_forwarder_${line}`);
});
