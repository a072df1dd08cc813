import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseAddress } from "../../src/output/syslog/address.ts";
import { stream } from "../../src/output/syslog/stream.ts";
import { type SyslogReceiver, startSyslogReceiver } from "../../src/simulate/syslog-receiver.ts";
import { systemClock } from "../../src/time/clock.ts";
import { type BlackHole, blackHole } from "../fake/black-hole.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { frame } from "../fake/frame.ts";
import { payloadsOfBytes } from "../fake/payloads.ts";
import { type Balancer, freePort, haproxyIsHere, nginxIsHere, startHaproxy, startNginx } from "./balancer.ts";

let made: Certificates;
let siem: { cert: string; key: string };
let hole: BlackHole;
beforeAll(async () => {
  made = certificates();
  siem = made.issue("siem", { days: 60 });
  hole = await blackHole();
});
afterAll(async () => {
  made.remove();
  await hole.close();
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const balancers = [
  { name: "HAProxy", start: startHaproxy, here: haproxyIsHere },
  { name: "nginx", start: startNginx, here: nginxIsHere },
];
const secured = [
  { tls: false, how: "TCP" },
  { tls: true, how: "TLS ending there" },
];

/** A small batch fits into what a balancer buffers, a large one does not. */
const batch = (count: number) =>
  payloadsOfBytes(
    Array.from({ length: count }, (_, index) =>
      frame(`<110>1 - - - - - - ${index} ${"x".repeat(400)}`, "octet_counting"),
    ),
  );
const soon = () => AbortSignal.timeout(30_000);

async function receiver(tls = false): Promise<SyslogReceiver> {
  const options = tls ? { cert: readFileSync(siem.cert), key: readFileSync(siem.key) } : {};
  const to = await startSyslogReceiver({ transport: tls ? "tls" : "tcp", tls: options });
  closing.push(() => to.close());
  return to;
}

async function through(
  start: (balancer: Balancer) => ReturnType<typeof startHaproxy>,
  {
    endsTls = false,
    speaksTls = endsTls,
    ...given
  }: Partial<Balancer> & { to: string; endsTls?: boolean; speaksTls?: boolean },
) {
  const balancer = await start({ connectTimeout: "1s", tls: endsTls ? siem : undefined, ...given });
  const address = parseAddress(`${speaksTls ? "tls" : "tcp"}://127.0.0.1:${balancer.port}`);
  if (typeof address === "string") throw new Error(address);
  const tls = speaksTls ? { ca: made.ca, insecure_skip_verify: false } : undefined;
  const out = stream({ address, tls, connection: "per_batch", closeTimeoutMs: 2_000, clock: systemClock });
  closing.push(
    () => balancer.close(),
    () => out.close(),
  );
  return out;
}

describe.each(balancers)("through $name (skipped where it is not installed)", ({ name, start, here }) => {
  it.skipIf(!here).each(secured)("$how: what a receiver behind it took is delivered", async ({ tls }) => {
    const to = await receiver();
    const out = await through(start, { to: `127.0.0.1:${to.port}`, endsTls: tls });
    for (const count of [10, 300])
      expect(await out.send(batch(count), soon())).toEqual({ status: "delivered", rejected: [] });
    expect(to.count()).toBe(310);
    expect((await out.probe(soon())).filter(({ level, open }) => level !== "ok" && !open)).toEqual([]);
  });

  it.skipIf(!here).each(secured)(
    "$how: nothing is delivered while the receiver refuses connections",
    { timeout: 120_000 },
    async ({ tls }) => {
      const out = await through(start, { to: `127.0.0.1:${await freePort()}`, endsTls: tls });
      for (const count of [10, 300])
        expect(await out.send(batch(count), soon())).toMatchObject({
          status: "retry",
          reason: "connection_lost",
        });
      expect((await out.probe(soon())).filter(({ level }) => level === "problem")).toHaveLength(1);
    },
  );

  it.skipIf(!here).each(secured)(
    "$how: nothing is delivered while the receiver's address leads nowhere",
    { timeout: 120_000 },
    async ({ tls }) => {
      const out = await through(start, { to: `${hole.host}:${hole.port}`, endsTls: tls });
      for (const count of [10, 300])
        expect(await out.send(batch(count), soon())).toMatchObject({
          status: "retry",
          reason: "connection_lost",
        });
    },
  );

  it.skipIf(!here)(
    "TLS end to end: nothing is delivered without the receiver, and what it took is",
    { timeout: 120_000 },
    async () => {
      for (const abortOnClose of [false, true]) {
        const dead = { to: `127.0.0.1:${await freePort()}`, speaksTls: true, abortOnClose };
        expect(await (await through(start, dead)).send(batch(10), soon()), name).toMatchObject({
          status: "retry",
        });
      }
      const to = await receiver(true);
      const out = await through(start, { to: `127.0.0.1:${to.port}`, speaksTls: true, abortOnClose: true });
      expect(await out.send(batch(10), soon())).toEqual({ status: "delivered", rejected: [] });
      expect(to.count()).toBe(10);
    },
  );
});

it.skipIf(!haproxyIsHere).each([false, true])(
  "HAProxy with a health check ends connections at once while no receiver is up, abortonclose or not: %j (skipped without HAProxy)",
  async (abortOnClose) => {
    const dead = { to: `127.0.0.1:${await freePort()}`, abortOnClose, healthCheck: true };
    const out = await through(startHaproxy, dead);
    await sleep(1_000);
    for (const count of [1, 10, 300]) {
      const before = performance.now();
      expect(await out.send(batch(count), soon())).toMatchObject({
        status: "retry",
        reason: "connection_lost",
      });
      expect(performance.now() - before).toBeLessThan(2_500);
    }
  },
);

describe("what the README of the output says is not noticed", () => {
  it.skipIf(!haproxyIsHere)(
    "HAProxy with abortonclose ends a small batch at once (skipped without HAProxy)",
    async () => {
      const dead = { to: `127.0.0.1:${await freePort()}`, abortOnClose: true };
      const out = await through(startHaproxy, dead);
      expect(await out.send(batch(10), soon())).toMatchObject({ status: "delivered" });
      expect((await out.probe(soon())).filter(({ level }) => level === "problem")).toHaveLength(1);
    },
  );

  it.skipIf(!nginxIsHere).each(secured)(
    "nginx that tries for longer than close_timeout looks like a receiver that never closes, $how: sent, with a warning, and told when it gives up (skipped without nginx)",
    async ({ tls }) => {
      const far = { to: `${hole.host}:${hole.port}`, connectTimeout: "4s", endsTls: tls };
      const out = await through(startNginx, far);
      expect(await out.send(batch(10), soon())).toMatchObject({
        status: "delivered",
        warning: expect.stringContaining("A balancer does the same while it cannot reach its receiver"),
      });
      await sleep(6_000);
      expect(await out.send(batch(10), soon())).toMatchObject({
        status: "retry",
        reason: "connection_lost",
        detail: expect.stringContaining("what was sent last over this connection may not have arrived"),
      });
    },
  );
});
