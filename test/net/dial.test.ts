import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dial, type HostAddress, hostAddresses } from "../../src/net/dial.ts";
import { networkFault } from "../../src/net/http/fault.ts";
import { systemClock } from "../../src/time/clock.ts";
import { type BlackHole, blackHole } from "../fake/black-hole.ts";
import { ManualClock } from "../fake/manual-clock.ts";

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const never = new AbortController().signal;
const resolver = (...addresses: string[]) => {
  const found: HostAddress[] = addresses.map((address) => ({
    address,
    family: address.includes(":") ? 6 : 4,
  }));
  return async () => found;
};

/** Takes connections at 127.0.0.1, and counts those that are open. */
async function remote(port = 0) {
  const server = createServer((socket) => socket.on("error", () => {}).resume());
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return { port: (server.address() as AddressInfo).port };
}

describe("dial", () => {
  let hole: BlackHole;
  beforeAll(async () => {
    hole = await blackHole();
  });
  afterAll(() => hole.close());

  it("does not wait for an address that leads nowhere before it tries the next", async () => {
    const { port } = await remote(hole.port);
    const lookup = resolver(hole.host, "127.0.0.1");
    const dialed = await dial({
      host: "siem.example",
      port,
      clock: new ManualClock(0),
      deadline: never,
      lookup,
    });
    expect(dialed.socket.remoteAddress).toBe("127.0.0.1");
    dialed.socket.destroy();
  });

  it("tries the next at once where an address refuses", async () => {
    const { port } = await remote();
    const patience = { clock: { ...systemClock, sleep: () => new Promise<void>(() => {}) }, deadline: never };
    const lookup = resolver("::1", "127.0.0.3", "127.0.0.1");
    const { socket } = await dial({ host: "siem.example", port, lookup, ...patience });
    expect(socket.remoteAddress).toBe("127.0.0.1");
    socket.destroy();
  });

  it("tells what was tried, and the time that was really waited", async () => {
    const clock = { ...systemClock, monotonic: () => waitedMs, sleep: async () => {} };
    let waitedMs = 0;
    const deadline = new AbortController();
    const lookup = resolver(hole.host, "127.0.0.9");
    const dialing = dial({ host: "siem.example", port: hole.port, clock, deadline: deadline.signal, lookup });
    setTimeout(() => {
      waitedMs = 4_321;
      deadline.abort();
    }, 20);
    const fault = networkFault(await dialing.catch((error) => error), "siem.example");
    expect(fault).toMatchObject({ reason: "timeout", hold: false });
    expect(fault.detail).toMatch(
      /^siem\.example: no connection to 127\.0\.0\.2.* at port \d+ within 4\.3 s$/,
    );
  });

  it("tells that nobody listens at any address", async () => {
    const error = await dial({
      host: "siem.example",
      port: 1,
      clock: systemClock,
      deadline: never,
      lookup: resolver("127.0.0.1", "127.0.0.5"),
    }).catch((caught) => caught);
    expect(networkFault(error, "h")).toMatchObject({
      reason: "connect",
      detail: "h: connect ECONNREFUSED 127.0.0.1:1; connect ECONNREFUSED 127.0.0.5:1",
    });
  });

  it("waits for the resolver no longer than it may", async () => {
    const deadline = AbortSignal.timeout(10);
    const lookup = () => new Promise<never>(() => {});
    const asked = dial({ host: "siem.example", port: 1, clock: systemClock, deadline, lookup });
    await expect(asked).rejects.toThrow(/no answer from the resolver for siem\.example within \d+ ms/);
  });

  it("takes the families by turns, in the resolver's order", async () => {
    const lookup = resolver("::1", "::2", "127.0.0.1");
    const patience = { clock: systemClock, deadline: never };
    const addresses = await hostAddresses("siem.example", patience, lookup);
    expect(addresses.map(({ address }) => address)).toEqual(["::1", "127.0.0.1", "::2"]);
    expect(await hostAddresses("::1", patience, lookup)).toEqual([{ address: "::1", family: 6 }]);
  });
});
