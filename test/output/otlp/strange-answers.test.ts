import { constants, createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { sampleEvents } from "../../contract/sample-event.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { otlpOutput } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
const never = new AbortController().signal;

type Talk = (stream: ServerHttp2Stream) => unknown;
const grpc = { ":status": 200, "content-type": "application/grpc" };
/** A message without anything in it. */
const empty = Buffer.alloc(5);

/** A whole answer. */
function says(trailers: object, body: Buffer = empty, head: object = grpc): Talk {
  return (stream) => {
    stream.respond({ ...head }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ ...trailers }));
    stream.end(body);
  };
}

/** What an output makes of a gRPC server that says this, twice: the second time on whatever is left. */
async function sent(talk: Talk, settings: object = {}) {
  const server = createServer({ settings });
  server.on("stream", (stream) => talk(stream.on("error", () => {})));
  server.on("session", (session) => {
    session.on("error", () => {});
    undo.push(() => session.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  undo.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const headers = { authorization: "Bearer s3cr3t-token" };
  const output = otlpOutput({ protocol: "grpc", endpoint, timeout: "250ms", headers });
  undo.push(() => output.close());
  const send = () => output.send(payloadsOf(output, sampleEvents(3)), never);
  return [await send(), await send()];
}

describe("over gRPC, what is no success", () => {
  const ok = { "grpc-status": "0" };
  const head = (more: object): Talk => {
    return (stream) => stream.respond({ ...grpc, ...more }, { endStream: true });
  };

  it("is one with its message, and no other", async () => {
    for (const result of await sent(says(ok))) expect(result).toEqual({ status: "delivered", rejected: [] });
  });

  it.each<[string, Talk, object?]>([
    ["a status alone", head(ok)],
    ["a status without a message", says(ok, Buffer.alloc(0))],
    ["a success of gRPC in a failure of HTTP", head({ ":status": 503, ...ok })],
    ["the same with a message", says(ok, empty, { ...grpc, ":status": 503 })],
    ["no status", says({})],
    ["two statuses", says({ "grpc-status": ["0", "14"] })],
    ["a status that is no number", says({ "grpc-status": "-0" })],
    ["a status that nobody knows", says({ "grpc-status": "999" })],
    ["a success that becomes a failure", says({ "grpc-status": "14" }, empty, { ...grpc, ...ok })],
    ["two messages", says(ok, Buffer.alloc(10))],
    ["half a message", says(ok, Buffer.of(0, 0, 0, 0, 9, 1))],
    [
      "a message that says it is packed",
      says(ok, Buffer.of(1, 0, 0, 0, 1, 7), { ...grpc, "grpc-encoding": "gzip" }),
    ],
    ["a count below nothing", says(ok, Buffer.from("000000000d0a0b08ffffffffffffffffff01", "hex"))],
    [
      "an answer of HTTP without content",
      (stream) => stream.respond({ ":status": 204 }, { endStream: true }),
    ],
    ["a redirect", (stream) => stream.respond({ ":status": 302, location: "/" }, { endStream: true })],
    ["a head of 60 KB", says({ "grpc-status": "13", "grpc-message": "%1b".repeat(20_000) })],
    ["a head of 200 KB", says({ "grpc-status": "0", "grpc-message": "x".repeat(200_000) })],
    [
      "five hundred trailers",
      says({ ...ok, ...Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x-${n}`, "y"])) }),
    ],
    [
      "an answer without end",
      (stream) => {
        stream.respond(grpc);
        const more = () => {
          while (!stream.destroyed && stream.write(Buffer.alloc(65_536)));
        };
        stream.on("drain", more);
        more();
      },
    ],
    [
      "an answer that stops",
      (stream) => {
        stream.respond(grpc);
        stream.write(empty);
      },
    ],
    ["nothing but hints", (stream) => stream.additionalHeaders({ ":status": 103, link: "x" })],
    ["a stream that is reset", (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)],
    [
      "a session that goes away",
      (stream) => {
        stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from("too_many_pings"));
        stream.session?.destroy();
      },
    ],
    ["no room for a stream", () => {}, { maxConcurrentStreams: 0 }],
    ["no room for a byte", () => {}, { initialWindowSize: 0 }],
  ])("is kept: %s", async (_, talk, settings) => {
    for (const result of await sent(talk, settings)) {
      expect(result.status).toBe("retry");
      expect(JSON.stringify(result)).not.toMatch(/s3cr3t-token|\p{Cc}/u);
    }
  });

  it("is a delivery where the session goes away behind it", async () => {
    const results = await sent((stream) => {
      stream.session?.goaway(0, stream.id);
      says(ok)(stream);
    });
    for (const result of results) expect(result.status).toBe("delivered");
  });
});
