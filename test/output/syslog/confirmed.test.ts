import { afterEach, describe, expect, it } from "vitest";
import type { Address } from "../../../src/output/syslog/address.ts";
import { sendConfirmed } from "../../../src/output/syslog/confirmed.ts";
import { type Receiver, receiver } from "../../../src/output/syslog/receiver.ts";
import { type SyslogReceiver, startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { systemClock } from "../../../src/time/clock.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function remote(): Promise<{ to: SyslogReceiver; out: Receiver }> {
  const to = await startSyslogReceiver({ transport: "tcp" });
  const address: Address = { transport: "tcp", host: "127.0.0.1", port: to.port };
  const out = receiver({ address, tls: undefined, clock: systemClock });
  undo.push(
    () => to.close(),
    () => out.close(),
  );
  return { to, out };
}

const message = Buffer.from("9 <110>1 - -");
const within = (ms: number) => ({ clock: systemClock, leastMs: 0, deadline: AbortSignal.timeout(ms) });

describe("a batch", () => {
  it("is confirmed by a quick end, over one connection", async () => {
    const { to, out } = await remote();
    await sendConfirmed(out, message, within(5_000));
    expect([to.count(), to.connections()]).toEqual([1, 1]);
  });

  it("is confirmed over one connection also when the end came while this program was busy", async () => {
    const { to, out } = await remote();
    const connect: Receiver["connect"] = async (deadline) => ({
      ...(await out.connect(deadline)),
      finish: () =>
        new Promise((resolve) => {
          setImmediate(() => {
            const until = performance.now() + 600;
            while (performance.now() < until);
            // What came meanwhile is looked at after every timer that is over by now.
            setImmediate(resolve);
          });
        }),
    });
    await sendConfirmed({ ...out, connect }, message, within(5_000));
    expect(to.connections()).toBe(1);
  });

  it("is confirmed by a slow end where another connection stays open for longer, and there is none left", async () => {
    const { to, out } = await remote();
    to.behave("slow_close");
    await sendConfirmed(out, message, within(10_000));
    expect([to.count(), to.connections()]).toEqual([1, 2]);
    await expect.poll(() => to.open()).toBe(0);
  });

  it("is not confirmed by the end of a balancer that gave up its receiver", async () => {
    const { to, out } = await remote();
    to.behave("no_backend");
    await expect(sendConfirmed(out, message, within(10_000))).rejects.toThrow(
      /on which nothing was sent was ended by itself, as a balancer does/,
    );
    await expect.poll(() => to.open()).toBe(0);
  });

  it("fails once, whichever of the two connections fails", async () => {
    const { to, out } = await remote();
    to.behave("slow_close");
    let waited: number | Promise<number> = -1;
    const staysOpen: Receiver["staysOpen"] = (ms) => {
      waited = ms;
      return Promise.reject(new Error("connect ECONNREFUSED"));
    };
    await expect(sendConfirmed({ ...out, staysOpen }, message, within(10_000))).rejects.toThrow("REFUSED");
    // A rejection that nobody waits for would end the process.
    expect(await waited).toBe(0);
  });

  it("waits for no second connection beyond the deadline, or when the output is closed", async () => {
    const { to, out } = await remote();
    to.behave("slow_close");
    await expect(sendConfirmed(out, message, within(900))).rejects.toThrow(/timeout/);
    const before = to.connections();
    const sending = sendConfirmed(out, message, within(10_000));
    await expect.poll(() => to.connections(), { timeout: 5_000 }).toBe(before + 2);
    out.close();
    await expect(sending).rejects.toThrow();
    await expect.poll(() => to.open()).toBe(0);
  });
});
