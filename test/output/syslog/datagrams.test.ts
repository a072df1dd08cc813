import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { type Address, parseAddress } from "../../../src/output/syslog/address.ts";
import { datagrams } from "../../../src/output/syslog/datagrams.ts";
import { startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { payloadsOfBytes } from "../../fake/payloads.ts";
import { resolver } from "../../fake/resolver.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
const soon = () => AbortSignal.timeout(5000);
const bytes = (texts: readonly string[]) => payloadsOfBytes(texts.map((text) => Buffer.from(text)));
const to = (url: string) => datagrams(parseAddress(url) as Address, systemClock);

async function receiver() {
  const started = await startSyslogReceiver({ transport: "udp" });
  undo.push(() => started.close());
  return started;
}

describe("syslog datagrams", () => {
  it("carry one message each", async () => {
    const { url, taken } = await receiver();
    const texts = Array.from({ length: 200 }, (_, index) => `<110>1 message ${index}`);
    expect(await to(url).send(bytes(texts), soon())).toEqual({ status: "delivered", rejected: [] });
    await expect.poll(() => taken().length).toBe(200);
    expect(taken()).toEqual(texts);
  });

  it("give up only the message that is too large for one", async () => {
    const { url, taken } = await receiver();
    const result = await to(url).send(bytes(["first", "x".repeat(70_000), "last"]), soon());
    expect(result).toMatchObject({ status: "delivered", rejected: [{ index: 1, reason: "too_large" }] });
    await expect.poll(() => taken()).toEqual(["first", "last"]);
  });

  it("are sent again when nobody listens, even a single one", async () => {
    const { url, close } = await receiver();
    await close();
    undo.pop();
    expect(await to(url).send(bytes(["alone"]), soon())).toMatchObject({
      status: "retry",
      reason: "connect",
    });
  });

  it("wait for a person when the host has no address", async () => {
    onTestFinished(resolver({}));
    expect(await to("udp://nowhere.invalid").send(bytes(["x"]), soon())).toMatchObject({
      status: "retry",
      reason: "dns",
      hold: true,
    });
  });

  it("stop when the deadline passes", async () => {
    const { url } = await receiver();
    expect(await to(url).send(bytes(["x"]), AbortSignal.abort())).toMatchObject({
      status: "retry",
      reason: "timeout",
    });
    const deadline = new AbortController();
    const sending = to(url).send(bytes(Array.from({ length: 5000 }, () => "x")), deadline.signal);
    setTimeout(() => deadline.abort(), 20);
    expect(await sending).toMatchObject({ status: "retry", reason: "timeout" });
  });

  it("are called what they are by `check`", async () => {
    const { url } = await receiver();
    expect(await to(url).probe(soon())).toMatchObject([
      { level: "warning", text: expect.stringContaining("UDP gives no answer") },
    ]);
    expect(await to("udp://nowhere.invalid").probe(soon())).toMatchObject([{ level: "problem" }]);
  });
});
