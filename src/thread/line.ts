import type { MessagePort, Transferable } from "node:worker_threads";

/** One end of what joins two threads: a port, or a thread as it is seen from outside. */
export interface Port extends Pick<MessagePort, "postMessage"> {
  on(event: string, take: Parameters<MessagePort["on"]>[1]): unknown;
}

/**
 * A way to another thread and back, for values that survive a structured clone. What is sent arrives in the
 * order in which it was sent, also on several lines over one port.
 */
export interface ThreadLine<Sent, Taken> {
  /** The memory in `moves` is not copied: it is gone here. */
  send(message: Sent, moves?: readonly Transferable[]): void;
  /** Called with each message, in turn. */
  take(take: (message: Taken) => void): void;
}

/** The line of this name over `port`; at the other end it has the same name. */
export function lineOver<Sent, Taken>(port: Port, name: string): ThreadLine<Sent, Taken> {
  return {
    send: (message, moves = []) => port.postMessage([name, message], moves),
    take(take) {
      port.on("message", ([line, message]: [string, Taken]) => {
        if (line === name) take(message);
      });
      // What cannot be taken was never to be sent: who waits for it would wait for ever.
      port.on("messageerror", (error: Error) => {
        throw error;
      });
    },
  };
}
