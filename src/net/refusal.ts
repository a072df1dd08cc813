import type { Socket } from "node:net";
import { type Deadline, deadlineAfter } from "../time/deadline.ts";
import { asksForCertificate } from "./handshake.ts";
import type { Patience } from "./in-time.ts";
import { refusalMs } from "./limits.ts";
import type { TlsFiles } from "./tls.ts";
import { certificateRefused, TlsFault, tlsFault } from "./tls-fault.ts";

/** A connection that ended before the peer had answered, and how to get another one to it. */
export interface EndedConnection extends Patience {
  readonly socket: Socket | undefined;
  readonly tls: Pick<TlsFiles, "options">;
  connect(deadline: AbortSignal): Promise<Socket>;
}

/**
 * Whether the peer ended a connection because of the client certificate: TlsFault, or undefined when it was
 * something else. With TLS 1.3 a client's handshake is over before the server has looked at its certificate,
 * and what was sent meanwhile turns the server's alert into a reset. So where the peer had asked for a
 * certificate, another connection is made on which nothing is sent: a peer that refuses ends that one too.
 * Never throws.
 */
export async function refusalBehind(
  error: unknown,
  { socket, tls, connect, clock, deadline }: EndedConnection,
): Promise<TlsFault | undefined> {
  if (!asksForCertificate(socket)) return undefined;
  const { from } = tls.options();
  if (isOfTls(error)) return tlsFault(error as Error, from, true, clock.now());
  let trial: Socket | undefined;
  let patience: Deadline | undefined;
  try {
    trial = await connect(deadline);
    // To connect may take longer than a peer that refuses.
    patience = deadlineAfter(clock, refusalMs, deadline);
    const end = await endOf(trial, patience.signal);
    if (end === undefined) return undefined;
    return isOfTls(end)
      ? tlsFault(end, from, true, clock.now())
      : certificateRefused(from, clock.now(), error);
  } catch (failure) {
    return failure instanceof TlsFault ? failure : undefined;
  } finally {
    trial?.destroy();
    patience?.clear();
  }
}

/** An alert, or what else the TLS library says; the network's own codes look otherwise. */
function isOfTls(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^ERR_(SSL|OSSL|TLS)_/.test(code);
}

/** With what the connection ended; undefined when it is still there after that time. */
function endOf(socket: Socket, patience: AbortSignal): Promise<Error | undefined> {
  return new Promise((resolve) => {
    // It may be over already: then nothing is emitted any more.
    if (socket.destroyed || socket.readableEnded) resolve(socket.errored ?? new Error("ended"));
    patience.addEventListener("abort", () => resolve(undefined), { once: true });
    if (patience.aborted) resolve(undefined);
    socket.once("error", resolve);
    socket.once("end", () => resolve(new Error("ended")));
    socket.once("close", () => resolve(new Error("closed")));
    socket.resume();
  });
}
