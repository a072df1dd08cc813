import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { TlsFiles } from "../../net/tls.ts";
import type { BrokerAddress } from "./reach.ts";

/**
 * A session's options as the client takes them. It tells each broker the name that it is reached by (SNI),
 * or none to all: none where brokers go by addresses, which are no names (RFC 6066 §3).
 */
export function namesServers(
  tls: TlsFiles,
  brokers: readonly BrokerAddress[],
): { readonly tls: ConnectionOptions; readonly tlsServerName?: string | true } {
  const { servername, ...session } = tls.options().session;
  const named = brokers.every(({ host }) => isIP(host) === 0);
  return { tls: session, ...((servername ?? named) && { tlsServerName: servername ?? true }) };
}
