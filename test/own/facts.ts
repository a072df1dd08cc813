import type { OwnAction, OwnFact } from "../../src/own/own-fact.ts";

/** One fact of each kind, as the program makes them. */
export const facts: Readonly<Record<OwnAction, OwnFact>> = {
  gap_found: {
    action: "gap_found",
    source: "prod",
    days: ["2026-07-20/2026-07-22", "2026-07-25"],
    count: 4,
    reason: "the server does not reach back to this day",
  },
  gap_filled: { action: "gap_filled", source: "prod", days: ["2026-07-25"], count: 1 },
  gap_dropped: { action: "gap_dropped", source: "prod", days: ["2026-07-20"], count: 1, why: "not_wanted" },
  output_held: { action: "output_held", output: "splunk", reason: "unauthorized" },
  output_released: { action: "output_released", output: "splunk", reason: "unauthorized", seconds: 3600 },
  key_rejected: { action: "key_rejected", source: "prod", reason: "forbidden" },
  key_accepted: { action: "key_accepted", source: "prod", reason: "forbidden", seconds: 61 },
  source_held: { action: "source_held", source: "prod", reason: "tls" },
  source_released: { action: "source_released", source: "prod", reason: "tls", seconds: 1 },
  first_dead_letter: {
    action: "first_dead_letter",
    output: "splunk",
    reason: "too_large",
    source: "prod",
    uid: "0123456789abcdef0123456789abcdef",
  },
  witness_differs: {
    action: "witness_differs",
    source: "archive",
    day: "2026-07-30",
    missing: 2,
    extra: 1,
    examples: [
      {
        of: "missing",
        uid: "0123456789abcdef0123456789abcdef",
        time: "2026-07-30T10:00:00.000Z",
        action: "user:login",
      },
      { of: "extra", uid: "fedcba9876543210fedcba9876543210" },
    ],
  },
  witness_agrees: { action: "witness_agrees", source: "archive", day: "2026-07-30", seconds: 7200 },
  day_shrank: { action: "day_shrank", source: "prod", day: "2026-07-30", before: 1200, now: 900 },
  loss_accepted: { action: "loss_accepted", loss: "dead_letters", output: "splunk", records: 12 },
  configuration_changed: {
    action: "configuration_changed",
    added: ["outputs.soc"],
    removed: [],
    changed: ["sources.prod", "spool"],
  },
  daily_summary: {
    action: "daily_summary",
    day: "2026-07-31",
    sources: [{ source: "prod", fetched: 5000, known: 3800, new: 1200, late: 3, unparseable: 0 }],
    outputs: [
      {
        output: "splunk",
        delivered: 1100,
        filtered: 90,
        dead: 1,
        dropped: 0,
        skipped: 0,
        lost: 0,
        pending: 9,
      },
    ],
    gaps: [{ source: "prod", days: ["2026-07-25"], count: 1 }],
  },
  heartbeat: {
    action: "heartbeat",
    output: "splunk",
    backlog: 9,
    lag_seconds: 42,
    sources: [{ source: "prod", lag_seconds: 300, newest_event: "2026-07-31T23:59:58.000Z" }],
  },
};
