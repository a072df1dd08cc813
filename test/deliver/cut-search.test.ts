import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SendResult } from "../../src/output/output.ts";
import { delivered, subject as delivering, numbered, retry } from "./delivering.ts";

const cut = retry({ reason: "connection_lost", detail: "cut" });
const refused: SendResult = { status: "refused", reason: "too_large", detail: "413" };

/** A receiver that stores what came before the first event that it cannot take, and then cuts the connection. */
function subject(
  texts: readonly string[],
  cannotTake: (text: string, batch: string[]) => boolean,
  refuses: (batch: string[]) => boolean = () => false,
  maxEvents = 64,
) {
  const stored: string[] = [];
  let nextMs = 30_000;
  let following = 0;
  let onSend = (_sends: number) => {};
  const it = delivering(
    texts,
    (batch, call) => {
      onSend(call);
      const all = batch.map(({ payload }) => payload);
      if (refuses(all)) return refused;
      const at = all.findIndex((text) => cannotTake(text, all));
      stored.push(...(at === -1 ? all : all.slice(0, at)));
      return at === -1 ? delivered : cut;
    },
    { limit: { events: maxEvents, bytes: 1e9 } },
  );
  const { spool, clock, append } = it;
  return {
    ...it,
    stored,
    sends: () => it.sent.length,
    onSend: (then: typeof onSend) => {
      onSend = then;
    },
    ordinary: () => new Set(stored.filter((text) => !text.startsWith("then "))),
    /** Nothing waits, not even beside the run. What follows shows of large ones whether others arrive. */
    settled() {
      const { events } = spool.backlog("siem");
      if (events > 0 && spool.standing("siem").position === spool.head() && clock.monotonic() > nextMs) {
        nextMs = clock.monotonic() + 30_000;
        append([`then ${following++}`]);
      }
      return events === 0;
    },
    dead: () =>
      spool.deadLetters({ output: "siem" }, 100).map(({ seq, reason, detail }) => ({ seq, reason, detail })),
  };
}

const large = "x".repeat(5000);

describe("a connection that is cut again and again", () => {
  it("finds the one event that is too large for the receiver, names its size, and delivers all others", async () => {
    const it = subject([...numbered(50), large, ...numbered(49)], (text) => text.length > 1000);
    await it.until(it.settled);
    expect(it.dead()).toEqual([
      { seq: 51, reason: "too_large", detail: expect.stringContaining("5000 bytes") },
    ]);
    expect(it.ordinary()).toEqual(new Set(numbered(50)));
    // Repeats are bounded: the receiver stored what stood before the cut a few times, not without end.
    expect(it.stored.length).toBeLessThan(99 + 64 * 4);
  });

  it("finds it also when it is the first event there ever was", async () => {
    const it = subject([large, ...numbered(20)], (text) => text.length > 1000);
    await it.until(it.settled);
    expect(it.dead()).toMatchObject([{ seq: 1, reason: "too_large" }]);
    expect(it.ordinary()).toEqual(new Set(numbered(20)));
  });

  it("holds, and gives up nothing, where everything is cut", async () => {
    const it = subject(numbered(40), () => true);
    await it.until(() => it.reports.some(({ type }) => type === "held"));
    expect(it.reports.find(({ type }) => type === "held")).toMatchObject({
      reason: "connection_lost",
      fix: expect.stringContaining("balancer"),
    });
    const sends = it.sends();
    expect(sends).toBeLessThan(25);
    await it.until(() => it.clock.monotonic() > 3_600_000);
    // One further event after each wait, no batch again and again.
    expect(it.sends() - sends).toBeLessThan(90);
    expect(it.dead()).toEqual([]);
    expect(it.spool.backlog("siem").events).toBe(40);
  });

  it("keeps a large event that is the newest one, names it, and gives it up when smaller ones arrive behind it", async () => {
    const it = subject([...numbered(5), large], (text) => text.length > 1000);
    await it.until(() => it.clock.monotonic() > 1_800_000);
    expect(it.dead()).toEqual([]);
    expect(it.spool.backlog("siem")).toMatchObject({ events: 1, suspects: 1 });
    expect(it.reports.at(-1)).toMatchObject({ detail: expect.stringContaining("5000 bytes was sent alone") });
    // Three sends a minute at most, whatever they say.
    expect(it.sends()).toBeLessThan(120);
    it.append(["event 5", "event 6"]);
    await it.until(it.settled);
    expect(it.dead()).toMatchObject([{ seq: 6, reason: "too_large" }]);
    expect(it.ordinary()).toEqual(new Set(numbered(7)));
  });

  it("sends fewer when large bodies are cut, and keeps to it", async () => {
    const it = subject(numbered(400), (_, batch) => batch.length > 10);
    await it.until(it.settled);
    expect(it.dead()).toEqual([]);
    expect(it.sends()).toBeLessThan(120);
  });

  it("never gives up an event for weather: a few cuts, then all is well", async () => {
    let bad = 7;
    const it = subject(numbered(100), () => bad-- > 0);
    await it.until(it.settled);
    expect(it.dead()).toEqual([]);
  });

  it("never gives up an event on a line that flaps for long", async () => {
    let seed = 7;
    const flaps = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31 < 0.6;
    };
    const it = subject(numbered(60), flaps);
    await it.until(it.settled, 20_000);
    expect(it.dead()).toEqual([]);
    expect(it.ordinary()).toEqual(new Set(numbered(60)));
  });

  it("looks over what a filter leaves out for a smaller one behind the large one", async () => {
    const unwanted = Array.from({ length: 300 }, (_, index) => `unwanted ${index}`);
    const it = subject(
      ["event 0", large, ...unwanted, "event 1", `${large}y`, "event 2"],
      (text) => text.length > 1000,
    );
    await it.until(it.settled, 5000);
    expect(it.dead().map(({ seq }) => seq)).toEqual([2, 304]);
  });

  it("begins afresh when a person may have mended it, also in the middle of the search", async () => {
    let mended = false;
    const it = subject(["event 0", large, "event 1", "event 2"], (text) => !mended && text.length > 1000);
    it.onSend((sends) => {
      if (sends !== 12) return;
      mended = true;
      it.loop.retryNow();
    });
    await it.until(it.settled);
    expect(it.dead().length).toBeLessThanOrEqual(1);
    if (it.dead().length === 0) expect(it.stored).toContain(large);
  });

  it("gives up nothing when the line comes back just before the send that goes without it", async () => {
    const largest = "the largest so far";
    let down = true;
    const it = subject(["event 0"], (_, batch) => {
      if (batch[0] === "event 0") return false;
      if (!batch.includes(largest)) down = false;
      return down;
    });
    await it.until(it.settled);
    it.append([largest, "event 1", "event 2"]);
    await it.until(it.settled);
    expect(it.dead()).toEqual([]);
    expect(it.stored).toContain(largest);
  });

  it("sends fewer behind a suspect too when the remote refuses that many at once", async () => {
    const it = subject(
      ["event", large, ...numbered(40)],
      (text) => text.length > 1000,
      (batch) => batch.length > 3 && batch.length < 20,
    );
    await it.until(it.settled);
    expect(it.dead()).toMatchObject([{ seq: 2, reason: "too_large" }]);
    expect(it.sends()).toBeLessThan(100);
  });

  it("never sends more at once than the output allows", async () => {
    const it = subject(["event", large, ...numbered(40)], (text) => text.length > 1000, undefined, 1);
    await it.until(it.settled);
    expect(it.dead()).toMatchObject([{ seq: 2, reason: "too_large" }]);
    expect(Math.max(...it.sent.map((batch) => batch.length))).toBe(1);
  });

  it("forgets what was taken before when a person says so: the receiver's limit may be lower now", async () => {
    let most = 9000;
    const it = subject(["event", large], (text) => text.length > most);
    await it.until(it.settled);
    most = 1000;
    it.append([large.slice(1), ...numbered(5)]);
    await it.until(() => it.settled() || it.clock.monotonic() > 1_800_000);
    expect(it.dead()).toEqual([]);
    expect(it.spool.backlog("siem")).toMatchObject({ suspects: 1 });
    it.loop.retryNow();
    await it.until(it.settled);
    expect(it.dead()).toMatchObject([{ seq: 3, reason: "too_large" }]);
  });

  it("does not send a suspect again and again beside a run that always has more", async () => {
    const it = subject(["event 0", large, ...numbered(20)], (text) => text.length > 1000);
    let fed = 0;
    it.onSend(() => {
      if (it.clock.monotonic() < 900_000 && it.sent.length < 600) it.append([`more ${fed++}`]);
    });
    await it.until(() => it.sent.length >= 500);
    const alone = it.sent.filter((batch) => batch.length === 1 && batch[0] === large).length;
    expect(alone).toBeLessThan(20);
    expect(it.dead()).toMatchObject([{ seq: 2, reason: "too_large" }]);
  });

  it("loses nothing and gives up only what is too large, wherever and however often it comes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 6, arbitrary: fc.nat(18) }, fc.integer({ min: 21, max: 40 })), {
          minLength: 1,
          maxLength: 30,
        }),
        async (sizes) => {
          const texts = sizes.map((size, index) => `${index}:`.padEnd(size, "x"));
          const it = subject(texts, (text) => text.length > 20);
          await it.until(it.settled, 20_000);
          const dead = new Set(it.dead().map(({ seq }) => seq));
          texts.forEach((text, index) => {
            expect(dead.has(index + 1)).toBe(text.length > 20);
            if (text.length <= 20) expect(it.stored).toContain(text);
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});
