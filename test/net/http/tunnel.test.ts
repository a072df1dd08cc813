import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { networkFault } from "../../../src/net/http/fault.ts";
import { tunnel } from "../../../src/net/http/tunnel.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { rawServer, swallow } from "../../fake/raw-server.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** What a proxy hears, and the tunnel through it. */
async function through(talk: (socket: Socket) => void, authorization?: string, deadlineMs = 5_000) {
  let heard = "";
  const proxy = await rawServer((socket) => {
    socket.once("data", (data: Buffer) => {
      heard = data.toString();
      talk(socket);
    });
  });
  const socket = connect(proxy.port, "127.0.0.1").on("error", () => {});
  closing.push(proxy.close, () => socket.destroy());
  const deadline = AbortSignal.timeout(deadlineMs);
  const opened = tunnel(socket, { target: "w.example:443", authorization, clock: systemClock, deadline });
  return { heard: () => heard, opened };
}

const says = (text: string) => (socket: Socket) => void socket.write(text);

describe("tunnel", () => {
  it.each([
    ["200", "HTTP/1.1 200 Connection established\r\n\r\n"],
    ["another success", "HTTP/1.1 204 No Content\r\nvia: x\r\n\r\n"],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\n"],
    [
      "informational answers before it",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
  ])("is open after %s, and keeps what the remote said at once", async (_, answer) => {
    const { heard, opened } = await through(says(`${answer}SSH-2.0`), "Basic eDp5");
    const socket = await opened;
    const first = await new Promise((resolve) => socket.once("data", (data) => resolve(String(data))));
    expect(first).toBe("SSH-2.0");
    expect(heard()).toBe(
      "CONNECT w.example:443 HTTP/1.1\r\nHost: w.example:443\r\nProxy-Authorization: Basic eDp5\r\n\r\n",
    );
  });

  it("is open after an answer that comes byte by byte", async () => {
    const { opened } = await through(async (socket) => {
      for (const letter of "HTTP/1.1 200 OK\r\nvia: x\r\n\r\n") {
        socket.write(letter);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    expect((await opened).destroyed).toBe(false);
  });

  it.each([
    ["407", "HTTP/1.1 407 Who\r\n\r\n", true, /HTTP 407 to CONNECT/, /user name and password/],
    ["403", "HTTP/1.1 403 No\r\n\r\n", true, /HTTP 403/, /proxy's log/],
    ["502", "HTTP/1.1 502 Bad Gateway\r\n\r\n", false, /HTTP 502/, /cannot reach it/],
    ["503", "HTTP/1.1 503 Busy\r\n\r\n", false, /HTTP 503/, /proxy's log/],
    ["101", "HTTP/1.1 101 Other\r\n\r\n", false, /HTTP 101/, /proxy's log/],
    ["something else", "SSH-2.0-OpenSSH\r\n", true, /is it an HTTP proxy\?/, /scheme, host and port/],
    ["a TLS alert", "\x15\x03\x01\x00\x02\x02\x46", true, /is it an HTTP proxy\?/, /scheme/],
    ["an endless head", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}`, true, /none to CONNECT/, /proxy/],
  ])("is refused by %s", async (_, answer, hold, words, fix) => {
    const { opened } = await through(says(answer));
    const fault = networkFault(await opened.catch((error) => error), "h");
    expect(fault).toMatchObject({ reason: "proxy", hold });
    expect(fault.detail).toMatch(words);
    expect(fault.fix).toMatch(fix);
  });

  it("tells a proxy that ends the connection, and one that says nothing", async () => {
    const ended = await through((socket) => void socket.end());
    await expect(ended.opened).rejects.toThrow("the proxy ended the connection without an answer to CONNECT");
    const silent = await through(swallow, undefined, 30);
    const fault = networkFault(await silent.opened.catch((error) => error), "h");
    expect(fault).toMatchObject({ reason: "proxy", hold: false });
    expect(fault.detail).toMatch(/^h: no answer from the proxy to CONNECT w\.example:443 within \d+ ms$/);
  });
});
