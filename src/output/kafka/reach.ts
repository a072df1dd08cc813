import { type Dialed, dial } from "../../net/dial.ts";
import { handshake } from "../../net/handshake.ts";
import { connectMs } from "../../net/limits.ts";
import { refusalBehind } from "../../net/refusal.ts";
import type { TlsFiles } from "../../net/tls.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";

/** Where a broker listens. */
export interface BrokerAddress {
  /** A name or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** How brokers are reached. */
export interface BrokerWay {
  readonly brokers: readonly BrokerAddress[];
  readonly tls: TlsFiles | undefined;
  readonly clock: Clock;
}

/** As people write it. */
export function brokerText({ host, port }: BrokerAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** None of the brokers was reached; `cause` is what the first of them met. */
export class NoBroker extends Error {
  override readonly name = "NoBroker";
  readonly broker: BrokerAddress;

  constructor(broker: BrokerAddress, cause: unknown) {
    super(`${brokerText(broker)} cannot be reached`, { cause });
    this.broker = broker;
  }
}

/**
 * The first broker of those that are configured to take a connection, with its TLS session where there is to
 * be one. The client would find one too, but cannot say what was wrong. Rejects with NoBroker.
 */
export async function reachable(way: BrokerWay, deadline: AbortSignal): Promise<BrokerAddress> {
  const patience = deadlineAfter(way.clock, connectMs, deadline);
  const met: unknown[] = [];
  const tries = way.brokers.map(async (broker, index) => {
    try {
      (await open(broker, way, patience.signal)).destroy();
      return broker;
    } catch (error) {
      met[index] = error;
      throw error;
    }
  });
  try {
    return await Promise.any(tries);
  } catch {
    throw new NoBroker(way.brokers[0] as BrokerAddress, met[0]);
  } finally {
    patience.clear();
  }
}

/** As `refusalBehind`, after a connection ended that the client had made. Never throws. */
export async function refusalOf(error: unknown, way: BrokerWay, deadline: AbortSignal) {
  const { tls, brokers, clock } = way;
  const [broker] = brokers;
  if (tls === undefined || broker === undefined || deadline.aborted) return undefined;
  const connect = (by: AbortSignal) => open(broker, way, by);
  try {
    const socket = await connect(deadline);
    socket.destroy();
    return await refusalBehind(error, { socket, tls, connect, clock, deadline });
  } catch {
    return undefined;
  }
}

async function open({ host, port }: BrokerAddress, { tls, clock }: BrokerWay, deadline: AbortSignal) {
  const { socket }: Dialed = await dial({ host, port, clock, deadline });
  return tls === undefined ? socket : handshake(socket, { host, tls: tls.options(), clock, deadline });
}
