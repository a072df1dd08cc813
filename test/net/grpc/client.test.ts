import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { grpcClient } from "../../../src/net/grpc/client.ts";
import type { GrpcCall } from "../../../src/net/grpc/grpc.ts";
import { networkFault } from "../../../src/net/http/fault.ts";
import type { HttpOptions } from "../../../src/net/http/http.ts";
import { type GrpcReceiverOptions, startGrpcReceiver } from "../../../src/simulate/grpc-receiver.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { certificates } from "../../fake/certificates.ts";
import { ManualClock } from "../../fake/manual-clock.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const path = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

async function receiver(options: GrpcReceiverOptions = {}) {
  const started = await startGrpcReceiver(options);
  undo.push(() => started.close());
  return started;
}

function client(url: string, more: Partial<HttpOptions> = {}) {
  const made = grpcClient({
    url: new URL(url),
    environment: {},
    userAgent: "test/1",
    clock: systemClock,
    ...more,
  });
  undo.push(() => made.close());
  return made;
}

const call = (more: Partial<GrpcCall> = {}): GrpcCall => ({
  path,
  headers: {},
  message: [],
  encoding: undefined,
  timeoutMs: 5_000,
  deadline: AbortSignal.timeout(5_000),
  ...more,
});

const faultOf = async (promise: Promise<unknown>) =>
  networkFault(
    await promise.then(
      () => undefined,
      (error: unknown) => error,
    ),
    "remote",
  );

describe("a gRPC client", () => {
  it("calls over one connection, with the headers that gRPC wants", async () => {
    const to = await receiver();
    const out = client(to.url);
    for (let round = 0; round < 5; round++)
      expect(await out.call(call({ headers: { "x-tenant": "acme" } }))).toMatchObject({
        status: 200,
        code: 0,
      });
    expect(to.connections()).toBe(1);
    expect(to.headers()).toMatchObject({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      "user-agent": "test/1",
      "grpc-timeout": "5000m",
      "x-tenant": "acme",
    });
  });

  it("takes another connection when the one there is was ended, is old, or was idle", async () => {
    const to = await receiver();
    const clock = new ManualClock(0);
    const out = client(to.url, { clock });
    await out.call(call());
    to.cut();
    await expect.poll(() => to.connections()).toBe(0);
    expect((await out.call(call())).code).toBe(0);
    clock.advance(10_000);
    expect((await out.call(call())).code).toBe(0);
    await expect.poll(() => to.connections()).toBe(1);
  });

  it("speaks TLS, with a client certificate where one is asked for", async () => {
    const made = certificates();
    undo.push(() => made.remove());
    const server = made.issue("collector");
    const own = made.issue("forwarder", { client: true });
    const tls = {
      cert: readFileSync(server.cert),
      key: readFileSync(server.key),
      ca: readFileSync(made.ca),
      requestCert: true,
      rejectUnauthorized: true,
    };
    const to = await receiver({ tls });
    const files = { ca: made.ca, insecure_skip_verify: false };
    const out = client(to.url, { tls: { ...files, cert: own.cert, key: own.key } });
    expect((await out.call(call())).code).toBe(0);
    expect(await faultOf(client(to.url, { tls: files }).call(call()))).toMatchObject({
      reason: "tls",
      hold: true,
    });
  });

  it("asks a proxy for a tunnel, with TLS behind it and without", async () => {
    const made = certificates();
    undo.push(() => made.remove());
    const { cert, key } = made.issue("collector");
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      const [host = "", port] = (request.url ?? "").split(":");
      const onward = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      for (const each of [socket, onward]) each.on("error", () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    undo.push(() => proxy.close());
    const through = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const plain = await receiver();
    const secured = await receiver({ tls: { cert: readFileSync(cert), key: readFileSync(key) } });
    const tls = { ca: made.ca, insecure_skip_verify: false };
    expect((await client(plain.url, { proxy: through }).call(call())).code).toBe(0);
    expect((await client(secured.url, { proxy: through, tls }).call(call())).code).toBe(0);
    expect(asked).toEqual([`127.0.0.1:${plain.port}`, `127.0.0.1:${secured.port}`]);
  });

  it("gives up at the deadline, and at once when it is closed", async () => {
    const to = await receiver();
    to.behave("hang");
    const out = client(to.url);
    expect(await faultOf(out.call(call({ deadline: AbortSignal.timeout(50) })))).toMatchObject({
      reason: "timeout",
    });
    const waiting = faultOf(out.call(call()));
    await expect.poll(() => to.requests()).toBe(2);
    await out.close();
    await waiting;
  });

  it.each(["reset", "accept_then_cut", "cut_answer"] as const)(
    "is told of a lost connection: %s",
    async (how) => {
      const to = await receiver();
      to.behave(how);
      expect(await faultOf(client(to.url).call(call()))).toMatchObject({
        reason: "connection_lost",
        hold: false,
      });
    },
  );

  it("knows a port that speaks HTTP/1.1, TLS, or nothing, and one where nobody listens", async () => {
    const made = certificates();
    undo.push(() => made.remove());
    const { cert, key } = made.issue("other");
    const files = { cert: readFileSync(cert), key: readFileSync(key) };
    const http = createServer((_, response) => response.end("hello"));
    const plainTls = createTlsServer(files, (socket) => socket.on("error", () => {}));
    const mute = createTcpServer((socket) => socket.on("error", () => {}).end());
    const ports: number[] = [];
    for (const server of [http, plainTls, mute]) {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      ports.push((server.address() as AddressInfo).port);
      undo.push(() => server.close());
    }
    const at = (index: number, scheme = "http") => `${scheme}://127.0.0.1:${ports[index]}`;
    const fault = (url: string, more: Partial<HttpOptions> = {}) => faultOf(client(url, more).call(call()));
    expect(await fault(at(0))).toMatchObject({ reason: "bad_answer", hold: true });
    expect(await fault(at(1))).toMatchObject({
      reason: "connection_lost",
      fix: expect.stringContaining("write https://"),
    });
    const tls = { ca: made.ca, insecure_skip_verify: false };
    expect(await fault(at(1, "https"), { tls })).toMatchObject({
      reason: "bad_answer",
      hold: true,
      fix: expect.stringContaining("4318"),
    });
    expect(await fault(at(2))).toMatchObject({ reason: "connection_lost" });
    mute.close();
    expect(await fault("http://127.0.0.1:1")).toMatchObject({ reason: "connect" });
  });
});

describe("a success that comes before the whole message was sent", () => {
  let message: Buffer[];
  beforeEach(() => {
    message = [Buffer.alloc(8 * 2 ** 20, "x"), Buffer.from("y")];
  });

  async function answered(code: string, take: (stream: ServerHttp2Stream) => unknown, ms = 20_000) {
    const server = createHttp2Server();
    undo.push(() => server.close());
    server.on("session", (session) => {
      session.on("error", () => {});
      undo.push(() => session.destroy());
    });
    server.on("stream", (stream) => {
      // Who has begun to read does not end the stream by itself.
      stream.on("error", () => {}).on("data", () => {});
      stream.pause();
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": code }));
      stream.end(Buffer.alloc(5), () => take(stream));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const out = client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return out.call(call({ message, deadline: AbortSignal.timeout(ms) }));
  }

  it("counts once the rest has been read as well", async () => {
    let read: Promise<Buffer> | undefined;
    const reply = await answered("0", (stream) => {
      setTimeout(() => {
        read = buffer(stream);
      }, 20);
    });
    // Its memory takes the next batch.
    message[0]?.fill("z");
    expect(reply.code).toBe(0);
    expect((await read)?.subarray(5).equals(Buffer.from(`${"x".repeat(8 * 2 ** 20)}y`))).toBe(true);
  });

  it("is none where the stream or the connection ends before that, or nothing more is read", async () => {
    const lost = {
      reason: "connection_lost",
      detail: expect.stringContaining("it answered with a success and ended the connec"),
    };
    for (const end of [
      (stream: ServerHttp2Stream) => stream.close(0),
      (stream: ServerHttp2Stream) => stream.session?.destroy(),
    ])
      expect(await faultOf(answered("0", (stream) => setTimeout(() => end(stream), 20)))).toMatchObject(lost);
    expect(await faultOf(answered("0", () => {}, 300))).toMatchObject({ reason: "timeout" });
  });

  it("is not waited for where it is a refusal", async () => {
    expect((await answered("14", () => {})).code).toBe(14);
  });
});
