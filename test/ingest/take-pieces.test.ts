import { expect, it } from "vitest";
import { takePieces } from "../../src/ingest/take-pieces.ts";
import type { Piece } from "../../src/record/passage.ts";
import { SourceError } from "../../src/source/source.ts";
import { systemClock } from "../../src/time/clock.ts";
import { settling } from "../fake/settling.ts";

const record = { bytes: Buffer.from("a") };

function taking() {
  const calls: string[] = [];
  return {
    calls,
    take: (piece: Piece) => calls.push(`take ${piece.length}`) > 1,
    keep: () => void calls.push("keep"),
  };
}

/** Nobody else waits for anything. */
const alone = { clock: systemClock, store: { giveWay() {}, async letTake() {} } };

async function* reading(end: () => string): AsyncGenerator<Piece, string> {
  yield [record];
  yield [record, record];
  return end();
}

const failing = (error: unknown) =>
  reading(() => {
    throw error;
  });

it("takes in piece after piece, and gives back how the read ended", async () => {
  const into = taking();
  const never = new AbortController().signal;
  expect(
    await takePieces(
      reading(() => "done"),
      into,
      alone,
      never,
    ),
  ).toBe("done");
  expect(into.calls).toEqual(["take 1", "take 2"]);
});

it("keeps what came before a failure of the source or a stop, and nothing where the state failed", async () => {
  for (const [error, stop, kept] of [
    [new SourceError("cut_body", "cut", "wait"), false, true],
    [new Error("stopped"), true, true],
    [new Error("the disk failed"), false, false],
  ] as const) {
    const into = taking();
    const signal = stop ? AbortSignal.abort() : new AbortController().signal;
    await expect(takePieces(failing(error), into, alone, signal)).rejects.toBe(error);
    expect(into.calls.includes("keep")).toBe(kept);
  }
});

it("ends with what is thrown by who is told that something was kept", async () => {
  const into = taking();
  const enough = new Error("no more");
  const kept = () => {
    throw enough;
  };
  const never = new AbortController().signal;
  const read = takePieces(
    reading(() => "done"),
    into,
    alone,
    never,
    kept,
  );
  await expect(read).rejects.toBe(enough);
  expect(into.calls).toEqual(["take 1", "take 2"]);
});

/** Asks the output with each piece, of which each takes longer than a turn. */
function askingSlowly(calls: string[], output: Pick<ReturnType<typeof settling>, "ask">) {
  let now = 0;
  return {
    into: {
      take: (piece: Piece) => {
        calls.push(`take ${piece.length}`);
        output.ask();
        return false;
      },
      keep: () => {},
    },
    clock: { ...systemClock, monotonic: () => (now += 10) },
  };
}

it("goes on only after what others asked for meanwhile is done, settlements that wait for a commit included", async () => {
  const calls: string[] = [];
  const output = settling(calls);
  const { into, clock } = askingSlowly(calls, output);
  const never = new AbortController().signal;
  await takePieces(
    reading(() => "done"),
    into,
    { ...alone, clock },
    never,
  );
  output.close();
  expect(calls).toEqual(["take 1", "settled", "take 2", "settled"]);
});

it("gives way before each part, also within a turn", async () => {
  const { calls, ...into } = taking();
  const store = { ...alone.store, giveWay: () => void calls.push("give way") };
  await takePieces(
    reading(() => "done"),
    into,
    { clock: { ...systemClock, monotonic: () => 0 }, store },
    new AbortController().signal,
  );
  expect(calls).toEqual(["give way", "take 1", "give way", "take 2"]);
});

it("takes what a source shows at once in parts, with turns of others between them", async () => {
  const calls: string[] = [];
  const output = settling(calls);
  const large = { bytes: Buffer.alloc(400 * 1024) };
  async function* atOnce(): AsyncGenerator<Piece, string> {
    yield [record, large, large, ...new Array<typeof record>(3_000).fill(record)];
    yield [];
    return "done";
  }
  const { into, clock } = askingSlowly(calls, output);
  await takePieces(atOnce(), into, { ...alone, clock }, new AbortController().signal);
  output.close();
  const taken = calls.filter((call) => call !== "settled").map((call) => Number(call.split(" ")[1]));
  expect(taken[0]).toBe(2);
  expect(taken.at(-1)).toBe(0);
  expect(taken.reduce((all, count) => all + count)).toBe(3_003);
  expect(Math.max(...taken)).toBeLessThanOrEqual(1_024);
  expect(calls.filter((call) => call === "settled")).toHaveLength(taken.length);
});

it("goes on after each commit when the outputs have taken what it kept", async () => {
  const { calls, ...into } = taking();
  const letTake = async () => {
    await Promise.resolve();
    calls.push("taken");
  };
  await takePieces(
    reading(() => "done"),
    { ...into, take: (piece) => into.take(piece) && piece.length > 1 },
    { ...alone, store: { ...alone.store, letTake } },
    new AbortController().signal,
  );
  expect(calls).toEqual(["take 1", "take 2", "taken"]);
});
