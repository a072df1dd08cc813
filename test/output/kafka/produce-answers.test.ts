import { afterEach, describe, expect, it } from "vitest";
import { sampleEvents } from "../../contract/sample-event.ts";
import { asked, lyingBroker, produced } from "../../fake/lying-broker.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { kafkaOutput, to } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
const never = new AbortController().signal;
const topic = "wandb-audit";

/** What an output makes of a broker that stores the records and says this of it. */
async function sent(said: Buffer, timeout = "450ms") {
  const broker = await lyingBroker({ [asked.produce]: () => said });
  undo.push(() => broker.close());
  const output = kafkaOutput({ ...to(broker), timeout });
  undo.push(() => output.close());
  return output.send(payloadsOf(output, sampleEvents(5)), never);
}

describe("what a broker says of records", () => {
  it("is a delivery where it says it of each of their partitions", async () => {
    expect(await sent(produced([[topic, [0, 1, 2]]]))).toEqual({ status: "delivered", rejected: [] });
  });

  it.each([
    ["of no topic", []],
    ["of another topic", [["other", [0, 1, 2]]]],
    ["of no partition", [[topic, []]]],
    ["of other partitions", [[topic, [7, -1, 2_147_483_647]]]],
    ["of one partition, where there are more", [[topic, [0]]]],
  ] as const)("is none where it says it %s", async (_, topics) => {
    expect(await sent(produced(topics))).toMatchObject({
      status: "retry",
      hold: true,
      reason: "bad_answer",
      detail: expect.stringContaining("leave out partitions"),
    });
  });

  it("gives up nobody for what it says of another topic", async () => {
    const invalidRecord = 87;
    expect(await sent(produced([["other", [0, 1, 2]]], { code: invalidRecord }))).toMatchObject({
      status: "retry",
    });
  });

  it("is told as what nobody can read where its code is of another time", async () => {
    expect(await sent(produced([[topic, [0, 1, 2]]], { code: 9_999 }))).toMatchObject({
      status: "retry",
      reason: "bad_answer",
      detail: expect.stringContaining("an answer cannot be read"),
    });
  });

  it("is not collected without end: thousands of errors to every try end the send before its time", async () => {
    const partitions = Array.from({ length: 6_000 }, (_, index) => index);
    const notLeader = 6;
    const began = performance.now();
    const result = await sent(produced([[topic, partitions]], { code: notLeader }), "1m");
    expect(result).toMatchObject({ status: "retry", reason: "busy" });
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it("makes nobody wait for longer than an hour, and not at all by a time that has passed", async () => {
    const all = [[topic, [0, 1, 2]]] as const;
    expect(await sent(produced(all, { throttleMs: 2_147_483_647 }))).toMatchObject({
      status: "delivered",
      slowDownMs: 3_600_000,
    });
    expect(await sent(produced(all, { throttleMs: -5 }))).toEqual({ status: "delivered", rejected: [] });
  });
});
