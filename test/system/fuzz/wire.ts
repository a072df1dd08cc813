import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { httpClient } from "../../../src/net/http/client.ts";
import { networkFault } from "../../../src/net/http/fault.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { expectUnpolluted, type Target } from "./fuzz.ts";
import { below, pick } from "./mutate.ts";

const head = "HTTP/1.1 200 OK\r\n";

/** Answers as bytes on a connection: whatever a server sends, a request ends, and ends as an answer or as a named fault. */
export const wire: Target = {
  name: "wire",
  inputs: 20_000,
  slowMs: 3_000,
  waits: true,
  seeds: () =>
    [
      `${head}content-length: 27\r\ncontent-type: application/json\r\n\r\n{"text":"Success","code":0}`,
      `${head}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
      `${head}content-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc`,
      `${head}set-cookie: a=b\r\nset-cookie: c=d\r\nconnection: close\r\n\r\nx`,
      "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
      "HTTP/1.1 204 No Content\r\n\r\n",
      "HTTP/0.9\r\n\r\n",
    ].map((text) => Buffer.from(text, "latin1")),
  invent: (random) => {
    const headers = Array.from({ length: below(random, 5) }, () =>
      pick(random, [
        `content-length: ${pick(random, ["0", "5", "-1", "5, 5", "99999999999999999999", "+5"])}`,
        "transfer-encoding: chunked",
        "transfer-encoding: gzip, chunked",
        "content-encoding: gzip",
        "connection: close",
        "__proto__: x",
        `x: ${"y".repeat(below(random, 20_000))}`,
        " folded: x",
      ]),
    );
    const status = pick(random, ["200 OK", "200", "099 X", "1000 X", "503 Busy\u009b[2J", "101 X", "100 X"]);
    return Buffer.from(
      `HTTP/1.1 ${status}\r\n${headers.join("\r\n")}\r\n\r\n${"5\r\nhello\r\n0\r\n\r\n".slice(below(random, 9))}`,
      "latin1",
    );
  },
  async open() {
    let input = Buffer.alloc(0) as Buffer;
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      socket.once("data", () => socket.end(input));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const client = httpClient({ url, environment: {}, userAgent: "fuzz", clock: systemClock });
    return {
      async run(bytes) {
        input = bytes;
        const deadline = AbortSignal.timeout(2_500);
        try {
          const answer = await client.request({
            method: "POST",
            path: "/",
            headers: {},
            body: "{}",
            deadline,
          });
          if (typeof answer.status !== "number") throw new Error("an answer without a status");
          await answer.text(65_536);
        } catch (error) {
          const { reason, detail } = networkFault(error, "siem.example");
          if (reason === "timeout") throw new Error("it did not end", { cause: error });
          if (detail.length > 300 || /\p{Cc}/u.test(detail))
            throw new Error(`not one harmless line: ${detail}`);
        }
        expectUnpolluted();
      },
      async close() {
        await client.close();
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};
