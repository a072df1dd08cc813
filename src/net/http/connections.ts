import type { ClientRequest, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { builtin } from "../../builtin.ts";
import type { Clock } from "../../time/clock.ts";
import { greatestAgeMs, idleMs } from "../limits.ts";

const { Agent, request } = builtin("node:http");

/** The connections to one origin. */
export interface Connections {
  /** Whether an unused one is there. */
  hasKept(): boolean;
  /** Begins a request: on `socket` when it is given, else on the one that `hasKept` told of just now. */
  begin(options: RequestOptions, socket?: Socket): ClientRequest;
  /** None is kept any more; those in use go on. */
  retire(): void;
  /** Ends all of them. */
  close(): void;
}

/**
 * Keeps connections that are not in use for a few seconds, or less where the server says so (`Keep-Alive`),
 * and none beyond the greatest age. One on which the server speaks unasked is ended.
 */
export function connections(clock: Clock): Connections {
  const agent = new Agent({ keepAlive: true, timeout: idleMs });
  const bornAt = new WeakMap<object, number>();
  let next: Socket | undefined;
  let retired = false;

  const keepAlive = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    const age = clock.monotonic() - (bornAt.get(socket) ?? 0);
    return !retired && age < greatestAgeMs && keepAlive(socket);
  };
  agent.createConnection = () => {
    if (next === undefined) throw new Error("a request was made without a connection");
    return next;
  };

  const kept = () => Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
  const endKept = () => {
    for (const socket of kept()) socket.destroy();
  };

  return {
    hasKept() {
      const free = kept();
      return free.length > 0 && free.every(({ destroyed, writable }) => !destroyed && writable);
    },
    begin(options, socket) {
      if (socket === undefined) return request({ ...options, agent });
      bornAt.set(socket, clock.monotonic());
      // The agent would take one of those; this request is to have its own.
      endKept();
      next = socket;
      try {
        return request({ ...options, agent });
      } catch (error) {
        socket.destroy();
        throw error;
      } finally {
        next = undefined;
      }
    },
    retire() {
      retired = true;
      endKept();
    },
    close() {
      retired = true;
      agent.destroy();
    },
  };
}
