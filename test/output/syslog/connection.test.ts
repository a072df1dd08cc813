import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { open } from "../../../src/output/syslog/connection.ts";
import { systemClock } from "../../../src/time/clock.ts";

/** Takes connections and closes them at once, unread, while this thread is busy. */
const turnsAway = `
const { parentPort } = require("node:worker_threads");
const server = require("node:net").createServer((socket) => socket.destroy());
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

let receiver: Worker | undefined;
afterEach(async () => {
  await receiver?.terminate();
});

function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe("a connection", () => {
  it("takes no early end for consent, however busy this program is while it comes", async () => {
    receiver = new Worker(turnsAway, { eval: true });
    const [port] = (await once(receiver, "message")) as [number];
    for (let times = 0; times < 5; times++) {
      const patience = { clock: systemClock, deadline: new AbortController().signal };
      const opening = open({ transport: "tcp", host: "127.0.0.1", port }, undefined, patience);
      for (let turns = 0; turns < 10; turns++) await undefined;
      // So that the round trip looks long, and the wait is over before what has arrived was looked at.
      busy(4);
      const connection = await opening;
      busy(20);
      const sent = Promise.resolve()
        .then(() => connection.write(Buffer.alloc(6000)))
        .then(() => {
          const settled = connection.settle(6000);
          busy(40);
          return settled;
        })
        .then(() => connection.finish());
      await expect(sent).rejects.toThrow();
      connection.destroy();
    }
  });
});
