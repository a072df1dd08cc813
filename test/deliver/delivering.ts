import { expect } from "vitest";
import type { Shape } from "../../src/deliver/batch.ts";
import { deliver } from "../../src/deliver/deliver.ts";
import type { DeliverOptions } from "../../src/deliver/deliver-options.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import type { Output, SendResult } from "../../src/output/output.ts";
import type { Report } from "../../src/report/report.ts";
import type { Condition } from "../../src/status/condition.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { cloningSpool } from "../fake/cloning-spool.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { MemoryStore } from "../fake/memory-store.ts";
import { type Sent, sentOf } from "../fake/payloads.ts";
import { acme, newRecords } from "../fake/records.ts";

export const delivered: Extract<SendResult, { status: "delivered" }> = { status: "delivered", rejected: [] };
export const retry = (rest: Partial<Extract<SendResult, { status: "retry" }>> = {}): SendResult => ({
  status: "retry",
  reason: "busy",
  detail: "come back later",
  ...rest,
});

export const shape: Shape = {
  decode: (record) =>
    ({
      uid: record.uid,
      origin: { source: record.uid },
      raw: Buffer.from(record.bytes).toString(),
      tags: [],
      action: Buffer.from(record.bytes).toString(),
    }) as unknown as AuditEvent,
  wanted: (event) => !event.raw.startsWith("unwanted"),
  encode: (event, into) => {
    if (event.raw.startsWith("monster")) throw new RangeError("too deep");
    into.text(event.raw);
  },
  replayed: (id) => ({ ...shape, encode: (event, into) => into.text(`${event.raw} again ${id}`) }),
};

/**
 * Fills a spool with `texts`, delivers with an output that gives `answers` one after another (the last for
 * ever), and looks what became of it.
 */
export function subject(
  texts: readonly string[],
  answer: (batch: readonly Sent[], call: number) => SendResult,
  options: Partial<DeliverOptions> & { readonly store?: MemoryStore } = {},
) {
  const clock = new ManualClock(Date.parse("2026-08-02T00:00:00Z"));
  const spool = options.store ?? new MemoryStore(["siem"]);
  const append = (more: readonly string[]) =>
    spool.append(
      "prod",
      newRecords(
        ...more.map((text, index) => ({
          uid: `${spool.head() + index}`.padStart(16, "0"),
          day: 20666,
          bytes: Buffer.from(text),
          late: false,
        })),
      ),
      { instance: acme, known: new Map(), counts: [{ day: 20666, fetched: more.length, known: 0 }] },
      { seconds: clock.now() / 1000, nanos: 0 },
    );
  if (texts.length > 0) append(texts);
  const sent: string[][] = [];
  const taken: string[] = [];
  const uids: string[] = [];
  const reports: Report[] = [];
  const conditions: (Condition & { toldAt: number })[] = [];
  let reloads = 0;
  /** What files hold differs the next time that they are read. */
  const changed: string[] = [];
  const output: Output = {
    encode: shape.encode,
    async send(payloads) {
      const batch = sentOf(payloads);
      sent.push(batch.map(({ payload }) => payload));
      const result = answer(batch, sent.length);
      if (result.status === "delivered") {
        const rejected = new Set(result.rejected.map(({ index }) => index));
        const arrived = batch.filter((_, index) => !rejected.has(index));
        taken.push(...arrived.map(({ payload }) => payload));
        uids.push(...arrived.map(({ uid }) => uid));
      }
      return result;
    },
    probe: async () => [],
    close: async () => {},
  };
  const loop = deliver({
    name: "siem",
    output,
    spool: cloningSpool(spool),
    shape,
    limit: { events: 8, bytes: 10_000 },
    maxWaitMs: 0,
    sendTimeoutMs: 1000,
    backoff: { minMs: 1000, maxMs: 60_000 },
    holdIntervalMs: 60_000,
    replayWindowMs: 0,
    clock,
    random: () => 0.5,
    tell: (report) => reports.push(report),
    reload: () => {
      reloads++;
      return changed.splice(0).length > 0;
    },
    kept: new Wakeup(clock),
    watch: (condition) => conditions.push({ ...structuredClone(condition), toldAt: clock.monotonic() }),
    ...options,
  });
  /** Runs until `done` holds, then drains; fails when it does not within so many turns. */
  async function until(done: () => boolean, turns = 5000): Promise<void> {
    const stop = new AbortController();
    const never = new AbortController();
    const running = loop.run({ drain: stop.signal, halt: stop.signal, deadline: never.signal });
    for (let turn = 0; turn < turns && !done(); turn++) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await running;
    expect(done(), "reached what was waited for").toBe(true);
  }
  return {
    clock,
    spool,
    append,
    sent,
    taken,
    /** Of what was taken. */
    uids,
    reports,
    loop,
    conditions,
    condition: () => conditions.at(-1),
    until,
    settled: () => spool.standing("siem").position === spool.head(),
    /** Nothing waits, not even beside the run. */
    done: () => spool.backlog("siem").events === 0,
    dead: () => spool.deadLetters({ output: "siem" }, 1e6).map(({ bytes }) => Buffer.from(bytes).toString()),
    changed,
    reloads: () => reloads,
  };
}

export const numbered = (count: number) => Array.from({ length: count }, (_, index) => `event ${index}`);
export const books = (spool: MemoryStore) => {
  const [row] = spool.books();
  return row && { delivered: row.delivered, filtered: row.filtered, dead: row.dead, pending: row.pending };
};
