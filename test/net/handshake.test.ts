import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { handshake } from "../../src/net/handshake.ts";
import { networkFault } from "../../src/net/http/fault.ts";
import { tlsFiles } from "../../src/net/tls.ts";
import { systemClock } from "../../src/time/clock.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { rawServer, swallow } from "../fake/raw-server.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe("handshake", () => {
  let authority: Certificates;
  beforeAll(() => {
    authority = certificates();
  });
  afterAll(() => authority.remove());

  async function shake(port: number, host: string, deadline = AbortSignal.timeout(5_000)) {
    const socket = connect(port, "127.0.0.1");
    closing.push(() => socket.destroy());
    const tls = tlsFiles({ ca: authority.ca }).options();
    return handshake(socket, { host, tls, clock: systemClock, deadline });
  }

  async function secure(altName: string): Promise<number> {
    const { cert, key } = authority.issue(`handshake-${altName.replace(":", "-")}`, { altName });
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    return (server.address() as { port: number }).port;
  }

  it("checks the certificate against the name, and against an address", async () => {
    const named = await secure("DNS:siem.example");
    expect((await shake(named, "siem.example")).authorized).toBe(true);
    const error = await shake(named, "127.0.0.1").catch((caught) => caught);
    expect(networkFault(error, "h")).toMatchObject({ reason: "tls", hold: true });
    expect((await shake(await secure("IP:127.0.0.1"), "127.0.0.1")).authorized).toBe(true);
  });

  it("knows a name with a dot at its end as the one without, and says that", async () => {
    const { cert, key } = authority.issue("handshake-dot", { altName: "DNS:siem.example" });
    const asked: string[] = [];
    const server = createServer({
      ...{ cert: readFileSync(cert), key: readFileSync(key) },
      SNICallback: (name, done) => {
        asked.push(name);
        done(null);
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    const { port } = server.address() as { port: number };
    expect((await shake(port, "siem.example.")).authorized).toBe(true);
    expect(asked).toEqual(["siem.example"]);
  });

  it.each([
    ["ends the connection", (port: { end(): unknown }) => void port.end()],
    ["resets it", (port: { resetAndDestroy(): unknown }) => void port.resetAndDestroy()],
  ] as const)("tells a peer that %s", async (_, talk) => {
    const server = await rawServer((socket) => void socket.once("data", () => talk(socket)));
    closing.push(() => server.close());
    const error = await shake(server.port, "siem.example").catch((caught) => caught);
    expect(networkFault(error, "h")).toMatchObject({
      reason: "connect",
      detail: "h: the connection was closed during the TLS handshake: the port may not speak TLS",
      fix: expect.stringContaining("scheme and port"),
    });
  });

  it("tells a peer that answers with something else than TLS", async () => {
    const server = await rawServer((socket) => void socket.end("220 mail.example ESMTP\r\n"));
    closing.push(() => server.close());
    const error = await shake(server.port, "siem.example").catch((caught) => caught);
    expect(networkFault(error, "h")).toMatchObject({
      reason: "tls",
      hold: true,
      fix: expect.stringContaining("write http://, tcp:// or relp://"),
    });
  });

  it("waits no longer than it may", async () => {
    const server = await rawServer(swallow);
    closing.push(() => server.close());
    await expect(shake(server.port, "siem.example", AbortSignal.timeout(20))).rejects.toThrow(
      /no end of the TLS handshake \(the port may not speak TLS\) within \d+ ms/,
    );
  });

  it("tells a peer that is slow from one that does not speak TLS", async () => {
    // The beginning of a handshake record (RFC 8446 §5.1).
    const server = await rawServer((socket) => void socket.resume().write(Buffer.from([0x16, 3, 3, 0])));
    closing.push(() => server.close());
    await expect(shake(server.port, "siem.example", AbortSignal.timeout(200))).rejects.toThrow(
      /no end of the TLS handshake \(4 bytes of it came\) within \d+ ms/,
    );
  });
});
