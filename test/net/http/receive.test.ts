import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { httpClient } from "../../../src/net/http/client.ts";
import { networkFault } from "../../../src/net/http/fault.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { answeringServer } from "../../fake/answering-server.ts";
import {
  allowed,
  cut,
  nothing,
  type RawAnswer,
  refused,
  unaskedCodings,
  unframed,
  unknownCoding,
} from "../../fake/answers.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const success = { type: "text/plain", body: Buffer.from("forty-two\n".repeat(30)) };

/** The text of the answer, or the fault. */
async function asked(answer: RawAnswer, method: "GET" | "POST") {
  const server = await answeringServer(answer, success);
  const url = new URL(`http://127.0.0.1:${server.port}`);
  const client = httpClient({ url, environment: {}, userAgent: "test/1", clock: systemClock });
  closing.push(server.close, () => client.close());
  const ask = async () => {
    const deadline = AbortSignal.timeout(2_000);
    const body = method === "POST" ? { body: "hello" } : {};
    const reply = await client.request({ method, path: "/", headers: {}, ...body, deadline });
    return reply.text(1e6);
  };
  const outcome = () => ask().catch((error: unknown) => networkFault(error, "remote"));
  const first = await outcome();
  await new Promise((resolve) => setImmediate(resolve));
  // Whatever came, the connection carries the next request, or another one does.
  const second = await outcome();
  return { first, second };
}

describe.each(["GET", "POST"] as const)("an answer to %s that is allowed", (method) => {
  it.each([...allowed, ...unaskedCodings, unframed])("is understood: $name", async (answer) => {
    const text = success.body.toString();
    expect(await asked(answer, method)).toEqual({ first: text, second: text });
  });
});

describe("an answer that is not allowed", () => {
  it.each([...refused, unknownCoding, nothing])("gets its own words: $name", async (answer) => {
    const { first, second } = await asked(answer, "POST");
    const { words, fix = /./, hold = false } = answer.fault as Exclude<RawAnswer["fault"], undefined>;
    const reason = answer === nothing ? "connection_lost" : "bad_answer";
    expect(first).toEqual({
      reason,
      hold,
      detail: expect.stringMatching(words),
      fix: expect.stringMatching(fix),
    });
    expect(second).toMatchObject({ reason });
  });

  it.each(cut)("is no whole one: $name", async (answer) => {
    expect((await asked(answer, "POST")).first).toMatchObject({ reason: "connection_lost" });
  });
});

it.each([
  ["none", undefined, ""],
  ["a text", "wörter", "wörter"],
  ["bytes", Buffer.from([0xff, 0]), Buffer.from([0xff, 0])],
  ["no parts", [], ""],
  ["parts", [Buffer.from("one"), Buffer.alloc(0), Buffer.alloc(300_000, "x")], `one${"x".repeat(300_000)}`],
])("a body of %s arrives whole, under its length", async (_, body, expected) => {
  const came: { readonly length: string | undefined; readonly bytes: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    came.push({ length: request.headers["content-length"], bytes: await buffer(request) });
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const client = httpClient({ url, environment: {}, userAgent: "test/1", clock: systemClock });
  closing.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => client.close(),
  );
  for (let time = 0; time < 2; time += 1) {
    const deadline = AbortSignal.timeout(2_000);
    const answer = await client.request({
      method: "POST",
      path: "/",
      headers: {},
      deadline,
      ...(body !== undefined && { body }),
    });
    expect(await answer.text(10)).toBe("ok");
  }
  const bytes = Buffer.from(expected as string);
  expect(came).toEqual([
    { length: String(bytes.length), bytes },
    { length: String(bytes.length), bytes },
  ]);
});

describe("a success that comes before the whole body was sent", () => {
  const body = Buffer.alloc(32 * 2 ** 20, "x");
  const early = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  async function answered(take: (socket: Socket) => void, answer = early, ms = 20_000) {
    const server = createTcpServer((socket) => {
      socket
        .on("error", () => {})
        .once("data", () => {
          socket.pause().write(answer, () => take(socket));
        });
      closing.push(() => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const client = httpClient({ url, environment: {}, userAgent: "test/1", clock: systemClock });
    closing.push(
      () => server.close(),
      () => client.close(),
    );
    const deadline = AbortSignal.timeout(ms);
    const asking = client.request({ method: "POST", path: "/", headers: {}, body, deadline });
    return asking.then(
      async (reply) => [reply.status, await reply.text(100)],
      (error: unknown) => {
        const { reason, detail } = networkFault(error, "remote");
        return [reason, detail];
      },
    );
  }

  it("counts once the rest has been read as well", async () => {
    let bytes = 0;
    const took = await answered((socket) => {
      socket.on("data", (piece) => {
        bytes += piece.length;
      });
      setTimeout(() => socket.resume(), 20);
    });
    expect(took).toEqual([200, "ok"]);
    expect(bytes).toBeGreaterThan(16 * 2 ** 20);
  });

  it("is none where the connection ends before that, or nothing more is read", async () => {
    const lost = [
      "connection_lost",
      expect.stringContaining("it answered with a success and ended the connec"),
    ];
    expect(await answered((socket) => socket.resetAndDestroy())).toEqual(lost);
    expect(await answered((socket) => setTimeout(() => socket.destroy(), 20))).toEqual(lost);
    expect(await answered(() => {}, early, 300)).toEqual(["timeout", expect.anything()]);
  });

  it("is not waited for where it is a refusal", async () => {
    const refusal = "HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\n\r\nno";
    expect(await answered(() => {}, refusal)).toEqual([413, "no"]);
  });
});
