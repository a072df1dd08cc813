import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { afterEach, expect, it } from "vitest";
import { lineOver, type ThreadLine } from "../../src/thread/line.ts";

const open: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of open.splice(0)) port1.close();
});

function channel() {
  const made = new MessageChannel();
  open.push(made);
  return made;
}

it("keeps the order over all lines of a port, and each line gets what was sent on it", async () => {
  const { port1, port2 } = channel();
  const came: string[] = [];
  for (const name of ["a", "b"]) {
    const there: ThreadLine<never, number> = lineOver(port2, name);
    there.take((message) => came.push(`${name}${message}`));
  }
  const a: ThreadLine<number, never> = lineOver(port1, "a");
  const b: ThreadLine<number, never> = lineOver(port1, "b");
  const nobody: ThreadLine<number, never> = lineOver(port1, "c");
  for (const at of [1, 2, 3]) {
    a.send(at);
    nobody.send(at);
    b.send(at);
  }
  await expect.poll(() => came.length, { timeout: 30_000 }).toBe(6);
  expect(came).toEqual(["a1", "b1", "a2", "b2", "a3", "b3"]);
});

it("moves memory, which is gone here", async () => {
  const { port1, port2 } = channel();
  const line: ThreadLine<Uint8Array, never> = lineOver(port1, "a");
  const came = once(port2, "message");
  const bytes = new Uint8Array([1, 2, 3]);
  line.send(bytes, [bytes.buffer]);
  expect(bytes.byteLength).toBe(0);
  expect(await came).toEqual([["a", new Uint8Array([1, 2, 3])]]);
});
