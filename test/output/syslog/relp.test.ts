import { afterEach, describe, expect, it } from "vitest";
import { anyOutputKind } from "../../../src/output/configured.ts";
import { type Address, parseAddress } from "../../../src/output/syslog/address.ts";
import { syslogKind } from "../../../src/output/syslog/kind.ts";
import { relp } from "../../../src/output/syslog/relp.ts";
import type { RelpOptions } from "../../../src/output/syslog/relp-open.ts";
import type { RelpBehavior } from "../../../src/simulate/relp-behavior.ts";
import {
  type RelpReceiver,
  type RelpReceiverOptions,
  startRelpReceiver,
} from "../../../src/simulate/relp-receiver.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { type Behaviour, outputContract, type Remote } from "../../contract/output-contract.ts";
import { payloadsOfBytes } from "../../fake/payloads.ts";
import { agent, parameter, parse5424, syslogOutput } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function receiver(options: RelpReceiverOptions = {}): Promise<RelpReceiver> {
  const started = await startRelpReceiver(options);
  undo.push(() => started.close());
  return started;
}

function carrier(to: { url: string }, options: Partial<RelpOptions> = {}) {
  const address = parseAddress(to.url) as Address;
  const made = relp({ address, tls: undefined, window: 128, agent, clock: systemClock, ...options });
  undo.push(() => made.close());
  return made;
}

const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => `<110>1 - - - - - - m${index}`);
const payloads = (texts: readonly string[]) => payloadsOfBytes(texts.map((text) => Buffer.from(text)));
const soon = (ms = 5000) => AbortSignal.timeout(ms);
const delivered = { status: "delivered", rejected: [] };

describe("syslog over RELP", () => {
  it("is delivered when each message was answered, over one session", async () => {
    const to = await receiver();
    const out = carrier(to);
    const texts = messages(1000);
    expect(await out.send(payloads(texts.slice(0, 700)), soon())).toEqual(delivered);
    expect(await out.send(payloads(texts.slice(700)), soon())).toEqual(delivered);
    expect(to.taken()).toEqual(texts);
    expect(to.connections()).toBe(1);
    await out.close();
    expect(to.closed()).toBe(1);
  });

  it("has no more unanswered than the window", async () => {
    const to = await receiver();
    await carrier(to, { window: 10 }).send(payloads(messages(300)), soon());
    expect(to.window()).toBeGreaterThan(1);
    expect(to.window()).toBeLessThanOrEqual(10);
    expect(to.count()).toBe(300);
  });

  it("carries messages of any size and with any bytes", async () => {
    const to = await receiver();
    const texts = ["x", "two\nlines", "x".repeat(300_000), "é😀"];
    expect(await carrier(to).send(payloads(texts), soon())).toEqual(delivered);
    expect(to.taken()).toEqual(texts);
  });

  it("RELP-CUT sends again what was not answered, and only that", async () => {
    const to = await receiver();
    const out = carrier(to);
    const texts = messages(50);
    to.behave("cut");
    for (let tries = 0; tries < 3; tries++)
      expect(await out.send(payloads(texts), soon())).toMatchObject({
        status: "retry",
        reason: "connection_lost",
      });
    to.behave("accept");
    expect(await out.send(payloads(texts), soon())).toEqual(delivered);
    expect(new Set(to.taken())).toEqual(new Set(texts));
    // Of each of the three sessions the first message was answered.
    expect(to.count()).toBe(texts.length + to.unanswered());
    expect(to.taken().filter((text) => text === texts[0])).toHaveLength(1);
  });

  it("needs no receiver for a batch of which all was answered before", async () => {
    const to = await receiver();
    const out = carrier(to);
    to.behave("cut");
    expect((await out.send(payloads(["one", "two"]), soon(300))).status).toBe("retry");
    await to.close();
    expect(await out.send(payloads(["one"]), soon())).toEqual(delivered);
    expect((await out.send(payloads(["two"]), soon())).status).toBe("retry");
  });

  it("sends messages that look the same as often as they are there", async () => {
    const to = await receiver();
    const out = carrier(to);
    const twins = ["same", "same", "same", "other"];
    to.behave("cut");
    await out.send(payloads(twins), soon());
    to.behave("accept");
    expect(await out.send(payloads(twins), soon())).toEqual(delivered);
    expect(to.taken().filter((text) => text === "same")).toHaveLength(3 + to.unanswered());
  });

  it("gives up a message that is refused twice while others are taken", async () => {
    const to = await receiver();
    to.behave("refuse_one", "m3");
    const result = await carrier(to).send(payloads(messages(9)), soon());
    expect(result).toEqual({
      status: "delivered",
      rejected: [{ index: 3, reason: "bad_event", detail: "500 cannot take it" }],
    });
    expect(to.count()).toBe(8);
  });

  it("does not give up what a receiver refuses once", async () => {
    const to = await receiver();
    to.behave("short_of_memory");
    expect(await carrier(to).send(payloads(messages(9)), soon())).toEqual(delivered);
    expect(to.count()).toBe(9);
  });

  it.each<[RelpBehavior, object]>([
    [
      "refuse_open",
      { reason: "bad_answer", hold: true, detail: expect.stringContaining("no more sessions") },
    ],
    ["no_syslog", { reason: "bad_answer", hold: true, detail: expect.stringContaining("no syslog") }],
    ["stranger", { reason: "bad_answer", hold: true, fix: expect.stringContaining("imrelp") }],
    ["wrong_transaction", { reason: "bad_answer", detail: expect.stringContaining("what was not asked") }],
    ["serverclose", { reason: "connection_lost", detail: expect.stringContaining("shuts down") }],
    ["reset", { reason: "connection_lost" }],
  ])("loses nothing to a receiver that has another idea: %s", async (behavior, expected) => {
    const to = await receiver();
    const out = carrier(to);
    to.behave(behavior);
    const result = await out.send(payloads(messages(9)), soon());
    expect(result).toMatchObject({ status: "retry", ...expected });
    if (!("hold" in expected)) expect(result).not.toHaveProperty("hold");
    to.behave("accept");
    expect(await out.send(payloads(messages(9)), soon())).toEqual(delivered);
    expect(to.taken()).toEqual(messages(9));
  });

  it("goes on over another connection when the receiver was restarted between two batches", async () => {
    const to = await receiver();
    const out = carrier(to);
    expect(await out.send(payloads(["one"]), soon())).toEqual(delivered);
    to.cut();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await out.send(payloads(["two"]), soon())).toEqual(delivered);
    expect(to.taken()).toEqual(["one", "two"]);
  });

  it("ends in time, whatever the receiver does not answer", async () => {
    const to = await receiver();
    const out = carrier(to);
    to.behave("no_answer");
    expect(await out.send(payloads(messages(2)), soon(100))).toMatchObject({
      status: "retry",
      reason: "timeout",
    });
    to.behave("accept");
    expect(await out.send(payloads(["open"]), soon())).toEqual(delivered);
    to.behave("hang");
    await out.close();
    await out.close();
  });

  it("says that it may be a port for plain syslog where nobody opens a session", async () => {
    const to = await receiver();
    to.behave("hang");
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal),
    };
    expect(await carrier(to, { clock }).send(payloads(["x"]), soon())).toMatchObject({
      status: "retry",
      reason: "timeout",
      detail: expect.stringContaining("no session"),
      fix: expect.stringContaining("plain syslog"),
    });
  });

  it("checks a receiver by a session without a message", async () => {
    const to = await receiver();
    const out = carrier(to);
    expect(await out.probe(soon())).toMatchObject([
      { level: "ok", text: expect.stringContaining("stand-in,1,of-this-project") },
    ]);
    expect([to.count(), to.closed()]).toEqual([0, 1]);
    to.behave("no_syslog");
    expect(await out.probe(soon())).toMatchObject([
      { level: "problem", text: expect.stringContaining("takes no syslog"), fix: expect.any(String) },
    ]);
  });
});

const behaviors: Partial<Record<Behaviour, RelpBehavior>> = {
  accept: "accept",
  hang: "no_answer",
  reset: "reset",
  accept_then_cut: "cut",
  refuse_one: "refuse_one",
  refuse_all: "refuse_all",
};

async function remote(): Promise<Remote & { readonly url: string }> {
  const started = await startRelpReceiver();
  let closing: Promise<void> | undefined;
  return {
    url: started.url,
    behave(behaviour, detail) {
      const behavior = behaviors[behaviour];
      if (behavior === undefined) throw new Error(`RELP cannot do this: ${behaviour}`);
      started.behave(behavior, detail?.match);
    },
    taken: () =>
      started.taken().map((message) => {
        const parsed = parse5424(message);
        const name = parsed && (JSON.parse(parsed.text) as { project_name: string }).project_name;
        return { uid: parameter(parsed?.structuredData ?? "", "uid") ?? "", name };
      }),
    connections: started.open,
    closeIdle: started.cut,
    close() {
      closing ??= started.close();
      return closing;
    },
  };
}

const silent = "RELP has no answer for it";
outputContract("syslog over RELP", {
  kind: anyOutputKind(syslogKind),
  folder: new URL("../../../src/output/syslog/", import.meta.url),
  secrets: [],
  remote,
  output: (to) =>
    syslogOutput({ address: (to as { readonly url?: string }).url, format: "json", oversized: "whole" }),
  overTls: (tls) => syslogOutput({ address: "relp+tls://127.0.0.1:1", tls }),
  skips: {
    busy: silent,
    bad_credential: silent,
    wrong_destination: silent,
    oversized: "the receiver takes what it gets, or cuts it",
    redirect: silent,
    html: silent,
    answer_bomb: "an answer of more than 64 KiB ends the session: relp-frame.test.ts",
    documented: "looked at with syslog over TCP",
  },
});
