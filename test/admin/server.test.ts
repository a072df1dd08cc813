import { once } from "node:events";
import { request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { routes } from "../../src/admin/routes.ts";
import { type Admin, type AdminOptions, adminServer } from "../../src/admin/server.ts";
import { systemRandom } from "../../src/random.ts";
import { scrubber } from "../../src/secret/scrub.ts";
import { Secret } from "../../src/secret/secret.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import { metrics } from "../../src/status/metrics.ts";
import { fakeRuntimeView, historyOfReads } from "../status/fake-runtime-view.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function started(options: Partial<AdminOptions> = {}) {
  const fake = fakeRuntimeView();
  const admin: Admin = await adminServer({
    listen: { host: "127.0.0.1", port: 0 },
    token: undefined,
    metrics: "token",
    allowedHosts: ["Siem.example"],
    routes: routes(
      fake.runtime,
      historyOfReads(fake.runtime),
      metrics(fake.runtime, historyOfReads(fake.runtime)),
      () => systemRandom.bytes(16).toString("base64url"),
    ),
    scrub: scrubber([new Secret("hunter2-token")]),
    ...options,
  });
  closing.push(() => admin.close());
  return { ...fake, admin };
}

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function get(port: number, path: string, { method = "GET", headers = {}, body }: Asking = {}) {
  const asking = request({ host: "127.0.0.1", port, path, method, headers, agent: false });
  asking.end(body);
  const [response] = await once(asking, "response");
  let text = "";
  for await (const piece of response) text += piece;
  return { status: response.statusCode, headers: response.headers, text };
}

/** A bare connection that notes when the other side ends it. */
function raw(port: number, text = ""): { socket: Socket; ended: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (piece) => {
    received += piece;
  });
  socket.on("error", () => {});
  const ended = new Promise<string>((resolve) => socket.on("close", () => resolve(received)));
  if (text !== "") socket.write(text);
  closing.push(() => socket.destroy());
  return { socket, ended };
}

describe("admin listener", () => {
  it("serves metrics, status, health and the page", async () => {
    const { admin } = await started();
    const metricsAnswer = await get(admin.port, "/metrics");
    expect(metricsAnswer.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(metricsAnswer.text).toContain("wandb_audit_forwarder_spool_bytes 1000\n");
    expect(metricsAnswer.text).toContain("process_cpu_seconds_total");
    expect(JSON.parse((await get(admin.port, "/status")).text)).toMatchObject({
      ready: true,
      version: "1.2.3",
    });
    expect(await get(admin.port, "/livez")).toMatchObject({
      status: 200,
      text: '{"alive":true,"stalled":[]}\n',
    });
    expect(await get(admin.port, "/readyz")).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^\{"ready":true,"not_ready":\[\],"attention":\[.*\]\}\n$/),
    });
    const page = await get(admin.port, "/?from=somewhere");
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.text).toContain("All is well");
    expect((await get(admin.port, "/nothing")).status).toBe(404);
    expect((await get(admin.port, "/__proto__")).status).toBe(404);
  });

  it("answers 503 with the hop when not ready, and when a loop hangs", async () => {
    const { admin, conditions, clock } = await started();
    conditions.soc = { state: "held", since: clock.monotonic(), failures: 1, reason: "tls", stallsAt: -1 };
    const ready = await get(admin.port, "/readyz");
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.text).not_ready[0]).toMatchObject({ hop: "output soc", reason: "tls" });
    expect(await get(admin.port, "/livez")).toMatchObject({
      status: 503,
      text: '{"alive":false,"stalled":["output soc"]}\n',
    });
  });

  it("answers HEAD without a body, and nothing but GET and HEAD", async () => {
    const { admin } = await started();
    const head = await get(admin.port, "/status", { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(Number(head.headers["content-length"])).toBeGreaterThan(100);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
      const answer = await get(admin.port, "/status", { method });
      expect(answer).toMatchObject({ status: 405, headers: { allow: "GET, HEAD", connection: "close" } });
    }
  });

  it("reads no body, and ends a connection that brings one", async () => {
    const { admin } = await started();
    const head = "GET /status HTTP/1.1\r\nHost: localhost\r\n";
    for (const more of [
      "Content-Length: 5\r\n\r\nhello",
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    ])
      expect(await raw(admin.port, head + more).ended).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("refuses names it does not know, as a rebound name would be", async () => {
    const { admin } = await started();
    const status = async (host: string) => (await get(admin.port, "/status", { headers: { host } })).status;
    for (const host of ["localhost", "LOCALHOST:80", "127.0.0.1:9464", "[::1]:9464", "siem.example:9464"])
      expect(await status(host), host).toBe(200);
    for (const host of [
      "evil.example",
      "evil.example:9464",
      "localhost.evil.example",
      "127.0.0.2",
      "user@localhost",
      "[::1",
    ])
      expect(await status(host), host).toBe(421);
    expect(await raw(admin.port, "GET /status HTTP/1.0\r\nHost: evil.example\r\n\r\n").ended).toMatch(
      /^HTTP\/1\.1 421 /,
    );
    expect(await raw(admin.port, "GET /status HTTP/1.0\r\nHost:\r\n\r\n").ended).toMatch(/^HTTP\/1\.1 421 /);
    // The host of an absolute target counts, not the header.
    for (const [target, host] of [
      ["http://evil.example/status", "localhost"],
      ["http://user@localhost/status", "localhost"],
      ["http:///status", "localhost"],
    ])
      expect(
        await raw(admin.port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`).ended,
        target,
      ).toMatch(/^HTTP\/1\.1 421 /);
    expect(await raw(admin.port, "GET /status HTTP/1.1\r\nHost:\r\n\r\n").ended).toMatch(/^HTTP\/1\.1 4/);
  });

  it.each([
    ["HTTP/1.0 without a host, as HAProxy asks", "GET /livez HTTP/1.0\r\n\r\n"],
    ["HTTP/1.0 that would stay", "GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"],
    [
      "an offer of HTTP/2, as Java's client makes",
      "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n",
    ],
    [
      "an offer of a web socket",
      "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ],
    [
      "an absolute target, as through a proxy",
      "GET http://localhost:9464/livez?from=here HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
    ],
    [
      "a wait for 100 Continue",
      "GET /livez HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    ],
  ])("answers %s, and ends the connection", async (_, text) => {
    const { admin } = await started();
    expect(await raw(admin.port, text).ended).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*\{"alive":true,"stalled":\[\]\}\n$/,
    );
  });

  it("says no to CONNECT in words, and to HTTP/2 without an offer", async () => {
    const { admin } = await started();
    const connect = "CONNECT siem.example:443 HTTP/1.1\r\nHost: siem.example:443\r\n\r\n";
    expect(await raw(admin.port, connect).ended).toMatch(/^HTTP\/1\.1 405 [\s\S]*allow: GET, HEAD/);
    expect(await raw(admin.port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").ended).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("keeps the token in front of an absolute target too", async () => {
    const { admin } = await started({ token: new Secret("s3cret-token") });
    const ask = (target: string) =>
      raw(admin.port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`).ended;
    expect(await ask("http://localhost/status")).toMatch(/^HTTP\/1\.1 401 /);
    expect(await ask("http://localhost/livez")).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("wants the token for everything but /livez", async () => {
    const { admin } = await started({ token: new Secret("s3cret-token") });
    const status = async (path: string, authorization?: string) =>
      (await get(admin.port, path, authorization === undefined ? {} : { headers: { authorization } })).status;
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    expect(await status("/livez")).toBe(200);
    for (const path of ["/", "/status", "/metrics", "/readyz", "/livez?", "/nothing"])
      expect(await status(path), path).toBe(401);
    expect(await status("/status", "Bearer s3cret-token")).toBe(200);
    expect(await status("/status", "bearer s3cret-token")).toBe(200);
    expect(await status("/status", basic("anyone:s3cret-token"))).toBe(200);
    for (const wrong of [
      "Bearer s3cret-toke",
      "Bearer s3cret-token2",
      "Bearer",
      "Bearer ",
      "s3cret-token",
      basic("s3cret-token:x"),
      "Digest s3cret-token",
    ])
      expect(await status("/status", wrong), wrong).toBe(401);
  });

  it("wants it for everything but /livez and /metrics where metrics are open", async () => {
    const { admin } = await started({ token: new Secret("s3cret-token"), metrics: "open" });
    const status = async (path: string, host?: string) =>
      (await get(admin.port, path, { headers: host === undefined ? {} : { host } })).status;
    for (const path of ["/livez", "/metrics"]) expect(await status(path), path).toBe(200);
    for (const path of [
      "/",
      "/status",
      "/readyz",
      "/activity",
      "/metrics?",
      "/metrics/",
      "//metrics",
      "/nothing",
    ])
      expect(await status(path), path).toBe(401);
    // Prometheus asks by the pod's address; a name that points here is still no way in.
    expect(await status("/metrics", `127.0.0.1:${admin.port}`)).toBe(200);
    expect(await status("/metrics", "attacker.example")).toBe(421);
  });

  it("takes a rotated token", async () => {
    let value = "first-token";
    const token = new Secret(value);
    token.bind(() => value);
    const { admin } = await started({ token });
    value = "second-token";
    token.reload();
    const answer = (bearer: string) =>
      get(admin.port, "/status", { headers: { authorization: `Bearer ${bearer}` } });
    expect((await answer("first-token")).status).toBe(401);
    expect((await answer("second-token")).status).toBe(200);
  });

  it("sends headers that keep a browser from doing anything with the answer", async () => {
    const { admin } = await started();
    for (const path of ["/", "/status", "/metrics", "/nothing"]) {
      const { headers } = await get(admin.port, path);
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
      });
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'/);
      expect(headers["content-security-policy"]).not.toContain("unsafe");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    const first = (await get(admin.port, "/")).headers["content-security-policy"];
    expect((await get(admin.port, "/")).headers["content-security-policy"]).not.toBe(first);
  });

  it("takes a secret out of any answer", async () => {
    const { admin, conditions, clock } = await started();
    const detail = `quoted hunter2-token and ${Buffer.from("api:hunter2-token").toString("base64")}`;
    conditions.soc = {
      state: "held",
      since: clock.monotonic(),
      failures: 1,
      reason: "tls",
      detail,
      stallsAt: 0,
    };
    for (const path of ["/", "/status", "/readyz"]) {
      const { text } = await get(admin.port, path);
      expect(text).toContain("***");
      expect(text).not.toMatch(/hunter2|aHVudGVyM|h1bnRlcj|odW50ZXIy/);
    }
  });

  it("refuses an address that others can reach without a token", async () => {
    await expect(started({ listen: { host: "0.0.0.0", port: 0 } })).rejects.toThrow(/set admin\.token/);
    const { admin } = await started({
      listen: { host: "0.0.0.0", port: 0 },
      token: new Secret("s3cret-token"),
    });
    expect((await get(admin.port, "/status")).status).toBe(401);
  });

  it("says which port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    closing.push(() => other.close());
    const { port } = other.address() as { port: number };
    await expect(started({ listen: { host: "127.0.0.1", port } })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port} (admin.listen): the port is in use`,
    );
  });

  it("ends headers that are too long", async () => {
    const { admin } = await started();
    const text = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(9_000)}\r\n\r\n`;
    expect(await raw(admin.port, text).ended).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("is not hurt by a thousand connections that say little or nothing, and gives each of them up", async () => {
    const { admin } = await started({ headMs: 300 });
    const silent = Array.from({ length: 1_000 }, (_, index) =>
      raw(admin.port, index % 2 === 0 ? "" : "GET / HT"),
    );
    await Promise.all(silent.map(({ ended }) => ended));
    expect((await get(admin.port, "/livez")).status).toBe(200);
  });

  it("closes at once, whoever is connected", async () => {
    const { admin } = await started();
    const open = Array.from({ length: 20 }, () => raw(admin.port, "GET / HT"));
    await Promise.all(open.map(({ socket }) => once(socket, "connect")));
    const began = performance.now();
    await admin.close();
    // Far less than the listener gives those who say nothing.
    expect(performance.now() - began).toBeLessThan(4_000);
    await Promise.all(open.map(({ ended }) => ended));
  });

  it("answers one request at a time on a connection, and nothing that came with it", async () => {
    const { admin, runtime } = await started();
    let reads = 0;
    const { state } = runtime.spool;
    runtime.spool.state = async () => {
      reads++;
      return state();
    };
    const one = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const flood = raw(admin.port, one.repeat(500));
    const received = await flood.ended;
    expect(received.match(/HTTP\/1\.1/g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(reads).toBeLessThanOrEqual(1);
    expect((await get(admin.port, "/status")).status).toBe(200);
  });

  it("always has a place for one more: the one that has waited longest makes it", async () => {
    const { admin } = await started();
    const slow = Array.from({ length: 150 }, () => raw(admin.port, "GET /live"));
    for (let times = 0; times < 5; times++) expect((await get(admin.port, "/livez")).status).toBe(200);
    await Promise.all(slow.slice(0, 40).map(({ ended }) => ended));
    expect(slow.filter(({ socket }) => !socket.destroyed).length).toBeLessThanOrEqual(100);
  });

  it("makes no more answers than clients take, but for a probe", async () => {
    const waiting: (() => void)[] = [];
    const slow = () =>
      new Promise<{ status: 200; type: string; body: string }>((resolve) => {
        waiting.push(() => resolve({ status: 200, type: "text/plain", body: "at last" }));
      });
    const livez = () => ({ status: 200 as const, type: "text/plain", body: "alive" });
    const { admin } = await started({ routes: { "/status": slow, "/livez": livez } });
    const asked = Array.from({ length: 20 }, () => get(admin.port, "/status"));
    await expect.poll(() => waiting.length).toBe(16);
    expect(await get(admin.port, "/livez")).toMatchObject({ status: 200, text: "alive" });
    for (const go of waiting) go();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503)).toHaveLength(4);
    expect((await Promise.all([get(admin.port, "/livez")]))[0]?.status).toBe(200);
  });

  it("refuses a request that names two hosts", async () => {
    const { admin } = await started();
    const two = raw(admin.port, "GET /status HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n");
    expect(await two.ended).toContain("400 Bad Request");
  });

  it("reads the state once however many ask at a time", async () => {
    const { admin, runtime, clock } = await started();
    let reads = 0;
    const books = runtime.spool.books;
    Object.assign(runtime.spool, {
      books: () => {
        reads++;
        return books();
      },
    });
    await Promise.all(Array.from({ length: 50 }, () => get(admin.port, "/status")));
    expect(reads).toBe(1);
    clock.advance(1_001);
    await get(admin.port, "/status");
    expect(reads).toBe(2);
  });

  it("answers 500 and lives on when the state cannot be read", async () => {
    const { admin, runtime, clock } = await started();
    Object.assign(runtime.spool, {
      books: () => {
        throw new Error("disk I/O error with hunter2-token");
      },
    });
    clock.advance(1_000);
    expect(await get(admin.port, "/status")).toMatchObject({
      status: 500,
      text: "this view failed; see the log\n",
    });
    expect((await get(admin.port, "/livez")).status).toBe(200);
    Object.assign(runtime.spool, {
      books: () => {
        throw new SpoolError("full", "the disk is full", "make room");
      },
    });
    clock.advance(1_000);
    expect(await get(admin.port, "/status")).toMatchObject({
      status: 507,
      text: "the disk is full; fix: make room\n",
    });
  });
});
