import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { createServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { handshake } from "../../src/net/handshake.ts";
import { refusalBehind } from "../../src/net/refusal.ts";
import { tlsFiles } from "../../src/net/tls.ts";
import { systemClock } from "../../src/time/clock.ts";
import { certificates } from "../fake/certificates.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const deadline = AbortSignal.timeout(20_000);

/** A TLS server, and how to get a connection to it. */
async function server(requestCert: boolean, talk: (socket: Socket) => void) {
  const authority = certificates();
  const { cert, key } = authority.issue("siem");
  const files = { cert: readFileSync(cert), key: readFileSync(key) };
  const server = createServer({ ...files, requestCert, rejectUnauthorized: false }, (socket) => {
    talk(socket.on("error", () => {}));
  });
  let connections = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const tls = tlsFiles({ ca: authority.ca });
  const to = async () => {
    connections++;
    const plain = connect(port, "127.0.0.1");
    closing.push(() => plain.destroy());
    return handshake(plain, { host: "localhost", tls: tls.options(), clock: systemClock, deadline });
  };
  closing.push(
    () => authority.remove(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  return { to, tls, connections: () => connections };
}

const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
const shared = { clock: systemClock, deadline };

describe("a refusal behind a connection that ended", () => {
  it("is found on a second connection, on which nothing is sent", async () => {
    const { to, tls } = await server(true, (socket) => void socket.end());
    const socket = await to();
    const fault = await refusalBehind(reset, { socket, tls, connect: to, ...shared });
    expect(fault).toMatchObject({ name: "TlsFault", message: expect.stringContaining("then closed") });
    expect(fault?.cause).toBe(reset);
  });

  it("is found however long it takes to connect", async () => {
    const clock = {
      ...systemClock,
      sleep: (ms: number, over: AbortSignal) => systemClock.sleep(ms / 10, over),
    };
    const { to, tls } = await server(true, (socket) => void socket.end());
    const socket = await to();
    const slowly = async () => {
      await clock.sleep(4000, deadline);
      return to();
    };
    const fault = await refusalBehind(reset, { socket, tls, connect: slowly, clock, deadline });
    expect(fault).toMatchObject({ message: expect.stringContaining("then closed") });
  });

  it("is not there when the second connection stays", async () => {
    const { to, tls } = await server(true, () => {});
    const socket = await to();
    expect(await refusalBehind(reset, { socket, tls, connect: to, ...shared })).toBeUndefined();
  });

  it("is not looked for where nobody asked for a certificate", async () => {
    const { to, tls, connections } = await server(false, (socket) => void socket.end());
    const socket = await to();
    expect(await refusalBehind(reset, { socket, tls, connect: to, ...shared })).toBeUndefined();
    expect(await refusalBehind(reset, { socket: undefined, tls, connect: to, ...shared })).toBeUndefined();
    expect(connections()).toBe(1);
  });

  it("needs no second connection when an alert says it", async () => {
    const { to, tls, connections } = await server(true, () => {});
    const socket = await to();
    const alert = Object.assign(new Error("alert"), { code: "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA" });
    const fault = await refusalBehind(alert, { socket, tls, connect: to, ...shared });
    expect(fault?.fix).toContain("set tls.cert");
    expect(connections()).toBe(1);
  });

  it("is not known when the peer cannot be reached again", async () => {
    const { to, tls } = await server(true, () => {});
    const socket = await to();
    const fail = () => Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
    expect(await refusalBehind(reset, { socket, tls, connect: fail, ...shared })).toBeUndefined();
  });
});
