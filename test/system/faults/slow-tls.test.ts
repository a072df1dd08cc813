import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { createServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { startOtlpReceiver } from "../../../src/simulate/otlp-receiver.ts";
import { startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { type Certificates, certificates } from "../../fake/certificates.ts";
import { type SlowPipe, slowPipe } from "../../fake/slow-pipe.ts";
import { eventually } from "../whole/daemon.ts";
import { type Rig, rig } from "./rig.ts";

let made: Certificates;
let files: { cert: Buffer; key: Buffer };
let here: Rig;
const closing: (() => unknown)[] = [];
beforeAll(() => {
  made = certificates();
  const { cert, key } = made.issue("localhost");
  files = { cert: readFileSync(cert), key: readFileSync(key) };
});
afterAll(() => made.remove());
afterEach(async () => {
  await here.close();
  for (const close of closing.splice(0).reverse()) await close();
});

/** A handshake of a few kilobytes, at this pace, takes an hour. */
const byteASecond = { bytes: 1, everyMs: 1000 };

async function slowly(port: number): Promise<SlowPipe> {
  const pipe = await slowPipe(port, byteASecond);
  closing.push(() => pipe.close());
  return pipe;
}

/** TLS in front of a server that speaks none. */
async function tlsBefore(port: number): Promise<number> {
  const server = createServer(files, (socket) => {
    const behind = connect(port, "127.0.0.1");
    for (const each of [socket, behind]) each.on("error", () => {});
    socket.pipe(behind).pipe(socket);
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

describe("a peer whose TLS comes a byte a second", { timeout: 180_000 }, () => {
  it("UP-TLS-SLOW the source: told, tried again, nothing lost; in the handshake and behind it", async () => {
    here = await rig();
    here.grow(100);
    const pipe = await slowly(await tlsBefore(here.wandb.port));
    const yaml = here
      .yaml(here.place.stateDir)
      .replace(
        /url: "http:[^"]*", instance/,
        `url: "https://127.0.0.1:${pipe.port}", tls: { ca: ${made.ca} }, read: { timeout: 8s }, instance`,
      );
    here.place.write(yaml);
    const daemon = here.start();
    await eventually("it is told", () => daemon.stdout().includes('"type":"poll_failed"'), 40_000);
    expect(daemon.stdout()).toMatch(
      /"reason":"timeout","detail":"[^"]*TLS handshake \(\d+ bytes of it came\)/,
    );
    expect(pipe.open).toBeLessThan(3);
    pipe.pace(undefined);
    await eventually("it goes on", () => here.arrived() === 100, 60_000);
    // Behind the handshake: the head of the answer, then the answer.
    pipe.pace({ ...byteASecond, free: 2500 });
    here.grow(20, 0.1);
    const before = pipe.count;
    await eventually("it gives up and connects again", () => pipe.count > before + 1, 60_000);
    expect(pipe.open).toBeLessThan(3);
    pipe.pace(undefined);
    await eventually("it goes on", () => here.arrived() === 120, 60_000);
    here.expectWhole();
    expect(here.arrived()).toBe(120);
    expect(daemon.stdout()).not.toContain('"type":"source_gap"');
  });

  it("OUT-TLS-SLOW outputs: only they wait, with one connection each, and drain when it is over", async () => {
    const tls = await Promise.all([
      startHecReceiver({ tls: files }),
      startSyslogReceiver({ transport: "tls", tls: files }),
      startOtlpReceiver({ tls: files }),
    ]);
    for (const receiver of tls) closing.push(() => receiver.close());
    const pipes = [];
    for (const receiver of tls) pipes.push(await slowly(receiver.port));
    const [hec, syslog, otlp] = pipes as [SlowPipe, SlowPipe, SlowPipe];
    const shared = `timeout: 3s, batch: { max_wait: 10ms }, retry: { min_backoff: 20ms, max_backoff: 200ms }, tls: { ca: ${made.ca} }`;
    here = await rig({
      output: ` }
  - { name: slow-hec, type: splunk_hec, url: "https://127.0.0.1:${hec.port}", token: "\${TOKEN}", ${shared} }
  - { name: slow-syslog, type: syslog, address: "tls://127.0.0.1:${syslog.port}", ${shared} }
  - { name: slow-otlp, type: otlp, endpoint: "https://127.0.0.1:${otlp.port}", ${shared}`,
    });
    here.grow(100);
    const daemon = here.start();
    await eventually("the other one has everything", () => here.arrived() === 100);
    const told = (name: string) =>
      daemon
        .stdout()
        .split("\n")
        .find((line) => line.includes("delivery_failed") && line.includes(`"output":"${name}"`));
    for (const name of ["slow-hec", "slow-syslog", "slow-otlp"])
      await eventually(
        `${name} is told`,
        () => told(name)?.includes("no end of the TLS handshake") === true,
        30_000,
      );
    for (const pipe of pipes) expect(pipe.open).toBeLessThan(3);
    here.grow(20, 0.1);
    await eventually("the other one goes on", () => here.arrived() === 120);
    for (const pipe of pipes) pipe.pace(undefined);
    await eventually("all drain", () => tls.every((receiver) => receiver.count() >= 120), 60_000);
    for (const pipe of pipes) pipe.pace({ ...byteASecond, free: 3000 });
    here.grow(20, 0.1);
    await eventually("the other one still goes on", () => here.arrived() === 140);
    const asked = performance.now();
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5000);
    for (const pipe of pipes) pipe.pace(undefined);
    expect((await here.once()).code).toBe(0);
    here.expectWhole();
  });
});
