import { createSocket, type Socket } from "node:dgram";
import { type HostAddress, hostAddresses } from "../../net/dial.ts";
import { networkFault } from "../../net/http/fault.ts";
import { inTime } from "../../net/in-time.ts";
import type { Clock } from "../../time/clock.ts";
import { faultOutcome } from "../http-outcome.ts";
import type { Rejection } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { type Address, addressText } from "./address.ts";
import type { Carrier } from "./carrier.ts";

/** A burst fills the receiver's socket buffer faster than it reads. */
const burst = 32;
const pauseMs = 1;
/** How long the news that nobody listens (an ICMP message) is waited for. */
const echoMs = 20;

/** Syslog over UDP, one message a datagram (RFC 5426). Nothing tells whether a datagram arrived. */
export function datagrams(address: Address, clock: Clock): Carrier {
  const where = addressText(address);

  /** `connect` makes the system report what comes back for the datagrams. */
  async function open(deadline: AbortSignal): Promise<Socket> {
    const patience = { clock, deadline };
    // The resolver's first choice: nothing tells whether another would do better.
    const [first] = await hostAddresses(address.host, patience);
    const { address: ip, family } = first as HostAddress;
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    socket.on("error", () => {});
    try {
      await inTime(
        patience,
        () => `no socket for ${where}`,
        new Promise<void>((resolve, reject) => {
          socket.once("error", reject);
          socket.connect(address.port, ip, resolve);
        }),
      );
    } catch (error) {
      socket.close();
      throw error;
    }
    return socket;
  }

  return {
    async send(frames, deadline) {
      let socket: Socket | undefined;
      try {
        socket = await open(deadline);
        const rejected = await sendAll(socket, frames, clock, deadline);
        return { status: "delivered", rejected };
      } catch (error) {
        return faultOutcome(networkFault(error, where));
      } finally {
        socket?.close();
      }
    },

    async probe(deadline) {
      try {
        const socket = await open(deadline);
        socket.close();
        return [
          {
            level: "warning",
            text: `${where}: UDP gives no answer, so whether anyone listens is not known, and what is lost on the way is lost`,
            fix: "use tls:// or tcp:// where the receiver has it",
          },
        ];
      } catch (error) {
        const { detail, fix } = networkFault(error, where);
        return [{ level: "problem", text: detail, fix }];
      }
    },

    reload: () => false,
    close: () => Promise.resolve(),
  };
}

async function sendAll(
  socket: Socket,
  frames: Payloads,
  clock: Clock,
  deadline: AbortSignal,
): Promise<Rejection[]> {
  const rejected: Rejection[] = [];
  let echo: Error | undefined;
  socket.on("error", (error) => {
    echo = error;
  });
  for (let index = 0; index < frames.count; index += 1) {
    const frame = frames.at(index);
    deadline.throwIfAborted();
    if (echo !== undefined) throw echo;
    const error = await sendOne(socket, frame);
    if ((error as NodeJS.ErrnoException | null)?.code === "EMSGSIZE")
      rejected.push({
        index,
        reason: "too_large",
        detail: `${frame.length} octets do not fit into a datagram`,
      });
    else if (error !== null) throw error;
    if (index % burst === burst - 1) await clock.sleep(pauseMs, deadline);
  }
  await clock.sleep(echoMs, deadline);
  deadline.throwIfAborted();
  if (echo !== undefined) throw echo;
  return rejected;
}

function sendOne(socket: Socket, frame: Buffer): Promise<Error | null> {
  return new Promise((resolve) => socket.send(frame, resolve));
}
