import { describe, expect, it } from "vitest";
import { sendOutcome } from "../../../src/output/kafka/outcome.ts";
import type { PartitionAnswer } from "../../../src/output/kafka/produce-answers.ts";

const said = (code: string, words = "", named: readonly number[] = []): PartitionAnswer => ({
  ...{ code, words },
  records: named.map((at) => ({ at, words: `record ${at}` })),
});
const failed = new Error("failed");

/** Of a send of which the client met no error. */
function well(...partitions: readonly number[]) {
  const answers = new Map(partitions.map((each) => [each, said("NONE")]));
  return {
    partitions: [0, 1, 0, 1, 0],
    answers: { partitions: answers, throttleMs: 0 },
    error: undefined,
  };
}

/** Events 0 to 4, of which 0, 2 and 4 go to one partition. */
function outcome(answers: Record<number, PartitionAnswer>) {
  const partitions = new Map(Object.entries(answers).map(([key, each]) => [Number(key), each]));
  return sendOutcome(
    { partitions: [0, 1, 0, 1, 0], answers: { partitions, throttleMs: 0 }, error: failed },
    [0, 1, 2, 3, 4],
    5,
  );
}

describe("what brokers said, partition by partition", () => {
  it("is that all is stored where they say so of each", () => {
    expect(sendOutcome(well(0, 1), [0, 1, 2, 3, 4], 5)).toEqual({
      stored: [0, 2, 4, 1, 3],
      result: { status: "delivered", rejected: [] },
    });
  });

  it("is not believed by halves, although the client met no error", () => {
    expect(sendOutcome(well(1), [0, 1, 2, 3, 4], 5)).toEqual({ stored: [1, 3], result: undefined });
    expect(sendOutcome(well(), [0, 1, 2, 3, 4], 5)).toEqual({ stored: [], result: undefined });
  });

  it("is that all is stored where that is what a repeated request is told", () => {
    const { result } = outcome({ 0: said("NONE"), 1: said("DUPLICATE_SEQUENCE_NUMBER") });
    expect(result).toEqual({ status: "delivered", rejected: [] });
  });

  it("leaves to the error what is not said, and remembers what is stored", () => {
    expect(outcome({ 1: said("NONE") })).toEqual({ stored: [1, 3], result: undefined });
    expect(outcome({ 0: said("NOT_ENOUGH_REPLICAS"), 1: said("NONE") })).toEqual({
      stored: [1, 3],
      result: undefined,
    });
    expect(outcome({})).toEqual({ stored: [], result: undefined });
  });

  it("names the records that a broker names", () => {
    expect(outcome({ 0: said("INVALID_RECORD", "no", [1]), 1: said("NONE") }).result).toEqual({
      ...{ status: "refused", reason: "bad_event", detail: "INVALID_RECORD: no", named: [2] },
    });
  });

  it("names nobody where a batch of several is too large: fewer are sent then", () => {
    expect(outcome({ 0: said("MESSAGE_TOO_LARGE"), 1: said("NONE") }).result).toEqual({
      ...{ status: "refused", reason: "too_large", detail: "MESSAGE_TOO_LARGE" },
    });
  });

  it("rejects one that was alone in its partition, where others are stored", () => {
    const alone = { partitions: [0, 1, 2], error: failed };
    const answers = new Map([
      [0, said("NONE")],
      [1, said("MESSAGE_TOO_LARGE")],
      [2, said("NONE")],
    ]);
    expect(sendOutcome({ ...alone, answers: { partitions: answers, throttleMs: 0 } }, [4, 5, 6], 7)).toEqual({
      stored: [4, 6],
      result: {
        status: "delivered",
        rejected: [{ index: 5, reason: "too_large", detail: "MESSAGE_TOO_LARGE" }],
      },
    });
  });

  it("refuses a single event that is all there is", () => {
    const answers = { partitions: new Map([[3, said("INVALID_RECORD")]]), throttleMs: 0 };
    expect(sendOutcome({ partitions: [3], answers, error: failed }, [0], 1).result).toEqual({
      ...{ status: "refused", reason: "bad_event", detail: "INVALID_RECORD", named: [0] },
    });
  });
});
