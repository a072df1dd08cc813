import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { endSlowClients } from "../../src/admin/slow-clients.ts";
import { loopTurn } from "../../src/time/turn.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const head = "GET / HTTP/1.1\r\nHost: localhost\r\n";
const [headMs, bodyMs, pauseMs] = [5, 60, 700];

/** Time that passes when the test says so, and what is waited for meanwhile. */
class Waits {
  readonly #waiting = new Set<{ readonly ms: number; end(): void }>();

  sleep(ms: number, stop?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wait = { ms, end: resolve };
      this.#waiting.add(wait);
      stop?.addEventListener("abort", () => {
        this.#waiting.delete(wait);
        resolve();
      });
    });
  }

  /** For how long, milliseconds. */
  get all(): readonly number[] {
    return [...this.#waiting].map(({ ms }) => ms);
  }

  /** All of them are over. */
  end(): void {
    for (const { end } of this.#waiting) end();
    this.#waiting.clear();
  }
}

/** A connection to a server that answers when it is told to. */
async function connected() {
  const waits = new Waits();
  const asked: (() => void)[] = [];
  let pieces = 0;
  const server = createServer({ headersTimeout: 0, requestTimeout: 0 }, (request, response) => {
    request.resume();
    asked.push(() => response.end("answered"));
  });
  servers.push(server);
  endSlowClients(server, { headMs, bodyMs, pauseMs }, waits);
  server.on("connection", (accepted) => accepted.on("data", () => pieces++));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const answer = { text: "", ended: once(socket, "close") };
  socket.on("error", () => {});
  socket.on("data", (piece) => {
    answer.text += piece;
  });
  await once(socket, "connect");
  await vi.waitFor(() => expect(waits.all).toEqual([headMs]));
  /** The server has got it. */
  async function write(text: string): Promise<void> {
    const before = pieces;
    socket.write(text);
    await vi.waitFor(() => expect(pieces).toBeGreaterThan(before));
  }
  return { waits, asked, answer, write };
}

it("ends who says nothing, and whose head comes a byte at a time", async () => {
  for (const said of ["", "GET /"]) {
    const { waits, answer, write } = await connected();
    for (const byte of said) await write(byte);
    expect(waits.all).toEqual([headMs]);
    waits.end();
    await answer.ended;
    expect(answer.text).toMatch(/^HTTP\/1\.1 408 /);
  }
});

it("ends whose body does not come", async () => {
  const { waits, asked, answer, write } = await connected();
  await write(`${head}Content-Length: 9\r\n\r\nhalf`);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(waits.all).toEqual([bodyMs]);
  waits.end();
  await answer.ended;
  expect(answer.text).toMatch(/^HTTP\/1\.1 408 /);
});

it("lets an answer take as long as it takes", async () => {
  const { waits, asked, answer, write } = await connected();
  await write(`${head}Connection: close\r\n\r\n`);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  waits.end();
  await loopTurn();
  asked[0]?.();
  await answer.ended;
  expect(answer.text).toContain("answered");
});

it("ends who takes too long for the next request, and nobody who asks in time", async () => {
  const { waits, asked, answer, write } = await connected();
  for (let times = 1; times <= 4; times++) {
    await write(`${head}\r\n`);
    await vi.waitFor(() => expect(asked).toHaveLength(times));
    expect(waits.all).toEqual([bodyMs]);
    asked.at(-1)?.();
    await vi.waitFor(() => expect(waits.all).toEqual([pauseMs + headMs]));
  }
  await write("GET /");
  expect(waits.all).toEqual([pauseMs + headMs]);
  waits.end();
  await answer.ended;
  expect(answer.text.match(/answered/g)).toHaveLength(4);
  expect(answer.text).toContain("HTTP/1.1 408 ");
});
