import { connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { oneBuffer } from "../../../src/net/http/one-buffer.ts";

it("has a socket read everything into the same memory", async () => {
  const server = createServer((socket) => void socket.end(Buffer.alloc(300_000, "x")));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const socket: Socket = connect({ host: "127.0.0.1", port, onread: oneBuffer(() => socket, 65_536) });
  const memory = new Set<ArrayBufferLike>();
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    memory.add(chunk.buffer);
    bytes += chunk.length;
  });
  await new Promise((resolve) => socket.once("end", resolve));
  expect([bytes, memory.size]).toEqual([300_000, 1]);
});
