import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Receiver, receiver } from "../../../src/output/syslog/receiver.ts";
import { type Clock, systemClock } from "../../../src/time/clock.ts";
import { ManualClock } from "../../fake/manual-clock.ts";

const never = new AbortController().signal;
let server: Server | undefined;
const open = new Set<Socket>();
afterEach(() => {
  for (const socket of open) socket.destroy();
  server?.close();
});

/** A receiver whose remote ends its side when we do, or never. */
async function remote(closes: boolean, clock: Clock = systemClock): Promise<Receiver> {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.resume();
    if (closes) socket.on("end", () => socket.end());
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return receiver({ address: { transport: "tcp", host: "127.0.0.1", port }, tls: undefined, clock });
}

describe("a receiver", () => {
  it("closes its side of a connection that we ended", async () => {
    const met = await (await remote(true)).meet({ listenMs: 0, closeMs: 5_000 }, never);
    expect(met).toEqual({ closes: true, said: Buffer.alloc(0) });
  });

  it("does not close it when the time for that passes, by the clock that is given", async () => {
    const clock = new ManualClock(0);
    const met = await (await remote(false, clock)).meet({ listenMs: 0, closeMs: 60_000 }, never);
    expect(met.closes).toBe(false);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000);
  });

  it("says neither when the deadline comes first", async () => {
    const deadline = new AbortController();
    const asked = (await remote(false)).meet({ listenMs: 0, closeMs: 60_000 }, deadline.signal);
    while (open.size === 0) await new Promise(setImmediate);
    deadline.abort(new Error("enough"));
    await expect(asked).rejects.toThrow();
  });

  it("is not reached without time, nor where nobody listens", async () => {
    const there = await remote(true);
    await expect(there.connect(AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    const address = { transport: "tcp", host: "127.0.0.1", port: 1 } as const;
    const nobody = receiver({ address, tls: undefined, clock: systemClock });
    await expect(nobody.connect(never)).rejects.toThrow("ECONNREFUSED");
  });

  it("ends the connection that is worked on when it is closed", async () => {
    const there = await remote(true);
    const connection = await there.connect(never);
    const work = there.during(connection, never, () =>
      connection.settle(1e9).then(() => connection.finish()),
    );
    there.close();
    await expect(work).rejects.toThrow();
    expect(connection.isOver()).toBe(true);
  });
});
