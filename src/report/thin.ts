import { type Clock, dayMs } from "../time/clock.ts";
import type { Report } from "./report.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/**
 * More different happenings than configured names and closed sets can make; text from outside could make
 * more.
 */
const mostRemembered = 2_000;

/**
 * Lets the first of equal happenings through and then one a minute (what never changes by itself: one a
 * day), with how many were left out since. A hop that recovers starts afresh, so that its next failure is
 * seen at once. Gives back undefined for what is left out.
 */
export function thinner(clock: Clock): (report: Report) => number | undefined {
  const seen = new Map<string, { at: number; left: number }>();

  function forget(hop: string): void {
    for (const key of seen.keys()) if (key.startsWith(`${hop} `)) seen.delete(key);
  }

  return (report) => {
    if (report.type === "source_recovered" || report.type === "source_released")
      forget(`source/${report.source} poll_failed`);
    if (report.type === "output_recovered" || report.type === "released") forget(`output/${report.output}`);
    const repeat = repeatOf(report);
    if (repeat === undefined) return 0;
    const now = clock.monotonic();
    const last = seen.get(repeat.key);
    if (last !== undefined && now - last.at < repeat.onceInMs) {
      last.left++;
      return undefined;
    }
    if (seen.size >= mostRemembered) seen.clear();
    seen.set(repeat.key, { at: now, left: 0 });
    return last?.left ?? 0;
  };
}

/** What counts as the same happening, and how often it is told. */
function repeatOf(report: Report): { key: string; onceInMs: number } | undefined {
  switch (report.type) {
    case "poll_failed":
      return { key: `source/${report.source} poll_failed ${report.reason}`, onceInMs: minuteMs };
    case "backfill_failed":
    case "sweep_failed":
      return { key: `source/${report.source} ${report.type} ${report.day}`, onceInMs: hourMs };
    case "source_gap":
      return { key: `source/${report.source} gap ${report.day} ${report.reason}`, onceInMs: dayMs };
    case "source_notice":
      return { key: `source/${report.source} notice ${report.text}`, onceInMs: dayMs };
    case "other_organization":
      return { key: `source/${report.source} ${report.type}`, onceInMs: hourMs };
    case "read_again":
      return { key: `source/${report.source} ${report.type}`, onceInMs: minuteMs };
    case "delivery_failed":
    case "dead":
    case "suspected":
      return { key: `output/${report.output} ${report.type} ${report.reason}`, onceInMs: minuteMs };
    case "delivery_warning":
    case "unknown_actions":
      return { key: `output/${report.output} ${report.type}`, onceInMs: minuteMs };
    case "telemetry_trouble":
    case "control_socket":
    case "view_failed":
      return { key: report.type, onceInMs: minuteMs };
    default:
      return undefined;
  }
}
