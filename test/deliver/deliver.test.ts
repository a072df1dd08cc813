import { describe, expect, it } from "vitest";
import type { SendResult } from "../../src/output/output.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import { cloningSpool } from "../fake/cloning-spool.ts";
import { MemoryStore } from "../fake/memory-store.ts";
import type { Sent } from "../fake/payloads.ts";
import { books, delivered, numbered, retry, subject } from "./delivering.ts";

/** Whether the loop was taken for hanging at any time until `done`. */
async function stalled(it: ReturnType<typeof subject>, done: () => boolean): Promise<boolean> {
  let seen = false;
  await it.until(() => {
    seen ||= (it.condition()?.stallsAt ?? Number.POSITIVE_INFINITY) < it.clock.monotonic();
    return done();
  });
  return seen;
}

describe("deliver", () => {
  it("delivers everything once and in order", async () => {
    const it = subject(numbered(50), () => delivered);
    await it.until(it.settled);
    expect(it.taken).toEqual(numbered(50));
    expect(it.sent.map((batch) => batch.length)).toEqual([8, 8, 8, 8, 8, 8, 2]);
    expect(books(it.spool)).toEqual({ delivered: 50, filtered: 0, dead: 0, pending: 0 });
  });

  it("keeps a batch that failed, and sends the very same again", async () => {
    const it = subject(numbered(20), (_, call) => (call <= 5 ? retry() : delivered));
    await it.until(it.settled);
    expect(new Set(it.sent.slice(0, 6).map((batch) => batch.join())).size).toBe(1);
    expect(it.taken).toEqual(numbered(20));
    expect(it.reports.filter(({ type }) => type === "delivery_failed")).toHaveLength(5);
    expect(it.reports.filter(({ type }) => type === "output_recovered")).toHaveLength(1);
  });

  it("tells what deliveries are worth where it is less than the guarantee, until the remote proves more", async () => {
    const less = (_: unknown, call: number): SendResult =>
      call === 3 ? retry() : call < 5 ? { ...delivered, worth: "received" } : delivered;
    const it = subject(numbered(40), less);
    await it.until(it.settled);
    expect(it.conditions.find(({ state }) => state === "retrying")?.worth).toBe("received");
    expect(it.condition()).not.toMatchObject({ worth: "received" });
    const poorer = subject(numbered(8), less);
    await poorer.until(poorer.settled);
    expect(poorer.condition()).toMatchObject({ state: "stopped", worth: "received" });
  });

  it("OUT-429-LONG waits at least as long as the remote asks", async () => {
    const it = subject(numbered(1), (_, call) => (call === 1 ? retry({ retryAfterMs: 120_000 }) : delivered));
    const began = it.clock.monotonic();
    await it.until(it.settled);
    expect(it.clock.monotonic() - began).toBeGreaterThanOrEqual(120_000);
  });

  it("holds on a bad credential: keeps everything, says so once, reads the secret again, drains after the repair", async () => {
    const it = subject(numbered(30), (_, call) =>
      call <= 4 ? retry({ reason: "unauthorized", hold: true, fix: "set token" }) : delivered,
    );
    await it.until(it.settled);
    expect(it.taken).toEqual(numbered(30));
    expect(it.reports.filter(({ type }) => type === "held")).toHaveLength(1);
    expect(it.reports.filter(({ type }) => type === "released")).toHaveLength(1);
    expect(it.reloads()).toBe(4);
    expect(books(it.spool)).toEqual({ delivered: 30, filtered: 0, dead: 0, pending: 0 });
  });

  it("tries at once, and calls nobody, when what files hold has changed by the time that it fails", async () => {
    const it = subject(numbered(3), (_, call) =>
      call <= 1 ? retry({ reason: "tls", hold: true, fix: "renew" }) : delivered,
    );
    it.changed.push("certificate");
    await it.until(it.settled);
    expect(it.clock.monotonic()).toBeLessThan(1_000);
    expect(it.reports.map(({ type }) => type)).not.toContain("held");
    expect(it.reports.filter(({ type }) => type === "output_recovered")).toHaveLength(1);
  });

  it("OUT-400-ONE finds the one bad event of a refused batch by sending fewer, and loses no other", async () => {
    const refuse = (batch: readonly Sent[]): SendResult =>
      batch.some(({ payload }) => payload === "event 13")
        ? { status: "refused", reason: "bad_event", detail: "no" }
        : delivered;
    const it = subject(numbered(40), refuse);
    await it.until(it.settled);
    expect(it.taken).toEqual(numbered(40).filter((text) => text !== "event 13"));
    expect(
      it.spool
        .deadLetters({ output: "siem" }, 10)
        .map(({ bytes, reason }) => [Buffer.from(bytes).toString(), reason]),
    ).toEqual([["event 13", "bad_event"]]);
    expect(books(it.spool)).toEqual({ delivered: 39, filtered: 0, dead: 1, pending: 0 });
  });

  it("sends the others of a batch again when the remote names the culprit", async () => {
    const it = subject(numbered(8), (batch) => {
      const index = batch.findIndex(({ payload }) => payload === "event 2" || payload === "event 5");
      return index === -1
        ? delivered
        : { status: "refused", reason: "bad_event", detail: "no", named: [index] };
    });
    await it.until(it.settled);
    expect(it.sent).toHaveLength(3);
    expect(it.taken).toEqual(numbered(8).filter((_, index) => index !== 2 && index !== 5));
    expect(books(it.spool)).toEqual({ delivered: 6, filtered: 0, dead: 2, pending: 0 });
  });

  it("copes with many named named one by one", async () => {
    const it = subject(numbered(64), (batch) => {
      const index = batch.findIndex(({ payload }) => Number(payload.slice(6)) % 3 === 0);
      return index === -1
        ? delivered
        : { status: "refused", reason: "bad_event", detail: "no", named: [index] };
    });
    await it.until(it.settled);
    expect(it.taken).toEqual(numbered(64).filter((_, index) => index % 3 !== 0));
    expect(books(it.spool)?.dead).toBe(22);
  });

  it("OUT-413 halves a batch that is too large until it fits, and gives up only what is too large alone", async () => {
    const texts = numbered(30).map((text, index) => (index === 9 ? "x".repeat(500) : text));
    const it = subject(texts, (batch) => {
      const size = batch.reduce((sum, { payload }) => sum + payload.length, 0);
      return size > 30 ? { status: "refused", reason: "too_large", detail: "413" } : delivered;
    });
    await it.until(it.settled);
    expect(it.taken).toEqual(numbered(30).filter((_, index) => index !== 9));
    expect(it.spool.deadLetters({ output: "siem" }, 10).map(({ reason }) => reason)).toEqual(["too_large"]);
  });

  it("OUT-400-ALL never empties the spool into dead letters when the remote refuses everything", async () => {
    const it = subject(numbered(100), () => ({ status: "refused", reason: "bad_event", detail: "no" }));
    await it.until(() => it.reports.filter(({ type }) => type === "delivery_failed").length > 20);
    expect(it.condition()).toMatchObject({ state: "stopped" });
    expect(it.reports.find(({ type }) => type === "held")).toMatchObject({ reason: "refuses_everything" });
    expect(books(it.spool)).toEqual({ delivered: 0, filtered: 0, dead: 0, pending: 100 });
  });

  it("is not held up by a handful of bad events, one after the other", async () => {
    const it = subject(numbered(100), (batch) => {
      const bad = batch.findIndex(({ payload }) => / (4\d|9)$/.test(payload));
      if (bad < 0) return delivered;
      return { status: "refused", reason: "bad_event", detail: "no", named: [bad] };
    });
    await it.until(it.settled);
    expect(it.reports.some(({ type }) => type === "held")).toBe(false);
    expect(it.spool.deadLetters({ output: "siem" }, 100)).toHaveLength(11);
  });

  it("goes on by itself when a remote that refused everything accepts again", async () => {
    const it = subject(numbered(100), (_, call) =>
      call < 30 ? { status: "refused", reason: "bad_event", detail: "no" } : delivered,
    );
    await it.until(it.settled);
    expect(books(it.spool)).toEqual({ delivered: 100, filtered: 0, dead: 0, pending: 0 });
  });

  it("does not send again what a partial success rejected", async () => {
    const it = subject(numbered(8), (batch, call) =>
      call === 1
        ? {
            status: "delivered",
            rejected: batch
              .slice(0, 2)
              .map((_, index) => ({ index, reason: "partial_success" as const, detail: "2 rejected" })),
          }
        : delivered,
    );
    await it.until(it.settled);
    expect(it.sent).toHaveLength(1);
    expect(books(it.spool)).toEqual({ delivered: 6, filtered: 0, dead: 2, pending: 0 });
  });

  it("gives up at once what the output itself does not send, however much, and comes to the others", async () => {
    const tooOld = (batch: readonly Sent[]): SendResult => ({
      status: "delivered",
      rejected: batch.flatMap(({ payload }, index) =>
        Number(payload.split(" ")[1]) < 60
          ? [{ index, reason: "too_old" as const, detail: "3 d old", unasked: true }]
          : [],
      ),
    });
    const it = subject(numbered(100), (batch) => tooOld(batch));
    await it.until(it.settled);
    expect(it.reports.filter(({ type }) => type === "held" || type === "suspected")).toEqual([]);
    expect(books(it.spool)).toEqual({ delivered: 40, filtered: 0, dead: 60, pending: 0 });
    expect(it.sent.length).toBe(13);
    const none = subject(numbered(30), (batch) => tooOld(batch));
    await none.until(none.settled);
    expect(books(none.spool)).toMatchObject({ delivered: 0, dead: 30 });
  });

  it("tries a held output with one event, and goes back to whole batches when it works", async () => {
    let holds = 3;
    const it = subject(numbered(40), () => (holds-- > 0 ? retry({ hold: true }) : delivered));
    await it.until(it.settled);
    expect(it.sent.map((batch) => batch.length).slice(0, 7)).toEqual([8, 1, 1, 1, 1, 2, 4]);
    expect(it.taken).toEqual(numbered(40));
    expect(books(it.spool)).toMatchObject({ dead: 0, delivered: 40 });
  });

  it("counts what a filter leaves out, and settles a batch of nothing else without a send", async () => {
    const it = subject(["unwanted 1", "unwanted 2"], () => delivered);
    await it.until(it.settled);
    expect(it.sent).toHaveLength(0);
    expect(books(it.spool)).toEqual({ delivered: 0, filtered: 2, dead: 0, pending: 0 });
  });

  it("gives up an event that cannot be formatted instead of stopping the log", async () => {
    const it = subject(["event 0", "monster", "event 2"], () => delivered);
    await it.until(it.settled);
    expect(it.taken).toEqual(["event 0", "event 2"]);
    expect(it.spool.deadLetters({ output: "siem" }, 10)[0]).toMatchObject({
      reason: "bad_event",
      detail: "cannot be formatted: RangeError",
    });
  });

  it("counts as alive while it waits for more behind an event given up after a failure", async () => {
    const it = subject(["event 0"], (_, call) =>
      call === 1 ? retry() : { status: "refused", reason: "bad_event", detail: "no" },
    );
    expect(await stalled(it, () => it.settled() && it.clock.monotonic() > 600_000)).toBe(false);
  });

  it("counts as alive while it goes as slowly as the remote asks", async () => {
    const it = subject(numbered(16), () => ({ ...delivered, slowDownMs: 3_600_000 }));
    await it.until(it.settled);
    expect(
      it.conditions.some(
        ({ stallsAt, toldAt }) => toldAt === 0 && stallsAt > 3_600_000 && Number.isFinite(stallsAt),
      ),
    ).toBe(true);
  });

  it("waits for more before it sends a batch that is not full, but not for ever when the clock jumps", async () => {
    const it = subject(numbered(3), () => delivered, { maxWaitMs: 5000 });
    it.clock.jump(-2 * 86_400_000);
    const began = it.clock.monotonic();
    await it.until(it.settled);
    expect(it.clock.monotonic() - began).toBeGreaterThanOrEqual(5000);
    expect(it.sent).toHaveLength(1);
  });

  it("sends nothing again because the disk was full when it was delivered", async () => {
    const it = subject(numbered(20), () => delivered);
    const settle = it.spool.settle.bind(it.spool);
    let full = 5;
    it.spool.settle = (...args) => {
      if (full-- > 0) throw new SpoolError("full", "the disk is full", "make room");
      settle(...args);
    };
    await it.until(it.settled);
    expect(it.taken).toEqual(numbered(20));
    expect(it.reports.filter(({ type }) => type === "delivery_warning")).toHaveLength(1);
    expect(it.condition()).toMatchObject({ state: "stopped", failures: 0 });
  });

  it("sends the next batch while the last one is being settled, and no third one", async () => {
    const store = new MemoryStore(["siem"]);
    const spool = cloningSpool(store);
    let written = 0;
    let most = 0;
    const it = subject(numbered(60), () => delivered, {
      store,
      spool: {
        ...spool,
        async settle(...args) {
          for (let turn = 0; turn < 30; turn++) {
            await new Promise((resolve) => setImmediate(resolve));
            most = Math.max(most, it.sent.length - written);
          }
          written++;
          return spool.settle(...args);
        },
      },
    });
    await it.until(it.settled);
    expect(it.taken).toEqual(numbered(60));
    expect(most).toBe(2);
    expect(books(it.spool)).toEqual({ delivered: 60, filtered: 0, dead: 0, pending: 0 });
  });

  it("ends when the disk stays full until the deadline", async () => {
    const it = subject(numbered(2), () => delivered);
    it.spool.settle = () => {
      throw new SpoolError("full", "the disk is full", "make room");
    };
    const deadline = new AbortController();
    const never = new AbortController().signal;
    const running = it.loop.run({ drain: never, halt: never, deadline: deadline.signal });
    running.catch(() => {});
    while (it.condition()?.state !== "blocked") await new Promise((resolve) => setImmediate(resolve));
    expect(it.condition()).toMatchObject({ reason: "spool_full" });
    deadline.abort();
    await expect(running).rejects.toMatchObject({ failure: "full" });
  });

  it("respects the limit in bytes", async () => {
    const it = subject(numbered(20), () => delivered, { limit: { events: 100, bytes: 25 } });
    await it.until(it.settled);
    expect(Math.max(...it.sent.map((batch) => batch.join("").length))).toBeLessThanOrEqual(25);
    expect(it.taken).toEqual(numbered(20));
  });

  it("drains its backlog after the signal, and starts nothing after the halt", async () => {
    const it = subject(numbered(20), () => delivered);
    const drain = AbortSignal.abort();
    await it.loop.run({ drain, halt: new AbortController().signal, deadline: new AbortController().signal });
    expect(it.taken).toEqual(numbered(20));
    it.append(numbered(5));
    await it.loop.run({ drain, halt: AbortSignal.abort(), deadline: new AbortController().signal });
    expect(books(it.spool)?.pending).toBe(5);
  });

  it("does not wait for a failing remote while it drains", async () => {
    const it = subject(numbered(20), () => retry());
    await it.loop.run({
      drain: AbortSignal.abort(),
      halt: new AbortController().signal,
      deadline: new AbortController().signal,
    });
    expect(it.sent).toHaveLength(1);
    expect(books(it.spool)?.pending).toBe(20);
  });
});
