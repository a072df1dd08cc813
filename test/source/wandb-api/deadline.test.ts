import { describe, expect, onTestFinished, test } from "vitest";
import { blackHole } from "../../fake/black-hole.ts";
import { rawServer, swallow } from "../../fake/raw-server.ts";
import { resolver } from "../../fake/resolver.ts";
import { failure, Keeper, line, rehearse, today } from "./reading.ts";

async function silent() {
  const server = await rawServer(swallow);
  onTestFinished(() => server.close());
  return server;
}

async function sourceOf(config: Record<string, unknown>) {
  const rehearsal = await rehearse();
  onTestFinished(() => rehearsal.close());
  return { keeper: new Keeper(rehearsal.source(config)), clock: rehearsal.clock };
}

describe("before there is a connection", () => {
  test("UP-PROXY a proxy that swallows CONNECT: `read.timeout` holds, and so does a stop", async () => {
    const proxy = `http://127.0.0.1:${(await silent()).port}`;
    const { keeper } = await sourceOf({ url: "https://w.example", proxy, read: { timeout: "1s" } });
    expect(await failure(keeper.poll())).toMatchObject({
      reason: "proxy",
      hold: false,
      message: expect.stringMatching(
        /no answer from the proxy to CONNECT w\.example:443 within (\d+ ms|1(\.\d)? s)/,
      ),
    });
    const stop = new AbortController();
    const reading = failure(keeper.read(stop.signal));
    setTimeout(() => stop.abort(new Error("stopping")), 30);
    expect(await reading).toBe(stop.signal.reason);
  });

  test("the limit for making a connection does not wait for `read.timeout`", async () => {
    const hole = await blackHole();
    onTestFinished(() => hole.close());
    const { keeper, clock } = await sourceOf({
      url: `http://${hole.host}:${hole.port}`,
      allow_plaintext: true,
    });
    clock.faster = 200;
    expect(await failure(keeper.poll())).toMatchObject({
      reason: "timeout",
      message: expect.stringMatching(/no connection to 127\.0\.0\.2 at port \d+ within \d+(\.\d)? s/),
    });
  });

  test("a TLS handshake that does not end", async () => {
    const url = `https://127.0.0.1:${(await silent()).port}`;
    const { keeper } = await sourceOf({ url, read: { timeout: "1s" } });
    expect(await failure(keeper.poll())).toMatchObject({
      reason: "timeout",
      message: expect.stringContaining("no end of the TLS handshake"),
    });
  });
});

describe("a slow answer", () => {
  /**
   * Answers with so many minutes of silence before the head, before the body, and within it. From the request on a
   * minute of the source's clock is 60 ms: making the connection has all the time that a busy machine needs.
   */
  async function slow(
    minutes: { head?: number; body?: number; within?: number },
    read: Record<string, unknown> = {},
  ) {
    const waits = { head: 0, body: 0, within: 0, ...minutes };
    const record = `${line(today, 7)}\n`;
    const server = await rawServer((socket) => {
      const later = (minute: number) => new Promise((resolve) => setTimeout(resolve, minute * 60));
      socket.on("data", async () => {
        source.clock.faster = 1000;
        await later(waits.head);
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${record.length * 2}\r\n\r\n`);
        await later(waits.body);
        socket.write(record);
        await later(waits.within);
        socket.write(record);
      });
    });
    onTestFinished(() => server.close());
    const source = await sourceOf({ url: `http://127.0.0.1:${server.port}`, read });
    return source;
  }

  test.each([
    ["its first byte comes after minutes", { head: 3 }, {}],
    ["its body begins after minutes", { body: 3 }, {}],
    ["it falls silent for minutes, and `min_rate: 0` allows it", { within: 3 }, { min_rate: 0 }],
  ])("is read to its end: %s", async (_, minutes, read) => {
    const { keeper } = await slow(minutes, read);
    await keeper.read();
    expect(keeper.kept).toHaveLength(2);
  });

  test("is given up by `min_rate` when it falls silent", async () => {
    const { keeper } = await slow({ within: 100 });
    expect(await failure(keeper.read())).toMatchObject({
      reason: "too_slow",
      message: expect.stringMatching(/^only \d+ bytes came in \d+ s$/),
    });
  });

  test("is given up by `read.timeout`, whatever it waits for", async () => {
    const { keeper } = await slow({ head: 100 }, { timeout: "1s" });
    expect(await failure(keeper.read())).toMatchObject({
      reason: "timeout",
      message: "the read did not end within 1 s",
    });
  });
});

describe("a name", () => {
  test("of which one address leads nowhere is reached at the other", async () => {
    const hole = await blackHole();
    const body = `${line(today, 7)}\n`;
    const server = await rawServer((socket) => {
      socket.on("data", () =>
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
      );
    }, hole.port);
    const undo = resolver({ "w.example": [hole.host, "127.0.0.1"] });
    onTestFinished(async () => {
      undo();
      await server.close();
      await hole.close();
    });
    const { keeper } = await sourceOf({ url: `http://w.example:${hole.port}`, allow_plaintext: true });
    expect(await keeper.read()).toHaveLength(1);
  });

  test.each([
    ["ENOTFOUND", true],
    ["EAI_AGAIN", false],
  ])("that ends in %s waits for a person: %s", async (code, hold) => {
    onTestFinished(resolver({ "w.example": code }));
    const { keeper } = await sourceOf({ url: "https://w.example" });
    expect(await failure(keeper.read())).toMatchObject({ reason: "dns", hold });
  });
});
