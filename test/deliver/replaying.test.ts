import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliver } from "../../src/deliver/deliver.ts";
import { shapeOf } from "../../src/deliver/shape.ts";
import { formats } from "../../src/format/all.ts";
import type { Output, SendResult } from "../../src/output/output.ts";
import type { Report } from "../../src/report/report.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import type { ReplayFilter } from "../../src/spool/replay.ts";
import type { OpenStore } from "../../src/spool/store.ts";
import type { Clock } from "../../src/time/clock.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { cloningSpool } from "../fake/cloning-spool.ts";
import { textsOf } from "../fake/payloads.ts";
import { acme, dayMs, keep, record, today } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";
import { delivered, retry } from "./delivering.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const origin = { source: "prod", instance: acme, baseUrl: `https://${acme}`, anonymize: false };
const json = formats.json({ name: "wandb-audit-forwarder", version: "1" });
const whole: ReplayFilter = { from: 0, to: (today + 100) * dayMs };

interface Event {
  readonly minute: number;
  readonly action: string;
  readonly actor: string;
}

const some = (count: number): Event[] =>
  Array.from({ length: count }, (_, minute) => ({ minute, action: "run:update", actor: "ann" }));

function recordOf({ minute, action, actor }: Event, index: number) {
  const at = today * dayMs + minute * 60_000;
  const entry = { timestamp: new Date(at).toISOString(), action, actor_email: `${actor}@example.com`, index };
  const day = Math.floor(at / dayMs);
  return record(`${index}`, { day, bytes: Buffer.from(JSON.stringify(entry)) });
}

interface Taken {
  readonly index: number;
  readonly replay: string | undefined;
}

/** An output past `events`, whose remote answers each batch with `answer`. */
function subject(
  events: readonly Event[],
  answer: (batch: readonly Taken[]) => SendResult = () => delivered,
  store: OpenStore = state.open(),
  clock: Clock = state.clock,
) {
  if (events.length > 0) keep(store, "prod", events.map(recordOf));
  const batches: { readonly at: number; readonly taken: readonly Taken[] }[] = [];
  const reports: Report[] = [];
  const output: Output = {
    encode: json,
    async send(payloads) {
      const batch = textsOf(payloads).map((text) => {
        const { unmapped, replay_id: replay } = JSON.parse(text);
        return { index: unmapped.index, replay };
      });
      const result = answer(batch);
      const rejected = result.status === "delivered" ? result.rejected.map(({ index }) => index) : [];
      if (result.status === "delivered")
        batches.push({ at: clock.monotonic(), taken: batch.filter((_, index) => !rejected.includes(index)) });
      return result;
    },
    probe: async () => [],
    close: async () => {},
  };
  const options = {
    ...{ name: "siem", output, spool: cloningSpool(store), shape: shapeOf({ name: "siem" }, [origin], json) },
    ...{ limit: { events: 8, bytes: 100_000 }, maxWaitMs: 0, sendTimeoutMs: 1000 },
    ...{ backoff: { minMs: 1000, maxMs: 60_000 }, holdIntervalMs: 60_000, replayWindowMs: 0 },
    ...{ clock, random: () => 0.5, tell: (report: Report) => void reports.push(report) },
    ...{ reload: () => false, kept: new Wakeup(clock) },
  };
  async function until(done: () => boolean): Promise<void> {
    const stop = new AbortController();
    const signals = { drain: stop.signal, halt: stop.signal, deadline: new AbortController().signal };
    const running = deliver(options).run(signals);
    for (let turn = 0; turn < 20_000 && !done(); turn++)
      await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await running;
    expect(done(), "reached what was waited for").toBe(true);
  }
  const settled = () => until(() => store.backlog("siem").events === 0);
  const plan = (filter: ReplayFilter, perSecond = 1000) =>
    store.replays.plan({ output: "siem", filter, perSecond });
  const ended = () => until(() => store.replays.of("siem")?.state !== "running");
  const again = () => batches.flatMap(({ taken }) => taken).filter(({ replay }) => replay !== undefined);
  return { store, batches, reports, until, settled, plan, ended, again };
}

const refuse =
  (bad: (index: number) => boolean) =>
  (batch: readonly Taken[]): SendResult => ({
    status: "delivered",
    rejected: batch.flatMap(({ index, replay }, at) =>
      replay !== undefined && bad(index) ? [{ index: at, reason: "bad_event", detail: "no" }] : [],
    ),
  });

describe("a replay", () => {
  it("sends again what is wanted, labelled, and counts it outside the balance", async () => {
    const it = subject([...some(20), { minute: 2000, action: "user:login", actor: "bob" }]);
    await it.settled();
    const { id } = it.plan({ from: (today + 1) * dayMs, to: (today + 2) * dayMs });
    await it.ended();
    expect(it.again()).toEqual([{ index: 20, replay: id }]);
    const rows = it.store.books();
    expect(rows.map(({ delivered, resent, pending }) => [delivered, resent, pending])).toEqual([
      [20, 0, 0],
      [1, 1, 0],
    ]);
    expect(it.reports.at(-1)).toMatchObject({ type: "replay_ended", id, state: "done", sent: 1, refused: 0 });
    expect(it.store.standing("siem").position).toBe(21);
  });

  it("lets live events go first, and goes no faster than it may", async () => {
    const it = subject(some(40));
    await it.settled();
    it.plan(whole, 4);
    keep(
      it.store,
      "prod",
      some(16).map((event, index) => recordOf(event, 100 + index)),
    );
    await it.ended();
    const order = it.batches.slice(5).map(({ taken }) => taken[0]?.replay === undefined);
    expect(order.slice(0, 2)).toEqual([true, true]);
    expect(order.slice(2)).not.toContain(true);
    const sent = it.batches.filter(({ taken }) => taken[0]?.replay !== undefined);
    expect(Math.max(...sent.map(({ taken }) => taken.length))).toBe(4);
    const [first, last] = [sent[0]?.at ?? 0, sent.at(-1)?.at ?? 0];
    expect((last - first) / 1000).toBeGreaterThanOrEqual(40 / 4 - 1);
  });

  it("keeps its pace on a clock that goes on while it is looked", async () => {
    const { clock } = state;
    const random = seededRandom(7);
    const busy: Clock = {
      now: () => clock.now(),
      monotonic() {
        clock.advance(random() / 2);
        return clock.monotonic();
      },
      // As Node's timers, which know whole milliseconds only.
      sleep: (ms, stop) => clock.sleep(Math.max(1, Math.trunc(ms)), stop),
    };
    const it = subject(some(400), undefined, state.open(), busy);
    await it.settled();
    it.plan(whole, 300);
    await it.ended();
    const at = it.batches.filter(({ taken }) => taken[0]?.replay !== undefined).map(({ at }) => at);
    expect(at.length).toBeGreaterThan(40);
    expect(Math.max(...at.slice(1).map((each, index) => each - (at[index] ?? 0)))).toBeLessThan(1000);
  });

  it("counts what is refused, which does not die and holds nothing up", async () => {
    const it = subject(
      some(30),
      refuse((index) => index % 10 === 3),
    );
    await it.settled();
    it.plan(whole);
    await it.ended();
    expect(it.store.replays.of("siem")).toMatchObject({ state: "done", sent: 27, refused: 3 });
    expect(it.again()).toHaveLength(27);
    expect(it.store.deadLetters({}, 10)).toEqual([]);
    expect(it.store.standing("siem")).toMatchObject({ suspects: 0, position: 30 });
  });

  it("finds the one that a whole batch is refused for", async () => {
    const it = subject(some(30), (batch) =>
      batch.some(({ index, replay }) => replay !== undefined && index === 12)
        ? { status: "refused", reason: "bad_event", detail: "something in it" }
        : delivered,
    );
    await it.settled();
    it.plan(whole);
    await it.ended();
    expect(it.store.replays.of("siem")).toMatchObject({ state: "done", sent: 29, refused: 1 });
    expect(it.store.deadLetters({}, 10)).toEqual([]);
  });

  it("stops when nothing is taken any more, and says why", async () => {
    const it = subject(
      some(100),
      refuse((index) => index >= 10),
    );
    await it.settled();
    it.plan(whole);
    await it.ended();
    const { state: how, refused, trouble } = it.store.replays.of("siem") ?? expect.unreachable();
    expect([how, trouble]).toEqual(["stopped", expect.stringContaining("in a row")]);
    expect(refused).toBeLessThan(40);
    expect(it.reports.at(-1)).toMatchObject({ type: "replay_ended", state: "stopped" });
    expect(it.store.deadLetters({}, 10)).toEqual([]);
  });

  it("waits for a remote that does not answer, and goes on where it was after a start", async () => {
    let down = false;
    const answer = () => (down ? retry() : delivered);
    const first = subject(some(40), answer);
    await first.settled();
    first.plan(whole, 8);
    await first.until(() => first.again().length >= 16);
    down = true;
    const next = subject([], answer, state.open());
    const before = state.clock.monotonic();
    await next.until(() => state.clock.monotonic() > before + 100_000);
    down = false;
    await next.ended();
    expect([...first.again(), ...next.again()].map(({ index }) => index)).toEqual(
      some(40).map((_, at) => at),
    );
  });

  it("ends at once when it is cancelled", async () => {
    const it = subject(some(400));
    await it.settled();
    it.plan(whole, 1);
    await it.until(() => it.again().length >= 3);
    it.store.replays.cancel("siem");
    const before = state.clock.monotonic();
    await it.until(() => state.clock.monotonic() > before + 100_000);
    expect(it.again().length).toBeLessThanOrEqual(5);
    expect(it.reports.some(({ type }) => type === "replay_ended")).toBe(false);
  });

  const event: fc.Arbitrary<Event> = fc.record({
    minute: fc.integer({ min: 0, max: 4000 }),
    action: fc.constantFrom("user:login", "user:logout", "run:update"),
    actor: fc.constantFrom("ann", "bob"),
  });
  const optional = { requiredKeys: [] };
  const wanted = fc.record(
    { action: fc.constantFrom("user:*", "run:update"), actor: fc.constantFrom("ann", "BOB") },
    optional,
  );
  const span = fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 1, max: 3000 }));

  it("sends each event that is wanted exactly once, and no other, where nothing fails", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 60 }),
        wanted,
        span,
        async (events, { action, actor }, [from, length]) => {
          state.remove();
          state = new SpoolDirectory();
          const it = subject(events);
          await it.settled();
          const time = (minute: number) => today * dayMs + minute * 60_000;
          it.plan({
            ...{ from: time(from), to: time(from + length) },
            ...(action === undefined ? {} : { actions: [action] }),
            ...(actor === undefined ? {} : { users: [`${actor}@example.com`] }),
          });
          await it.ended();
          const prefix = action?.replace("*", "") ?? "";
          const expected = events.flatMap((each, index) =>
            each.minute >= from &&
            each.minute < from + length &&
            each.action.startsWith(prefix) &&
            (actor === undefined || each.actor === actor.toLowerCase())
              ? [index]
              : [],
          );
          expect(it.again().map(({ index }) => index)).toEqual(expected);
          expect(it.store.replays.of("siem")).toMatchObject({ state: "done", sent: expected.length });
        },
      ),
      { numRuns: 25 },
    );
  });
});
