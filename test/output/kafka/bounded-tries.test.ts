import { describe, expect, it } from "vitest";
import { boundedTries } from "../../../src/output/kafka/bounded-tries.ts";

const lasting = new Error("lasting");
const answer = new Error("an answer that passes");
const many = new Error("thousands of answers");
const lost = new Error("lost");
const never = new AbortController().signal;

function tries() {
  let ends = 0;
  const bounded = boundedTries(
    {
      isFinal: (error) => error === lasting,
      answersIn: (error) => (error === many ? 3_000 : Number(error === answer)),
    },
    () => {
      ends += 1;
    },
  );
  return { bounded, ends: () => ends };
}

/** Work that only the bounds end. */
const endless = () => new Promise<never>(() => {});

describe("what the client tries again by itself", () => {
  it("is what stores, for as long as there is time; then what was met last is told", async () => {
    const { bounded, ends } = tries();
    const deadline = new AbortController();
    const running = bounded.run(endless, deadline.signal);
    for (let attempt = 1; attempt < 100; attempt++) {
      expect(bounded.wait("produce", attempt, attempt % 2 === 0 ? answer : lost)).toBeLessThanOrEqual(1000);
      expect(ends()).toBe(0);
    }
    deadline.abort();
    await expect(running).rejects.toBe(lost);
    expect(ends()).toBe(1);
  });

  it("is nothing that a person has to repair", async () => {
    const { bounded, ends } = tries();
    const running = bounded.run(endless, never);
    bounded.wait("produce", 1, lasting);
    await expect(running).rejects.toBe(lasting);
    expect(ends()).toBe(1);
  });

  it("is nothing else, but for a few answers of a cluster that has just begun", async () => {
    const { bounded, ends } = tries();
    const asking = bounded.run(endless, never);
    for (let attempt = 1; attempt <= 4; attempt++) bounded.wait("initProducerId", attempt, answer);
    expect(ends()).toBe(0);
    bounded.wait("initProducerId", 5, answer);
    await expect(asking).rejects.toBe(answer);
    const reaching = bounded.run(endless, never);
    bounded.wait("metadata", 1, lost);
    await expect(reaching).rejects.toBe(lost);
  });

  it("is no more than what there is memory for", async () => {
    const { bounded, ends } = tries();
    for (let run = 0; run < 2; run++) {
      const running = bounded.run(endless, never);
      for (let attempt = 1; attempt <= 3; attempt++) bounded.wait("produce", attempt, many);
      expect(ends()).toBe(run);
      bounded.wait("produce", 4, many);
      await expect(running).rejects.toBe(many);
    }
  });

  it("is over with its time, and with the work", async () => {
    const { bounded, ends } = tries();
    await expect(bounded.run(endless, AbortSignal.abort("stop"))).rejects.toBe("stop");
    expect(await bounded.run(async () => 7, never)).toBe(7);
    expect(ends()).toBe(1);
    // Nothing is under way: what the client still waits for has nobody to tell.
    expect(bounded.wait("produce", 1, lasting)).toBeGreaterThan(0);
  });
});
