import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import { excerpt } from "../../text/excerpt.ts";
import { type Address, addressText, isSecured } from "./address.ts";
import type { Receiver, ReceiverOptions, StreamOptions } from "./receiver.ts";
import { streamFault } from "./stream-fault.ts";

/** How long a greeting is waited for, in milliseconds: services that greet do so at once. */
const listenMs = 500;

/** What a receiver that never closes is worth. */
export const unconfirmed =
  "this receiver keeps a connection open that we ended, so nothing confirms what was sent: delivered means handed to the network. A balancer does the same while it cannot reach its receiver";
const confirmed =
  "the hop at this address ends a connection that we ended: delivered means received by it. Where that is a balancer, nothing proves that the receiver behind it has the events";

/**
 * Tries address and TLS, how the receiver takes the end of a connection, and whether it leaves one alone on
 * which nothing is sent. Sends nothing.
 */
export async function probeStream(
  remote: Receiver,
  options: StreamOptions,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const met = await remote.meet({ listenMs, closeMs: options.closeTimeoutMs }, deadline);
    const [secured, standing] = await Promise.all([
      certificateOf(options, deadline),
      standingFindings(remote, options, deadline),
    ]);
    return [connected(options), ...said(met.said), ...secured, closing(met.closes, options), ...standing];
  } catch (error) {
    return [await problem(error, remote, options.address, deadline)];
  }
}

async function problem(
  error: unknown,
  remote: Receiver,
  address: Address,
  deadline: AbortSignal,
): Promise<Finding> {
  const { detail, fix } = await streamFault(error, remote, address, deadline);
  return { level: "problem", text: detail, fix };
}

/** Whether a connection on which nothing is sent stays open for a while, as far as there is time to look. */
async function standingFindings(
  remote: Receiver,
  { address, closeTimeoutMs }: StreamOptions,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    await remote.staysOpen(2 * closeTimeoutMs, deadline);
    return [];
  } catch (error) {
    if (deadline.aborted) return [];
    return [await problem(error, remote, address, deadline)];
  }
}

/** What is to be said of the receiver's certificate. */
export async function certificateOf(
  { address, tls, clock }: ReceiverOptions,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  const url = URL.parse(`https://${addressText(address)}`);
  if (!isSecured(address) || url === null) return [];
  return certificateFindings({ url, tls, environment: {}, clock }, deadline);
}

/** That something listens proves little: many services, TLS among them, stay silent until bytes come. */
function connected({ address }: StreamOptions): Finding {
  const where = addressText(address);
  if (address.transport === "tls")
    return {
      level: "ok",
      text: `${where}: connected; that syslog is taken there, only an event proves (--send-test-event sends one)`,
      open: true,
    };
  return {
    level: "warning",
    text: `${where}: connected; that plain syslog is taken there is not proven: a port that speaks TLS, and others, may look the same until a message comes`,
    fix: "use tls:// where the receiver has it, or prove it once with --send-test-event",
    open: true,
  };
}

function said(bytes: Buffer): Finding[] {
  if (bytes.length === 0) return [];
  return [
    {
      level: "warning",
      text: `it says something, which a syslog receiver does not: ${excerpt(bytes.toString("latin1"))}`,
      fix: "check host and port: another service may listen there",
    },
  ];
}

function closing(closes: boolean, { connection }: StreamOptions): Finding {
  if (connection === "persistent")
    return { level: "ok", text: "connection: persistent: delivered means sent" };
  if (closes) return { level: "ok", text: confirmed };
  return {
    level: "warning",
    text: unconfirmed,
    fix: "set connection: persistent to agree, or send to a receiver that closes; behind a balancer set its connect timeout below close_timeout",
  };
}
