import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import { networkFault } from "../../net/http/fault.ts";
import type { NetworkFault } from "../../net/http/http.ts";
import { type TlsOptions, tlsOptions } from "../../net/tls.ts";
import type { TlsConfig } from "../../schema/parts.ts";
import type { Clock } from "../../time/clock.ts";
import { faultOutcome } from "../http-outcome.ts";
import type { SendResult } from "../output.ts";
import { type Address, addressText } from "./address.ts";
import type { Carrier } from "./carrier.ts";
import { type Connection, open } from "./connection.ts";

export interface StreamOptions {
  readonly address: Address;
  readonly tls: TlsConfig | undefined;
  /** `per_batch`: the receiver's end confirms a batch. `persistent`: nothing does. */
  readonly connection: "per_batch" | "persistent";
  /** How long a receiver gets to end an empty connection. */
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
}

const unconfirmed =
  "this receiver keeps a connection open that we ended, so nothing confirms what was sent: delivered means handed to the network";

const noHandshake = "no connection with a TLS handshake in time: the port may not speak TLS";

class NotReached extends Error {
  override readonly name = "TimeoutError";
}

/** Syslog over TCP and TLS. Throws when a TLS file is missing. */
export function stream(options: StreamOptions): Carrier {
  const where = addressText(options.address);
  let tls = readTls(options);
  /** Whether this receiver answers our end by its own. Learned from an empty connection, where no slow reading can look like a refusal to close. */
  let closes: boolean | undefined;
  let kept: Connection | undefined;
  let current: Connection | undefined;

  /** Runs one attempt on connections that `deadline` ends. */
  async function attempt<T>(deadline: AbortSignal, work: () => Promise<T>): Promise<T> {
    const giveUp = () => current?.destroy(deadline.reason);
    deadline.addEventListener("abort", giveUp, { once: true });
    try {
      deadline.throwIfAborted();
      return await work();
    } finally {
      deadline.removeEventListener("abort", giveUp);
      if (current !== kept) current?.destroy();
      if (kept?.isOver()) kept = undefined;
      current = undefined;
    }
  }

  async function connect(deadline: AbortSignal): Promise<Connection> {
    deadline.throwIfAborted();
    current = open(options.address, tls);
    try {
      await current.connected();
    } catch (error) {
      if (!deadline.aborted) throw error;
      throw new NotReached(tls === undefined ? "no connection in time" : noHandshake);
    }
    return current;
  }

  async function closesItsSide(deadline: AbortSignal): Promise<boolean> {
    const connection = await connect(deadline);
    await connection.settle(0);
    let patience = true;
    const timer = setTimeout(() => {
      patience = false;
      connection.destroy();
    }, options.closeTimeoutMs);
    return connection
      .finish()
      .then(
        () => true,
        (error) => {
          if (patience || deadline.aborted) throw error;
          return false;
        },
      )
      .finally(() => {
        clearTimeout(timer);
        connection.destroy();
      });
  }

  /** One connection for one batch: the receiver's end says that it has read everything. */
  async function sendConfirmed(bytes: Buffer, deadline: AbortSignal): Promise<SendResult> {
    const connection = await connect(deadline);
    await connection.write(bytes);
    await connection.settle(bytes.length);
    await connection.finish();
    return { status: "delivered", rejected: [] };
  }

  async function sendUnconfirmed(bytes: Buffer, deadline: AbortSignal): Promise<SendResult> {
    const fresh = kept === undefined;
    if (fresh) {
      kept = await connect(deadline);
      kept.socket.setKeepAlive(true, 30_000);
    }
    current = kept as Connection;
    await current.write(bytes);
    await current.settle(bytes.length);
    const warning = fresh && options.connection === "per_batch" ? unconfirmed : undefined;
    return { status: "delivered", rejected: [], ...(warning !== undefined && { warning }) };
  }

  async function certificate(deadline: AbortSignal): Promise<readonly Finding[]> {
    const url = `https://${where}`;
    if (tls === undefined || !URL.canParse(url)) return [];
    return certificateFindings(new URL(url), tls, options.clock.now(), deadline);
  }

  function faultOf(error: unknown, deadline: AbortSignal): NetworkFault {
    const late = deadline.aborted && !(error instanceof NotReached);
    return networkFault(late ? timeoutError() : error, where);
  }

  return {
    async send(frames, deadline) {
      const bytes = Buffer.concat(frames);
      if (kept?.isOver()) kept = undefined;
      // A lost connection may lead to another receiver next time.
      if (kept === undefined && closes === false) closes = undefined;
      try {
        return await attempt(deadline, async () => {
          if (options.connection === "persistent") return sendUnconfirmed(bytes, deadline);
          closes ??= await closesItsSide(deadline);
          return closes ? sendConfirmed(bytes, deadline) : sendUnconfirmed(bytes, deadline);
        });
      } catch (error) {
        return faultOutcome(faultOf(error, deadline));
      }
    },

    async probe(deadline) {
      try {
        return await attempt(deadline, async () => {
          const closed = await closesItsSide(deadline);
          return [
            { level: "ok", text: `${where}: connected` },
            ...(await certificate(deadline)),
            closing(closed, options),
          ] satisfies Finding[];
        });
      } catch (error) {
        const { detail, fix } = faultOf(error, deadline);
        return [{ level: "problem", text: detail, fix }];
      }
    },

    reload() {
      try {
        tls = readTls(options);
      } catch {
        // A file that is just being replaced: what was read before still counts.
        return;
      }
      kept?.destroy();
    },

    async close() {
      current?.destroy();
      // What an open connection still holds is sent before the end.
      kept?.socket.end().unref();
      kept = undefined;
    },
  };
}

function readTls({ address, tls }: StreamOptions): TlsOptions | undefined {
  return address.transport === "tls" ? tlsOptions(tls) : undefined;
}

function timeoutError(): Error {
  return new DOMException(
    "the receiver did not take everything in time: it hangs, or reads too slowly",
    "TimeoutError",
  );
}

function closing(closes: boolean, { connection }: StreamOptions): Finding {
  if (connection === "persistent")
    return { level: "ok", text: "connection: persistent: delivered means sent" };
  if (closes)
    return { level: "ok", text: "the receiver ends a connection that we ended: delivered means received" };
  return {
    level: "warning",
    text: unconfirmed,
    fix: "set connection: persistent to agree, or send to a receiver that closes",
  };
}
