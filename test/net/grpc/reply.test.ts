import { EventEmitter } from "node:events";
import type { ClientHttp2Stream } from "node:http2";
import { expect, it } from "vitest";
import { framed } from "../../../src/net/grpc/message.ts";
import { replyOf } from "../../../src/net/grpc/reply.ts";
import { keptMemory } from "../../fake/kept-memory.ts";

const head = { ":status": "200", "content-type": "application/grpc", "grpc-status": "0" };

/** A stream that nothing has come on yet. */
const silent = () =>
  Object.assign(new EventEmitter(), { rstCode: 0, close: () => {} }) as unknown as ClientHttp2Stream;

it("an answer may come in frames of any size", async () => {
  const message = Buffer.from("x".repeat(5_000));
  const body = Buffer.concat(framed([message], false));
  for (const size of [1, 7, 4_096, body.length]) {
    const stream = silent();
    const reply = replyOf(stream);
    stream.emit("response", head);
    for (let at = 0; at < body.length; at += size) stream.emit("data", body.subarray(at, at + size));
    stream.emit("end");
    expect((await reply).message).toEqual(message);
  }
});

it("a byte in each frame takes no more memory than all in one", async () => {
  const stream = silent();
  const reply = replyOf(stream);
  stream.emit("response", head);
  const before = keptMemory();
  for (let bytes = 0; bytes < 500_000; bytes += 1) stream.emit("data", Buffer.alloc(1));
  expect(keptMemory() - before).toBeLessThan(8_000_000);
  stream.emit("close");
  await expect(reply).rejects.toThrow("the stream was ended");
});
