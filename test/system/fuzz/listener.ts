import { mkdtempSync, rmSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlPath, queryDaemon } from "../../../src/admin/ask.ts";
import { controlServer } from "../../../src/admin/control.ts";
import type { Routes } from "../../../src/admin/routes.ts";
import { adminServer } from "../../../src/admin/server.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { expectUnpolluted, type Opened, type Target } from "./fuzz.ts";
import { below, pick, type Random } from "./mutate.ts";

const status = '{"ready":true,"secret-of-the-state":1}';
const token = "bearer-0123456789";
const routes: Routes = {
  "/status": () => ({ status: 200, type: "application/json", body: status }),
  "/livez": () => ({ status: 200, type: "application/json", body: "{}" }),
};

const seeds = () =>
  [
    "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: 127.0.0.1:9464\r\nConnection: close\r\n\r\n",
    `GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x${token}\r\n\r\n`,
    "POST /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc",
    "GET /livez HTTP/1.1\r\nHost: evil.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "GET /__proto__ HTTP/1.1\r\nHost: [::1]:1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "CONNECT x:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  ].map((text) => Buffer.from(text, "latin1"));

function invent(random: Random): Buffer {
  const method = pick(random, ["GET", "HEAD", "POST", "TRACE", "OPTIONS", "CONNECT", "get", "G\0T"]);
  const path = pick(random, [
    "/status",
    "/livez",
    "//status",
    "/../status",
    "/%73tatus",
    "*",
    "http://x/status",
    "/toString",
    "",
  ]);
  const lines = Array.from({ length: below(random, 6) }, () =>
    pick(random, [
      "Host: localhost",
      "Host: evil.example",
      "Host: localhost, evil.example",
      "Authorization: Bearer",
      `Authorization: Basic ${Buffer.from(":x").toString("base64")}`,
      "Content-Length: 5",
      "Transfer-Encoding: chunked",
      "Expect: 100-continue",
      "X-Forwarded-Host: localhost",
      "Connection: keep-alive, close",
      `X: ${"x".repeat(below(random, 9_000))}`,
    ]),
  );
  const request = `${method} ${path} HTTP/1.${below(random, 3)}\r\n${lines.join("\r\n")}\r\n\r\n`;
  return Buffer.from(request.repeat(1 + below(random, 3)), "latin1");
}

/** Sends it, ends, and gives back all that came until the other end closed. */
async function told(where: NetConnectOpts, input: Buffer): Promise<string> {
  const socket = connect({ ...where, allowHalfOpen: true } as NetConnectOpts);
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece)).on("error", () => {});
  socket.end(input);
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(pieces).toString("latin1");
}

function expectHttp(answer: string): void {
  if (answer !== "" && !answer.startsWith("HTTP/1.1 ")) throw new Error(`no HTTP: ${answer.slice(0, 200)}`);
  if (/^HTTP\/1\.1 500/.test(answer)) throw new Error(`failed: ${answer.slice(0, 200)}`);
}

/** The listener with a token that nobody here has: it never tells the status, and it goes on. */
export const adminHttp: Target = {
  name: "admin-http",
  inputs: 20_000,
  slowMs: 4_000,
  waits: true,
  seeds,
  invent,
  async open(): Promise<Opened> {
    const admin = await adminServer({
      listen: { host: "127.0.0.1", port: 0 },
      token: new Secret(token),
      metrics: "token",
      allowedHosts: [],
      routes,
      scrub: (text) => text,
      headMs: 200,
    });
    return {
      async run(input) {
        const answer = await told({ host: "127.0.0.1", port: admin.port }, input);
        expectHttp(answer);
        if (answer.includes("secret-of-the-state")) throw new Error("the status was told without the token");
        expectUnpolluted();
      },
      async close() {
        const livez = await told(
          { host: "127.0.0.1", port: admin.port },
          Buffer.from("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        );
        if (!livez.startsWith("HTTP/1.1 200")) throw new Error("it does not answer any more");
        await admin.close();
      },
    };
  },
};

export const controlSocket: Target = {
  name: "control-socket",
  inputs: 20_000,
  slowMs: 8_000,
  waits: true,
  seeds,
  invent,
  async open(): Promise<Opened> {
    const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
    const control = await controlServer(folder, { routes, actions: {} }, (text) => text);
    return {
      async run(input) {
        expectHttp(await told({ path: controlPath(folder) }, input));
        expectUnpolluted();
      },
      async close() {
        const answer = await queryDaemon({ socketPath: controlPath(folder) }, "/status", 2_000);
        if (answer?.body !== status) throw new Error("it does not answer any more");
        await control.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};
