import { copyFileSync } from "node:fs";
import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { httpClient } from "../../../src/net/http/client.ts";
import type { HttpClient } from "../../../src/net/http/http.ts";
import { type Clock, systemClock } from "../../../src/time/clock.ts";
import { certificates } from "../../fake/certificates.ts";
import { rawServer } from "../../fake/raw-server.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server that answers every request with these head lines, and a client of it. */
async function pair(lines = "", clock: Clock = systemClock, told = (_: Socket) => {}, more: object = {}) {
  const server = await rawServer((socket) => {
    told(socket);
    socket.on("data", () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n${lines}\r\nok`));
  });
  const url = new URL(`http://127.0.0.1:${server.port}`);
  const client = httpClient({ url, environment: {}, userAgent: "test/1", clock, ...more });
  closing.push(server.close, () => client.close());
  return { server, client };
}

async function ask(client: HttpClient, method: "GET" | "POST" = "POST"): Promise<string> {
  const deadline = AbortSignal.timeout(5_000);
  const answer = await client.request({ method, path: "/", headers: {}, deadline });
  const text = await answer.text(100);
  // A connection is kept after the turn in which the answer ended.
  await new Promise((resolve) => setImmediate(resolve));
  return text;
}

describe("connections", () => {
  it("are used again", async () => {
    const { server, client } = await pair();
    for (let times = 0; times < 30; times++) expect(await ask(client)).toBe("ok");
    expect(server.count).toBe(1);
  });

  it("are not used again beyond their greatest age, so that a name that moved is followed", async () => {
    let now = 0;
    const { server, client } = await pair("", { ...systemClock, monotonic: () => now });
    await ask(client);
    now = 299_000;
    await ask(client);
    expect(server.count).toBe(1);
    now = 301_000;
    await ask(client);
    await ask(client);
    expect(server.count).toBe(2);
  });

  it.each([
    ["the server closes after the answer", "connection: close\r\n"],
    ["the server keeps them too shortly", "keep-alive: timeout=1\r\n"],
  ])("are not used again when %s", async (_, lines) => {
    const { server, client } = await pair(lines);
    await ask(client);
    await ask(client);
    expect(server.count).toBe(2);
  });

  it("are not used again when the server spoke unasked: it would be taken for the next answer", async () => {
    const sockets: Socket[] = [];
    const { server, client } = await pair("", systemClock, (socket) => sockets.push(socket));
    await ask(client);
    sockets[0]?.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await ask(client)).toBe("ok");
    expect(server.count).toBe(2);
  });

  it("are ended when an answer came before the request was read: the rest may never be", async () => {
    const ended = Promise.withResolvers<void>();
    const server = await rawServer((socket) => {
      socket.on("close", () => ended.resolve());
      socket.once("data", () => {
        socket.pause();
        socket.write("HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nok");
        setTimeout(() => socket.resume(), 50);
      });
    });
    const url = new URL(`http://127.0.0.1:${server.port}`);
    const client = httpClient({ url, environment: {}, userAgent: "test/1", clock: systemClock });
    closing.push(server.close, () => client.close());
    const deadline = AbortSignal.timeout(5_000);
    const body = Buffer.alloc(8_000_000);
    const answer = await client.request({ method: "POST", path: "/", headers: {}, body, deadline });
    expect([answer.status, await answer.text(10)]).toEqual([413, "ok"]);
    await ended.promise;
  });

  it("are dropped when a TLS file has changed, but not under a request", async () => {
    const authority = certificates();
    closing.push(() => authority.remove());
    const { server, client } = await pair("", systemClock, undefined, { tls: { ca: authority.ca } });
    await ask(client);
    expect(client.reload()).toBe(false);
    await ask(client);
    expect(server.count).toBe(1);
    const renew = () => copyFileSync(authority.between().ca, authority.ca);
    renew();
    expect(client.reload()).toBe(true);
    await ask(client);
    expect(server.count).toBe(2);
    const asked = ask(client);
    renew();
    expect(client.reload()).toBe(true);
    expect(await asked).toBe("ok");
  });

  it("serve several requests at a time", async () => {
    const { client } = await pair();
    const texts = await Promise.all(Array.from({ length: 8 }, () => ask(client)));
    expect(texts).toEqual(Array(8).fill("ok"));
  });

  it("end with the client, and so does a request", async () => {
    const arrived = Promise.withResolvers<void>();
    const server = await rawServer((socket) => void socket.on("data", () => arrived.resolve()));
    closing.push(server.close);
    const url = new URL(`http://127.0.0.1:${server.port}`);
    const client = httpClient({ url, environment: {}, userAgent: "test/1", clock: systemClock });
    const asked = ask(client);
    void arrived.promise.then(() => client.close());
    await expect(asked).rejects.toThrow("the client was closed");
    await expect(ask(client)).rejects.toThrow("the client was closed");
  });
});
