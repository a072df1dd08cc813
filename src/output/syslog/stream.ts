import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import { networkFault } from "../../net/http/fault.ts";
import type { NetworkFault } from "../../net/http/http.ts";
import { NotReached } from "../../net/in-time.ts";
import { faultOutcome } from "../http-outcome.ts";
import type { SendResult } from "../output.ts";
import { addressText } from "./address.ts";
import type { Carrier } from "./carrier.ts";
import { persistent } from "./persistent.ts";
import { type Receiver, type ReceiverOptions, receiver } from "./receiver.ts";

/** What a stream is made with. */
export interface StreamOptions extends ReceiverOptions {
  /** `per_batch`: the receiver's end confirms a batch. `persistent`: nothing does. */
  readonly connection: "per_batch" | "persistent";
  /** How long a receiver gets to end an empty connection. */
  readonly closeTimeoutMs: number;
}

const unconfirmed =
  "this receiver keeps a connection open that we ended, so nothing confirms what was sent: delivered means handed to the network";

/** Syslog over TCP and TLS. Does not connect yet; throws an Error when a TLS file is missing. */
export function stream(options: StreamOptions): Carrier {
  const where = addressText(options.address);
  const remote = receiver(options);
  const lasting = persistent(remote, options.clock);
  /** Whether this receiver answers our end by its own. Absent: not known yet. */
  let closes: boolean | undefined;

  async function deliver(bytes: Buffer, deadline: AbortSignal): Promise<SendResult> {
    if (options.connection === "persistent") {
      await lasting.send(bytes, deadline);
      return { status: "delivered", rejected: [] };
    }
    // A lost connection may lead to another receiver next time.
    if (closes === false && !lasting.isOpen()) closes = undefined;
    closes ??= await remote.closesItsSide(options.closeTimeoutMs, deadline);
    if (closes) {
      await sendConfirmed(remote, bytes, deadline);
      return { status: "delivered", rejected: [] };
    }
    const { fresh } = await lasting.send(bytes, deadline);
    return { status: "delivered", rejected: [], worth: "sent", ...(fresh && { warning: unconfirmed }) };
  }

  /** `deadline` says whether it was the time that ran out, whatever the socket made of that. */
  async function faultOf(error: unknown, deadline: AbortSignal): Promise<NetworkFault> {
    const late = deadline.aborted && !(error instanceof NotReached);
    if (late) return networkFault(takesTooLong(), where);
    return networkFault((await remote.refusal(error, deadline)) ?? error, where);
  }

  return {
    async send(frames, deadline) {
      try {
        return await deliver(Buffer.concat(frames), deadline);
      } catch (error) {
        return faultOutcome(await faultOf(error, deadline));
      }
    },

    async probe(deadline) {
      try {
        const closed = await remote.closesItsSide(options.closeTimeoutMs, deadline);
        return [
          { level: "ok", text: `${where}: connected` },
          ...(await certificate(options, deadline)),
          closing(closed, options),
        ] satisfies Finding[];
      } catch (error) {
        const { detail, fix } = await faultOf(error, deadline);
        return [{ level: "problem", text: detail, fix }];
      }
    },

    reload() {
      const changed = remote.reload();
      if (changed) lasting.drop();
      return changed;
    },

    async close() {
      remote.close();
      lasting.end();
    },
  };
}

/** One connection for one batch: the receiver's end says that it has read everything. */
async function sendConfirmed(remote: Receiver, bytes: Buffer, deadline: AbortSignal): Promise<void> {
  const connection = await remote.connect(deadline);
  try {
    await remote.during(connection, deadline, async () => {
      await connection.write(bytes);
      await connection.settle(bytes.length);
      await connection.finish();
    });
  } finally {
    connection.destroy();
  }
}

async function certificate(
  { address, tls, clock }: StreamOptions,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  const url = URL.parse(`https://${addressText(address)}`);
  if (address.transport !== "tls" || url === null) return [];
  return certificateFindings({ url, tls, environment: {}, clock }, deadline);
}

function takesTooLong(): Error {
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
