import { afterEach, beforeEach, expect, it } from "vitest";
import type { SendResult } from "../../src/output/output.ts";
import type { Store } from "../../src/spool/store.ts";
import { cloningSpool } from "../fake/cloning-spool.ts";
import type { Sent } from "../fake/payloads.ts";
import { all, keep, move, ofOurs, record, settled } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";
import { delivered, retry, shape, subject } from "./delivering.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

function open(count: number): Store {
  const store = state.open({ heartbeats: new Map([["siem", 900_000]]) });
  const records = Array.from({ length: count }, (_, at) => record(`r${at}`));
  if (count > 0) keep(store, "prod", records);
  return store;
}

const loopOver = (store: Store, answer: (batch: readonly Sent[], call: number) => SendResult) =>
  subject([], answer, { spool: cloningSpool(store), clock: state.clock, maxWaitMs: 0 });

const told = (store: Store) =>
  ofOurs(store.read(0, all)).map(({ action, reason }) => `${action.replace(/^.*:/, "")} ${reason}`);

it("a heartbeat overtakes the backlog, and is delivered once", async () => {
  const store = open(100);
  store.tellDue(state.clock.now());
  const { sent, until } = loopOver(store, () => delivered);
  await until(() => store.backlog("siem").events === 0);
  const places = sent.flatMap((batch, at) =>
    batch.flatMap((text) => (text.includes(":heartbeat") ? [at] : [])),
  );
  expect(places).toHaveLength(1);
  expect(places[0]).toBeLessThan(3);
  expect(sent.flat()).toHaveLength(101);
});

it("a heartbeat that comes while a backlog is delivered does not wait for its end", async () => {
  const store = open(200);
  const { sent, until } = loopOver(store, (_, call) => {
    if (call === 4) store.tellDue(state.clock.now());
    return delivered;
  });
  await until(() => store.backlog("siem").events === 0);
  const place = sent.findIndex((batch) => batch.some((text) => text.includes(":heartbeat")));
  expect(sent.length).toBeGreaterThan(20);
  expect(place).toBeGreaterThan(3);
  expect(place).toBeLessThan(10);
});

it("a hold for want of room for dead letters ends with the room, and not before", async () => {
  const store = state.open({ maxLetterBytes: 1 });
  keep(store, "prod", [record("a")]);
  const { counts, dead } = settled(store.read(0, all), () => "dead");
  store.settle("siem", move(1, counts, dead));
  // As an output has it: nothing of this is for itself, so nothing is sent that could end the hold.
  const wanted = () => false;
  const { until, loop } = subject([], () => delivered, {
    spool: cloningSpool(store),
    clock: state.clock,
    shape: { ...shape, wanted },
  });
  const held = "output_held dead_letters_full";
  await until(() => told(store).includes(held));
  store.dropDeadLetters({});
  await until(() => {
    loop.tryNow();
    return told(store).includes("output_released dead_letters_full");
  });
  expect(told(store).filter((what) => what.startsWith("output_"))).toEqual([
    held,
    "output_released dead_letters_full",
  ]);
});

it("a heartbeat that is refused ends as a dead letter like any other event, and the rest goes on", async () => {
  const store = open(5);
  store.tellDue(state.clock.now());
  const { until } = loopOver(store, (batch) =>
    batch.some(({ payload }) => payload.includes(":heartbeat"))
      ? { status: "refused", reason: "bad_event", detail: "no" }
      : delivered,
  );
  await until(() => store.deadLetters({}, 9).length === 1 && store.backlog("siem").events === 0);
  expect(store.deadLetters({}, 9)).toMatchObject([{ source: "forwarder", reason: "bad_event" }]);
  expect(told(store)).toEqual(["first_dead_letter bad_event"]);
});

it("a hold and its end are told once, however often it is tried", async () => {
  const store = open(3);
  const { until, loop, sent } = loopOver(store, (_, call) =>
    call <= 5 ? retry({ reason: "unauthorized", hold: true }) : delivered,
  );
  await until(() => {
    loop.tryNow();
    return store.backlog("siem").events === 0;
  });
  expect(told(store)).toEqual(["output_held unauthorized", "output_released unauthorized"]);
  expect(sent.length).toBeGreaterThan(5);
});

it("what a person answers ends a hold for the state's sake", async () => {
  const open_ = (address: string) => state.open({ places: new Map([["siem", [address]]]) });
  const before = open_("one");
  keep(before, "prod", [record("a")]);
  const first = loopOver(before, () => delivered);
  await first.until(() => before.backlog("siem").events === 0);
  const store = open_("two");
  const { until, loop } = loopOver(store, () => delivered);
  let answered = false;
  await until(() => {
    if (!answered && told(store).length === 1) answered = store.answerPlace("siem", "adopt");
    loop.tryNow();
    return answered && store.backlog("siem").events === 0;
  });
  expect(told(store)).toEqual(["output_held destination_changed", "output_released destination_changed"]);
});
