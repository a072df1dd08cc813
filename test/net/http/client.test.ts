import { copyFileSync, readFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from "node:net";
import { createServer as createTls } from "node:tls";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { httpClient } from "../../../src/net/http/client.ts";
import { networkFault } from "../../../src/net/http/fault.ts";
import type { HttpClient, HttpOptions } from "../../../src/net/http/http.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { type Certificates, certificates } from "../../fake/certificates.ts";
import { resolver } from "../../fake/resolver.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function client(url: string, options: Partial<HttpOptions> = {}): HttpClient {
  const made = httpClient({
    url: new URL(url),
    environment: {},
    userAgent: "test/1",
    clock: systemClock,
    ...options,
  });
  closing.push(() => made.close());
  return made;
}

/** The client puts a connection back only after the turn in which the answer ended. */
const idle = () => new Promise((resolve) => setImmediate(resolve));

const get = (path = "/") =>
  ({ method: "GET", path, headers: {}, deadline: AbortSignal.timeout(10_000) }) as const;
const faultOf = (made: HttpClient) =>
  made.request(get()).then(
    () => undefined,
    (error) => networkFault(error, "remote"),
  );

describe("httpClient", () => {
  test("sends the request as told and gives back status, headers and text", async () => {
    const port = await listen(
      createHttp((request, response) => {
        response.writeHead(201, { "X-Twice": ["a", "b"] });
        let body = "";
        request
          .on("data", (piece) => (body += piece))
          .on("end", () =>
            response.end(`${request.method} ${request.url} ${request.headers["user-agent"]} ${body}`),
          );
      }),
    );
    const answer = await client(`http://127.0.0.1:${port}`).request({
      ...get("/a?b=c"),
      method: "POST",
      body: "hello",
    });
    expect(answer.status).toBe(201);
    expect(answer.headers["x-twice"]).toBe("a, b");
    expect(await answer.text(1000)).toBe("POST /a?b=c test/1 hello");
  });

  test("follows no redirect: the other server sees nothing", async () => {
    let seen = 0;
    const other = await listen(createHttp((_, response) => response.end(String(++seen))));
    const port = await listen(
      createHttp((_, response) => response.writeHead(302, { location: `http://127.0.0.1:${other}/` }).end()),
    );
    const answer = await client(`http://127.0.0.1:${port}`).request(get());
    expect(answer.status).toBe(302);
    answer.discard();
    expect(seen).toBe(0);
  });

  test("never decompresses the body, but `text` does, within its cap", async () => {
    const zipped = gzipSync("x".repeat(100_000));
    const port = await listen(
      createHttp((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(zipped)),
    );
    const made = client(`http://127.0.0.1:${port}`);
    const pieces: Buffer[] = [];
    for await (const piece of (await made.request(get())).body) pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(zipped);
    expect(await (await made.request(get())).text(10)).toBe("x".repeat(10));
    expect((await (await made.request(get())).text(1e6)).length).toBe(100_000);
  });

  test("`text` rejects when the connection is lost within the answer", async () => {
    const port = await listen(
      createTcp(
        (socket) =>
          void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort")),
      ),
    );
    const answer = await client(`http://127.0.0.1:${port}`).request(get());
    const fault = await answer.text(1000).then(String, (error) => networkFault(error, "remote").reason);
    expect(fault).toBe("connection_lost");
  });

  test("asks once more when the server closed an idle connection, but only a GET", async () => {
    let requests = 0;
    const port = await listen(
      createTcp((socket) => {
        let onThis = 0;
        socket.on("data", () => {
          requests++;
          if (++onThis === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
          else socket.destroy();
        });
      }),
    );
    const made = client(`http://127.0.0.1:${port}`);
    expect(await (await made.request(get())).text(9)).toBe("ok");
    await idle();
    expect(await (await made.request(get())).text(9)).toBe("ok");
    expect(requests).toBe(3);
    await idle();
    const post = made.request({ ...get(), method: "POST", body: "x" });
    expect(
      await post.then(
        () => "answer",
        (error) => networkFault(error, "remote").reason,
      ),
    ).toBe("connection_lost");
    expect(requests).toBe(4);
  });

  test("gives up at the deadline", async () => {
    const port = await listen(createTcp(() => {}));
    const made = client(`http://127.0.0.1:${port}`);
    const hurried = made.request({ ...get(), deadline: AbortSignal.timeout(10) });
    expect(
      await hurried.then(
        () => "",
        (error) => networkFault(error, "remote").reason,
      ),
    ).toBe("timeout");
  });

  test("refuses a head of more than 64 KiB", async () => {
    const port = await listen(
      createTcp(
        (socket) =>
          void socket.once("data", () => socket.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}\r\n\r\n`)),
      ),
    );
    expect((await faultOf(client(`http://127.0.0.1:${port}`)))?.detail).toMatch(/head is larger/);
  });

  test("tells a closed port and an unknown name apart", async () => {
    closing.push(resolver({}));
    const server = createTcp();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect((await faultOf(client(`http://127.0.0.1:${port}`)))?.reason).toBe("connect");
    expect((await faultOf(client("http://nowhere.invalid")))?.reason).toBe("dns");
  });
});

describe("TLS", () => {
  let authority: Certificates;
  beforeAll(() => {
    authority = certificates();
  });
  afterAll(() => authority.remove());

  async function secure(options: Parameters<Certificates["issue"]>[1] & { name: string; extra?: object }) {
    const { cert, key } = authority.issue(options.name, options);
    const server = createHttps(
      { cert: readFileSync(cert), key: readFileSync(key), ...options.extra },
      (_, response) => response.end("secure"),
    );
    return listen(server as unknown as Server);
  }
  const trusting = () => ({ tls: { ca: authority.ca, insecure_skip_verify: false } });

  test("pieces of a body are as large as asked for, where TLS hands out 16 KiB at a time", async () => {
    const { cert, key } = authority.issue("large", {});
    const server = createHttps({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) =>
      response.end(Buffer.alloc(4 * 1024 * 1024)),
    );
    const url = `https://localhost:${await listen(server as unknown as Server)}`;
    const largest = async (readBytes: number) => {
      const answer = await client(url, { ...trusting(), readBytes }).request(get());
      let most = 0;
      for await (const piece of answer.body) {
        most = Math.max(most, piece.length);
        // What comes meanwhile waits for whoever is slow.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return most / 1024;
    };
    const [small, large] = [await largest(64 * 1024), await largest(256 * 1024)];
    expect(small).toBeLessThan(128);
    expect(large).toBeGreaterThan(192);
  });

  test("UP-TLS-EXP an unknown authority is refused, a trusted one accepted", async () => {
    const port = await secure({ name: "good" });
    const unknown = await faultOf(client(`https://localhost:${port}`));
    expect(unknown).toMatchObject({ reason: "tls", fix: expect.stringContaining("tls.ca") });
    const answer = await client(`https://localhost:${port}`, trusting()).request(get());
    expect(await answer.text(100)).toBe("secure");
  });

  test("UP-TLS-EXP an expired certificate is refused", async () => {
    const port = await secure({ name: "expired", days: -1 });
    expect(await faultOf(client(`https://localhost:${port}`, trusting()))).toMatchObject({
      reason: "tls",
      fix: expect.stringContaining("renew"),
    });
  });

  test("UP-TLS-EXP a certificate for another name is refused, unless server_name says so", async () => {
    const port = await secure({ name: "other", altName: "DNS:other.example" });
    expect(await faultOf(client(`https://localhost:${port}`, trusting()))).toMatchObject({
      reason: "tls",
      fix: expect.stringContaining("server_name"),
    });
    const named = { tls: { ...trusting().tls, server_name: "other.example" } };
    expect(await (await client(`https://localhost:${port}`, named).request(get())).text(100)).toBe("secure");
  });

  test("UP-TLS-EXP a server that speaks only TLS 1.1 is refused", async () => {
    const port = await secure({
      name: "old",
      extra: { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
    });
    expect((await faultOf(client(`https://localhost:${port}`, trusting())))?.reason).toBe("tls");
  });

  test("an authority between is enough in tls.ca, and the remote's own certificate is", async () => {
    const between = authority.between();
    const { cert, key } = between.issue("below");
    const server = createHttps({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) =>
      response.end("secure"),
    );
    const url = `https://localhost:${await listen(server as unknown as Server)}`;
    for (const ca of [between.ca, cert]) {
      const answer = await client(url, { tls: { ca, insecure_skip_verify: false } }).request(get());
      expect(await answer.text(100)).toBe("secure");
    }
    // The root alone does not help, as the remote leaves out what is between.
    expect(await faultOf(client(url, trusting()))).toMatchObject({
      reason: "tls",
      fix: expect.stringMatching(/does not hold the authority .*one between is enough.*send its whole chain/),
    });
  });

  test("another authority is trusted as soon as the file has been read again", async () => {
    const other = certificates();
    closing.push(() => other.remove());
    const port = await secure({ name: "renewed" });
    const made = client(`https://localhost:${port}`, { tls: { ca: other.ca, insecure_skip_verify: false } });
    expect((await faultOf(made))?.reason).toBe("tls");
    expect(made.reload()).toBe(false);
    copyFileSync(authority.ca, other.ca);
    expect(made.reload()).toBe(true);
    expect(await (await made.request(get())).text(100)).toBe("secure");
  });

  test("shows a client certificate when one is configured", async () => {
    const port = await secure({
      name: "mutual",
      extra: { requestCert: true, ca: readFileSync(authority.ca) },
    });
    expect((await faultOf(client(`https://localhost:${port}`, trusting())))?.reason).toMatch(
      /tls|connection_lost/,
    );
    const mine = authority.issue("me", { client: true });
    const answer = await client(`https://localhost:${port}`, { tls: { ...trusting().tls, ...mine } }).request(
      get(),
    );
    expect(await answer.text(100)).toBe("secure");
  });

  test("names the file that cannot be read", () => {
    expect(() =>
      client("https://localhost", { tls: { ca: "/nowhere/ca.pem", insecure_skip_verify: false } }),
    ).toThrow("tls.ca: cannot read /nowhere/ca.pem (ENOENT)");
  });

  /** A CONNECT proxy, and one for plain http by absolute URL. */
  async function startProxy(status = 200) {
    const asked: string[] = [];
    const server = createHttp((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(status === 200 ? 203 : status).end("from the proxy");
    });
    server.on("connect", (request, socket: Socket) => {
      asked.push(`CONNECT ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
      if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      const [, port] = (request.url ?? "").split(":");
      const onward = connect(Number(port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connected\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy()).on("close", () => onward.destroy());
    });
    return { asked, port: await listen(server as unknown as Server) };
  }

  test("goes through the configured proxy with its credentials; one of the environment gets nothing that is for this machine", async () => {
    const port = await secure({ name: "behind" });
    const proxy = await startProxy();
    const address = `http://me:pass@127.0.0.1:${proxy.port}`;
    const through = client(`https://localhost:${port}`, { ...trusting(), proxy: address });
    expect(await (await through.request(get())).text(100)).toBe("secure");
    expect(proxy.asked).toEqual([`CONNECT localhost:${port} Basic ${btoa("me:pass")}`]);
    const past = client(`https://localhost:${port}`, {
      ...trusting(),
      environment: { HTTPS_PROXY: address },
    });
    expect(await (await past.request(get())).text(100)).toBe("secure");
    expect(proxy.asked).toHaveLength(1);
  });

  test("TLS is verified through the proxy as well", async () => {
    const port = await secure({ name: "strange" });
    const proxy = await startProxy();
    expect(
      (await faultOf(client(`https://localhost:${port}`, { proxy: `http://127.0.0.1:${proxy.port}` })))
        ?.reason,
    ).toBe("tls");
  });

  /** The same proxy behind TLS, with a certificate of its own authority. */
  async function startSecureProxy(own: Certificates, extra: object = {}) {
    const { asked, port } = await startProxy();
    const { cert, key } = own.issue("proxy");
    const files = { cert: readFileSync(cert), key: readFileSync(key) };
    const server = createTls({ ...files, ...extra }, (socket) => {
      const onward = connect(port, "127.0.0.1");
      onward.pipe(socket).pipe(onward);
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy()).on("close", () => onward.destroy());
    });
    server.on("tlsClientError", () => {});
    return { asked, url: `https://localhost:${await listen(server)}` };
  }

  test("an https proxy has authorities of its own, and the blame for its certificate", async () => {
    const own = certificates();
    closing.push(() => own.remove());
    const port = await secure({ name: "behind-both" });
    const proxy = await startSecureProxy(own);
    const through = (proxyTls?: object) =>
      client(`https://localhost:${port}`, { ...trusting(), proxy: proxy.url, ...(proxyTls && { proxyTls }) });
    const answer = await through({ ca: own.ca }).request(get());
    expect(await answer.text(100)).toBe("secure");
    expect(proxy.asked).toEqual([`CONNECT localhost:${port}`]);
    expect(await faultOf(through())).toMatchObject({
      reason: "proxy",
      hold: true,
      detail: expect.stringMatching(/^remote: TLS with the proxy: /),
      fix: expect.stringMatching(/^set proxy_tls\.ca .* the proxy's certificate/),
    });
    // What is trusted for the remote is not trusted for the proxy.
    expect(await faultOf(through({ ca: authority.ca }))).toMatchObject({ reason: "proxy", hold: true });
    expect(await faultOf(through({ ca: own.ca, server_name: "other.example" }))).toMatchObject({
      reason: "proxy",
      fix: expect.stringContaining("proxy_tls.server_name"),
    });
  });

  test("an https proxy that refuses the client certificate with a page has the blame for that too", async () => {
    const own = certificates();
    closing.push(() => own.remove());
    const { cert, key } = own.issue("proxy");
    const files = { cert: readFileSync(cert), key: readFileSync(key) };
    const server = createTls({ ...files, requestCert: true, rejectUnauthorized: false }, (socket) => {
      const page = "<center>No required SSL certificate was sent</center>";
      const head = `HTTP/1.1 400 Bad Request\r\nContent-Length: ${page.length}\r\n\r\n`;
      socket.on("error", () => {}).once("data", () => socket.end(head + page));
    });
    const proxy = `https://localhost:${await listen(server)}`;
    expect(await faultOf(client("http://w.example", { proxy, proxyTls: { ca: own.ca } }))).toMatchObject({
      reason: "proxy",
      hold: true,
      fix: expect.stringContaining("set proxy_tls.cert"),
    });
  });

  test.each(["https://localhost:1", "http://w.example"])(
    "an https proxy that refuses the client certificate has the blame for that too (%s)",
    async (url) => {
      const own = certificates();
      closing.push(() => own.remove());
      const ca = readFileSync(own.ca);
      const proxy = await startSecureProxy(own, { ca, requestCert: true, rejectUnauthorized: true });
      const mine = own.issue("me", { client: true, days: -1 });
      const fault = await faultOf(client(url, { proxy: proxy.url, proxyTls: { ca: own.ca, ...mine } }));
      expect(fault).toMatchObject({
        reason: "proxy",
        hold: true,
        detail: expect.stringContaining("the proxy asked for a client certificate"),
        fix: expect.stringContaining("(proxy_tls.cert) expired"),
      });
    },
  );

  test("tells the proxy's failures from the remote's", async () => {
    const refusing = await startProxy(407);
    expect(
      (await faultOf(client("https://w.example", { proxy: `http://127.0.0.1:${refusing.port}` })))?.reason,
    ).toBe("proxy");
    expect((await faultOf(client("https://w.example", { proxy: "http://127.0.0.1:1" })))?.reason).toBe(
      "proxy",
    );
  });

  test("a proxy that ends plain http without an answer is the one to blame", async () => {
    const port = await listen(createTcp((socket) => void socket.once("data", () => socket.end())));
    const fault = await faultOf(client("http://w.example", { proxy: `http://127.0.0.1:${port}` }));
    expect(fault).toMatchObject({ reason: "proxy", hold: false });
  });

  test("a proxy may open a tunnel with any success, and speak at once", async () => {
    const inner = await secure({ name: "inner" });
    const port = await listen(
      createTcp((socket) => {
        socket.once("data", () => {
          const onward = connect(inner, "127.0.0.1", () => {
            socket.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 Tunnel\r\nvia: x\r\n\r\n");
            onward.pipe(socket).pipe(onward);
          });
          onward.on("error", () => socket.destroy());
          socket.on("close", () => onward.destroy());
        });
      }),
    );
    const proxy = `http://127.0.0.1:${port}`;
    const answer = await client(`https://localhost:${inner}`, { ...trusting(), proxy }).request(get());
    expect(await answer.text(100)).toBe("secure");
  });

  test("plain http is asked of the proxy by its whole URL", async () => {
    const proxy = await startProxy();
    const answer = await client("http://w.example", { proxy: `http://127.0.0.1:${proxy.port}` }).request(
      get("/x"),
    );
    expect(answer.status).toBe(203);
    answer.discard();
    expect(proxy.asked).toEqual(["GET http://w.example/x"]);
  });
});
