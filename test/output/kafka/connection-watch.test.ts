import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NoAddress, NotKafka, watched } from "../../../src/output/kafka/connection-watch.ts";

/** A connection of the client's, what it heard, and what was met on it after these bytes came. */
async function afterBytes(pieces: readonly Buffer[], hear = (_: Buffer) => {}) {
  const pool = Object.assign(new EventEmitter(), { get: () => {} });
  const socket = new PassThrough();
  const connection = Object.assign(new EventEmitter(), { socket });
  const watch = watched(pool as never);
  pool.emit("connecting", { connection });
  await Promise.resolve();
  const heard: Buffer[] = [];
  socket.on("data", (piece: Buffer) => {
    heard.push(piece);
    hear(piece);
  });
  for (const piece of pieces) socket.write(piece);
  await new Promise(setImmediate);
  return { trouble: watch.trouble(), ended: socket.destroyed, connection, watch, heard };
}

const framed = (bytes: Uint8Array) => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
};
const answer = fc.uint8Array({ minLength: 4, maxLength: 40 }).map(framed);

it("is made to no address that none can be", () => {
  const asked: unknown[] = [];
  const pool = Object.assign(new EventEmitter(), {
    get(broker: unknown, _callback: (error?: Error) => void) {
      asked.push(broker);
    },
  });
  watched(pool as never);
  const good = { host: "kafka.example", port: 9092 };
  const errors: unknown[] = [];
  const bad = [
    { host: "a\0b", port: 1 },
    { host: "", port: 1 },
    { host: "kafka", port: 70_000 },
    { host: "k", port: -1 },
  ];
  for (const broker of [good, ...bad]) pool.get(broker, (error) => errors.push(error));
  expect(asked).toEqual([good]);
  expect(errors).toHaveLength(bad.length);
  expect(errors.every((error) => error instanceof NoAddress)).toBe(true);
});

describe("a connection that is looked at", () => {
  it("goes on for whole answers, however they are cut", async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 8 }), cuts, async (answers, sizes) => {
        const all = Buffer.concat(answers);
        const pieces: Buffer[] = [];
        for (let at = 0, turn = 0; at < all.length; turn++) {
          const size = sizes[turn % sizes.length] as number;
          pieces.push(all.subarray(at, at + size));
          at += size;
        }
        expect(await afterBytes(pieces)).toMatchObject({ trouble: undefined, ended: false });
      }),
    );
  });

  it("ends for what cannot be the size of an answer, in the first bytes or later", async () => {
    const strange = fc
      .uint8Array({ minLength: 4, maxLength: 60 })
      .map((bytes) => Buffer.from(bytes))
      .filter((bytes) => bytes.readInt32BE() < 4 || bytes.readInt32BE() > 1024 * 1024);
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 3 }), strange, async (before, bytes) => {
        const { trouble, ended, heard } = await afterBytes([...before, bytes, framed(Buffer.alloc(4))]);
        expect(trouble).toBeInstanceOf(NotKafka);
        // The client throws where a size is less than nothing: it must not hear of it.
        expect(Buffer.concat(heard)).toEqual(Buffer.concat(before));
        expect(ended).toBe(true);
        expect(trouble?.message).not.toMatch(/\p{Cc}/u);
        expect(trouble?.message.length).toBeLessThan(500);
      }),
    );
  });

  it("ends, and nothing else does, where the client throws at what it hears", async () => {
    const error = new Error("cannot be read");
    const { trouble, ended } = await afterBytes([framed(Buffer.alloc(4))], () => {
      throw error;
    });
    expect({ trouble, ended }).toEqual({ trouble: error, ended: true });
  });

  it("is told of TLS by an alert", async () => {
    const { trouble } = await afterBytes([Buffer.of(0x15, 3, 3, 0, 2, 2, 0x46)]);
    expect(trouble).toMatchObject({ fix: expect.stringContaining("transport: tls") });
  });

  it("keeps what a socket met, until the next one stands", async () => {
    const { connection, watch } = await afterBytes([]);
    const error = new Error("reset");
    connection.emit("error", error);
    expect(watch.trouble()).toBe(error);
    connection.emit("connect");
    expect(watch.trouble()).toBeUndefined();
  });
});
