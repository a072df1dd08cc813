import { afterEach, describe, expect, it } from "vitest";
import type { Output } from "../../../src/output/output.ts";
import { splunkHecKind } from "../../../src/output/splunk-hec/kind.ts";
import { type HecReceiverOptions, startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { startHttpReceiver } from "../../../src/simulate/http-receiver.ts";
import { type Clock, systemClock } from "../../../src/time/clock.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";

const token = "token-for-acknowledgement";
const never = new AbortController().signal;

/** Waiting between two questions takes no time, but the clock shows that it did; how long a question may take is real. */
function hastyClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  return {
    pass(ms) {
      now += ms;
    },
    now: () => now,
    monotonic: () => now,
    sleep: async (ms, stop) => {
      if (ms > 2_000) return systemClock.sleep(ms, stop);
      now += ms;
    },
  };
}

describe("splunk_hec with indexer acknowledgement", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  function outputTo(receiver: { readonly url: string }, guids = "a", clock: Clock = hastyClock()): Output {
    const config = splunkHecKind.schema.parse({
      name: "splunk",
      type: "splunk_hec",
      url: receiver.url,
      token,
      ack: true,
      ack_timeout: "1m",
    });
    let made = 0;
    const guid = () => `00000000-0000-4000-8000-${guids.repeat(8)}${String(made++).padStart(4, "0")}`;
    const output = splunkHecKind.create(config, { ...outputContext, clock, guid });
    opened.unshift(output);
    return output;
  }

  async function pair(receiving: HecReceiverOptions = {}) {
    const receiver = await startHecReceiver({ token, ack: true, ...receiving });
    opened.push(receiver);
    return { receiver, output: outputTo(receiver) };
  }

  function send(output: Output, deadline = never) {
    return output.send(payloadsOf(output, sampleEvents(2)), deadline);
  }

  it("delivers when the indexers confirm, and keeps its channel", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("second_time");
    for (let round = 0; round < 3; round++)
      expect(await send(output)).toEqual({ status: "delivered", rejected: [] });
    expect(receiver.channels()).toHaveLength(1);
    expect(receiver.requests()).toBe(9);
  });

  it("HEC-ACK-NEVER: sends again on a new channel, holds after three times, and never calls it delivered", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("never");
    expect(await send(output)).not.toHaveProperty("hold");
    expect(await send(output)).not.toHaveProperty("hold");
    expect(await send(output)).toMatchObject({ status: "retry", reason: "timeout", hold: true });
    expect(receiver.channels()).toHaveLength(3);
    receiver.acknowledge("at_once");
    expect(await send(output)).toMatchObject({ status: "delivered" });
    receiver.acknowledge("never");
    expect(await send(output)).not.toHaveProperty("hold");
  });

  it("HEC-ACK-RESTART: a new process begins on a channel of its own", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("never");
    await send(output);
    receiver.acknowledge("at_once");
    expect(await send(outputTo(receiver, "b"))).toMatchObject({ status: "delivered" });
    expect(new Set(receiver.channels()).size).toBe(2);
  });

  it("HEC-ACK-RESET: takes ids that begin again for nothing, and sends on a new channel", async () => {
    const { receiver, output } = await pair();
    await send(output);
    await send(output);
    receiver.restart();
    expect(await send(output)).toMatchObject({ status: "retry", reason: "bad_answer" });
    expect(await send(output)).toMatchObject({ status: "delivered" });
    expect(receiver.channels()).toHaveLength(2);
  });

  it("sends once where the indexer removed the channel meanwhile, as it does with one that idles", async () => {
    const { receiver } = await pair();
    const clock = hastyClock();
    const output = outputTo(receiver, "b", clock);
    for (let round = 0; round < 3; round++) {
      expect(await send(output)).toEqual({ status: "delivered", rejected: [] });
      clock.pass(601_000);
      receiver.restart();
    }
    expect(receiver.taken()).toHaveLength(6);
    await send(output);
    clock.pass(60_000);
    await send(output);
    expect(receiver.channels()).toHaveLength(4);
  });

  it("begins a new channel after a lost answer, so that an old id cannot confirm the resend", async () => {
    const { receiver, output } = await pair();
    receiver.behave("accept_then_cut", { times: 1 });
    expect(await send(output)).toMatchObject({ status: "retry", reason: "connection_lost" });
    expect(await send(output)).toMatchObject({ status: "delivered" });
    expect(receiver.channels()).toHaveLength(2);
    expect(receiver.taken()).toHaveLength(4);
  });

  it("HEC-ACK-OFF: delivers with one warning when the token does not acknowledge", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("disabled");
    expect(await send(output)).toMatchObject({
      status: "delivered",
      worth: "received",
      warning: expect.stringContaining("acknowledgement"),
    });
    expect(await send(output)).toEqual({ status: "delivered", rejected: [], worth: "received" });
    receiver.acknowledge("at_once");
    expect(await send(output)).not.toHaveProperty("worth");
  });

  it("HEC-ACK-OFF: stops asking when the endpoint says that acknowledgement is disabled", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("never");
    const sending = send(output);
    while (receiver.count() === 0) await new Promise(setImmediate);
    receiver.acknowledge("disabled");
    expect(await sending).toMatchObject({ status: "delivered", worth: "received" });
  });

  it("says that Splunk took it when the time is up before it is confirmed", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("never");
    const stop = new AbortController();
    const sending = send(output, stop.signal);
    while (receiver.requests() < 3) await new Promise(setImmediate);
    stop.abort();
    expect(await sending).toMatchObject({
      status: "retry",
      reason: "timeout",
      detail: expect.stringContaining("taken, but not confirmed"),
    });
  });

  it("HEC-ACK-API-DOWN: keeps asking, and does not call it delivered", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("down");
    expect(await send(output)).toMatchObject({ status: "retry", reason: "timeout" });
    expect(receiver.requests()).toBeGreaterThan(10);
  });

  it("sends a balancer's cookie back with every question on the channel", async () => {
    const cookies: (string | undefined)[] = [];
    const receiver = await startHttpReceiver({
      accept: ({ path, headers }) => {
        cookies.push(headers.cookie);
        const body = path.endsWith("/ack") ? { acks: { "0": true } } : { text: "Success", code: 0, ackId: 0 };
        return { status: 200, headers: { "set-cookie": "AWSELB=b1; Path=/" }, body: JSON.stringify(body) };
      },
    });
    opened.push(receiver);
    expect(await send(outputTo(receiver))).toMatchObject({ status: "delivered" });
    expect(cookies).toEqual([undefined, "AWSELB=b1"]);
  });

  it("sends no batch again while questions are turned away, as by a proxy that lets only events through", async () => {
    let [open, events] = [false, 0];
    const receiver = await startHttpReceiver({
      accept: ({ path }) => {
        if (!path.endsWith("/ack"))
          return { status: 200, body: JSON.stringify({ text: "Success", code: 0, ackId: events++ }) };
        return open ? { status: 200, body: '{"acks":{"0":true,"1":true}}' } : { status: 404, body: "no" };
      },
    });
    opened.push(receiver);
    const output = outputTo(receiver);
    for (let round = 0; round < 4; round++)
      expect(await send(output)).toMatchObject({
        ...{ status: "retry", hold: true, reason: "not_found" },
        detail: expect.stringContaining("turned away (services/collector/ack): HTTP 404: no"),
        fix: expect.stringContaining("let services/collector/ack through"),
      });
    expect(events).toBe(1);
    open = true;
    expect(await send(output)).toMatchObject({ status: "delivered" });
    expect(events).toBe(2);
  });

  it("answers at once when the deadline comes while it waits", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("never");
    const deadline = new AbortController();
    const sending = send(output, deadline.signal);
    while (receiver.count() === 0) await new Promise(setImmediate);
    deadline.abort();
    expect(await sending).toMatchObject({ status: "retry", reason: "timeout" });
  });

  it("holds when the token is refused while it waits", async () => {
    const { receiver, output } = await pair();
    receiver.acknowledge("never");
    const sending = send(output);
    while (receiver.count() === 0) await new Promise(setImmediate);
    receiver.behave("unauthorized");
    expect(await sending).toMatchObject({ status: "retry", hold: true, reason: "unauthorized" });
  });
});
