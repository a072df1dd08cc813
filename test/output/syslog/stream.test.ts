import { type AddressInfo, createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Address, parseAddress } from "../../../src/output/syslog/address.ts";
import type { StreamOptions } from "../../../src/output/syslog/receiver.ts";
import { stream } from "../../../src/output/syslog/stream.ts";
import {
  type SyslogReceiver,
  type SyslogReceiverOptions,
  startSyslogReceiver,
} from "../../../src/simulate/syslog-receiver.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { frame } from "../../fake/frame.ts";
import { payloadsOfBytes } from "../../fake/payloads.ts";
import { resolver } from "../../fake/resolver.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function receiver(options: Partial<SyslogReceiverOptions> = {}): Promise<SyslogReceiver> {
  const started = await startSyslogReceiver({ transport: "tcp", ...options });
  undo.push(() => started.close());
  return started;
}

function carrier(to: { url: string }, options: Partial<StreamOptions> = {}) {
  const made = stream({
    address: parseAddress(to.url) as Address,
    tls: undefined,
    connection: "per_batch",
    closeTimeoutMs: 150,
    clock: systemClock,
    ...options,
  });
  undo.push(() => made.close());
  return made;
}

const messages = (count: number, size = 20) =>
  Array.from({ length: count }, (_, index) => `<110>1 - - - - - - ${index} ${"x".repeat(size)}`);
const frames = (texts: readonly string[]) =>
  payloadsOfBytes(texts.map((text) => frame(text, "octet_counting")));
const soon = (ms = 5000) => AbortSignal.timeout(ms);

describe("a stream of syslog messages", () => {
  it("is delivered when the receiver, having read everything, closes", async () => {
    const to = await receiver();
    const out = carrier(to);
    const texts = messages(500, 400);
    expect(await out.send(frames(texts), soon())).toEqual({ status: "delivered", rejected: [] });
    expect(to.taken()).toEqual(texts);
  });

  it("takes one connection for a batch, after an empty one that shows whether the receiver closes", async () => {
    const to = await receiver();
    const out = carrier(to);
    for (let round = 0; round < 30; round++)
      expect((await out.send(frames(messages(2)), soon())).status).toBe("delivered");
    expect(to.connections()).toBe(31);
    expect(to.count()).toBe(60);
  });

  it("takes the end of a stranger who understands nothing for no consent, though it is slow to come", async () => {
    const stranger = createServer({ allowHalfOpen: true }, (socket) => {
      socket.once("data", () => setTimeout(() => socket.end(), 60)).once("end", () => socket.end());
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    undo.push(() => stranger.close());
    const out = carrier({ url: `tcp://127.0.0.1:${(stranger.address() as AddressInfo).port}` });
    for (let turn = 0; turn < 2; turn++)
      expect(await out.send(frames(messages(1)), soon())).toMatchObject({
        status: "retry",
        reason: "connection_lost",
      });
  });

  it.each(["reset", "die", "refuse"] as const)(
    "is sent again when the receiver does this: %s",
    async (behavior) => {
      const to = await receiver();
      const out = carrier(to);
      const texts = messages(2000, 400);
      await out.send(frames(messages(1)), soon());
      to.behave(behavior);
      expect(await out.send(frames(texts), soon())).toMatchObject({
        status: "retry",
        reason: "connection_lost",
      });
      to.behave("accept");
      expect((await out.send(frames(texts), soon())).status).toBe("delivered");
      expect(to.taken().slice(-2000)).toEqual(texts);
    },
  );

  it("SYS-RST is sent again when the receiver ends its side before ours", async () => {
    const to = await receiver();
    const out = carrier(to);
    await out.send(frames(messages(1)), soon());
    to.behave("half_close");
    expect(await out.send(frames(messages(10)), soon())).toMatchObject({
      status: "retry",
      reason: "connection_lost",
    });
  });

  it("SYS-SLOW is sent again when the receiver does not read before the deadline", async () => {
    const to = await receiver();
    const out = carrier(to);
    await out.send(frames(messages(1)), soon());
    to.behave("hang");
    expect(await out.send(frames(messages(10)), soon(200))).toMatchObject({
      status: "retry",
      reason: "timeout",
    });
    expect(await out.send(frames(messages(20_000, 1000)), soon(200))).toMatchObject({
      status: "retry",
      reason: "timeout",
    });
    to.cut();
    to.behave("accept");
    expect((await out.send(frames(messages(10)), soon())).status).toBe("delivered");
  });

  it("is sent on one connection, with a warning, when the receiver does not close", async () => {
    const to = await receiver();
    to.behave("keep_open");
    const out = carrier(to);
    const first = await out.send(frames(messages(1)), soon());
    expect(first).toMatchObject({
      status: "delivered",
      warning: expect.stringContaining("keeps a connection open"),
    });
    expect(await out.send(frames(messages(1)), soon())).toEqual({
      status: "delivered",
      rejected: [],
      worth: "sent",
    });
    expect(to.connections()).toBe(2);
    to.cut();
    to.behave("accept");
    await expect.poll(async () => (await out.send(frames(messages(1)), soon())).status).toBe("delivered");
    expect(await out.send(frames(messages(1)), soon())).toEqual({ status: "delivered", rejected: [] });
    expect(to.connections()).toBeGreaterThanOrEqual(5);
  });

  it("takes a new connection when the old one is five minutes old, and loses nothing of it", async () => {
    let now = 0;
    const to = await receiver();
    const clock = { ...systemClock, monotonic: () => now };
    const out = carrier(to, { connection: "persistent", clock });
    for (const minute of [0, 4, 6, 7]) {
      now = minute * 60_000;
      expect(await out.send(frames(messages(3)), soon())).toEqual({ status: "delivered", rejected: [] });
    }
    while (to.count() < 12) await new Promise(setImmediate);
    expect(to.connections()).toBe(2);
  });

  it("stays on one connection when asked to", async () => {
    const to = await receiver();
    const out = carrier(to, { connection: "persistent" });
    for (let round = 0; round < 5; round++)
      expect(await out.send(frames(messages(2)), soon())).toEqual({ status: "delivered", rejected: [] });
    expect(to.connections()).toBe(1);
    await expect.poll(() => to.count()).toBe(10);
  });

  it("is sent again when nobody listens", async () => {
    const to = await receiver();
    await to.close();
    expect(await carrier(to).send(frames(messages(1)), soon())).toMatchObject({
      status: "retry",
      reason: "connect",
    });
  });

  it("holds when the host has no address", async () => {
    undo.push(resolver({}));
    expect(
      await carrier({ url: "tcp://nowhere.invalid:601" }).send(frames(messages(1)), soon()),
    ).toMatchObject({ status: "retry", reason: "dns", hold: true });
  });

  it("gives up at once when the deadline has passed", async () => {
    const to = await receiver();
    expect(await carrier(to).send(frames(messages(1)), AbortSignal.abort(new Error("stop")))).toMatchObject({
      status: "retry",
      reason: "timeout",
    });
  });

  it("is not confirmed by a balancer that ends connections by itself, and check tells what that is", async () => {
    const to = await receiver();
    const out = carrier(to, { closeTimeoutMs: 1_500 });
    await out.send(frames(messages(1)), soon());
    to.behave("no_backend");
    expect(await out.send(frames(messages(3)), soon())).toMatchObject({
      status: "retry",
      reason: "connection_lost",
      detail: expect.stringContaining("as a balancer does that cannot reach its receiver"),
    });
    const findings = await out.probe(soon());
    expect(findings.filter(({ level }) => level === "problem")).toEqual([
      expect.objectContaining({
        text: expect.stringContaining("as a balancer does that cannot reach its receiver"),
        fix: expect.stringContaining("health check"),
      }),
    ]);
    to.behave("accept");
    expect(
      (await out.probe(soon(2_000))).map(({ level }) => level),
      "no time to look",
    ).toEqual(["warning", "ok"]);
    expect((await out.send(frames(messages(3)), soon())).status).toBe("delivered");
    expect(to.count()).toBe(4);
  });
});
