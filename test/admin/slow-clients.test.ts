import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as rest } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { endSlowClients } from "../../src/admin/slow-clients.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const head = "GET / HTTP/1.1\r\nHost: localhost\r\n";

/** A connection to a server that answers after so many milliseconds and is as impatient. */
async function connected(answerMs = 0) {
  const server = createServer({ headersTimeout: 0, requestTimeout: 0 }, (request, response) => {
    request.resume();
    void rest(answerMs).then(() => response.end("answered"));
  });
  servers.push(server);
  endSlowClients(server, { headMs: 200, bodyMs: 200, pauseMs: 200 });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const answer = { text: "", ended: once(socket, "close"), tookMs: 0 };
  const began = performance.now();
  socket.on("error", () => {});
  socket.on("close", () => {
    answer.tookMs = performance.now() - began;
  });
  socket.on("data", (piece) => {
    answer.text += piece;
  });
  await once(socket, "connect");
  return { socket, answer };
}

it("ends who says nothing, and whose head comes a byte at a time", async () => {
  const silent = await connected();
  const slow = await connected();
  const drip = setInterval(() => slow.socket.write("x"), 30);
  slow.socket.write("GET /");
  await Promise.all([silent.answer.ended, slow.answer.ended]);
  clearInterval(drip);
  for (const { answer } of [silent, slow]) {
    expect(answer.text).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer.tookMs).toBeGreaterThan(150);
  }
});

it("ends whose body does not come, and lets an answer take as long as it takes", async () => {
  const half = await connected(1_000);
  half.socket.write(`${head}Content-Length: 9\r\n\r\nhalf`);
  const whole = await connected(600);
  whole.socket.write(`${head}Connection: close\r\n\r\n`);
  await Promise.all([half.answer.ended, whole.answer.ended]);
  expect(half.answer.text).toMatch(/^HTTP\/1\.1 408 /);
  expect(half.answer.tookMs).toBeLessThan(900);
  expect(whole.answer.text).toContain("answered");
});

it("ends who takes too long for the next request, and nobody who asks in time", async () => {
  const { socket, answer } = await connected();
  for (let times = 0; times < 4; times++) {
    socket.write(`${head}\r\n`);
    await rest(150);
  }
  socket.write("GET /");
  await answer.ended;
  expect(answer.text.match(/answered/g)).toHaveLength(4);
  expect(answer.text).toContain("HTTP/1.1 408 ");
  expect(answer.tookMs).toBeGreaterThan(700);
});
