import { setTimeout as rest } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Heap, Leftovers } from "../../src/thread/leftovers.ts";

/** As much as a thread needs, and what it holds and does now. */
function heapOf(needed: number) {
  const now = { busy: 0, held: needed, spare: 0, collections: 0 };
  const heap: Heap = {
    busyShare: () => now.busy,
    heldBytes: () => now.held,
    collect() {
      now.held = needed;
      now.collections++;
    },
  };
  const letGo = () => {
    now.held -= now.spare;
    now.spare = 0;
  };
  return { now, leftovers: new Leftovers(letGo, heap) };
}

it("collects once at the first rest, and not again while nothing is left behind", () => {
  const { now, leftovers } = heapOf(20);
  now.held = 40;
  now.busy = 0.5;
  leftovers.look();
  expect(now.collections).toBe(0);
  now.busy = 0.001;
  for (let times = 0; times < 10; times++) leftovers.look();
  expect(now.collections).toBe(1);
});

it("collects after a busy time, and not for what a rest leaves behind", () => {
  const { now, leftovers } = heapOf(20);
  leftovers.look();
  now.held = 24;
  leftovers.look();
  expect(now.collections).toBe(1);
  now.busy = 0.9;
  now.held = 90;
  leftovers.look();
  expect(now.collections).toBe(1);
  now.busy = 0.01;
  leftovers.look();
  leftovers.look();
  expect(now.collections).toBe(2);
});

it("knows what could be done without when V8 has given it back later", () => {
  const { now, leftovers } = heapOf(20);
  leftovers.look();
  now.held = 12;
  leftovers.look();
  now.held = 18;
  leftovers.look();
  expect(now.collections).toBe(2);
});

it("lets go what is held for the sake of speed at every rest, and never in a busy time", () => {
  const { now, leftovers } = heapOf(20);
  leftovers.look();
  now.held = 23;
  now.spare = 3;
  now.busy = 0.5;
  leftovers.look();
  expect(now.held).toBe(23);
  now.busy = 0.01;
  leftovers.look();
  expect(now).toMatchObject({ held: 20, collections: 1 });
});

/** In a function of its own: another one might go on holding what it was made for. */
const weak = (value: object) => new WeakRef(value);

it("frees in this thread what nobody holds", async () => {
  const left = weak({ text: "of a busy time" });
  const held = { text: "of the run" };
  const kept = weak(held);
  const leftovers = new Leftovers();
  for (let times = 0; times < 3; times++) {
    await rest(500);
    leftovers.look();
  }
  expect(left.deref()).toBeUndefined();
  expect(kept.deref()).toBe(held);
});
