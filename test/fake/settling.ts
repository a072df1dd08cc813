import { MessageChannel } from "node:worker_threads";

/** An output in its thread, which asks for settlements; `calls` gets `settled` for each that is committed. */
export function settling(calls: string[]): { ask(): void; close(): void } {
  const { port1, port2 } = new MessageChannel();
  // A settlement waits for the next turn of the event loop, as in the store: others may join its commit.
  port2.on("message", () => setImmediate(() => calls.push("settled")));
  return { ask: () => port1.postMessage("settle"), close: () => port1.close() };
}
