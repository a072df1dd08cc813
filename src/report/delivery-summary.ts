import type { Clock } from "../time/clock.ts";
import type { Report, Tell } from "./report.ts";

const onceInMs = 60_000;

interface Sum {
  events: number;
  batches: number;
  bytes: number;
  /** When the send of the first of them began, monotonic milliseconds. */
  since: number;
}

/** What was delivered, summed up: a line per batch would hide everything else. */
export interface DeliverySummary {
  /** Counts deliveries. */
  readonly note: Tell;
  /** Tells what is due: an output's first deliveries soon, then at most one sum a minute. */
  tellDue(): void;
  /** Tells what is left, at the end. */
  tellRest(): void;
}

/** Sums that go to `tell`. */
export function deliverySummary(clock: Clock, tell: Tell): DeliverySummary {
  const sums = new Map<string, Sum>();
  const toldAt = new Map<string, number>();

  function tellSum(output: string, { events, batches, bytes, since }: Sum): void {
    const now = clock.monotonic();
    sums.delete(output);
    toldAt.set(output, now);
    tell({ type: "delivery_summary", output, events, batches, bytes, overSeconds: (now - since) / 1000 });
  }

  return {
    note(report: Report) {
      if (report.type !== "delivered") return;
      const { output, events, bytes, seconds } = report;
      const sum = sums.get(output) ?? {
        events: 0,
        batches: 0,
        bytes: 0,
        since: clock.monotonic() - seconds * 1000,
      };
      sum.events += events;
      sum.batches++;
      sum.bytes += bytes;
      sums.set(output, sum);
    },

    tellDue() {
      const now = clock.monotonic();
      for (const [output, sum] of sums) {
        const last = toldAt.get(output);
        if (last === undefined || now - last >= onceInMs) tellSum(output, sum);
      }
    },

    tellRest() {
      for (const [output, sum] of sums) tellSum(output, sum);
    },
  };
}
