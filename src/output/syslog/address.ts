import { isIPv6 } from "node:net";

/** What a syslog receiver is spoken to over, as the scheme of its address. */
export type Transport = "tls" | "tcp" | "udp" | "relp" | "relp+tls";

/** Where a syslog receiver listens. */
export interface Address {
  readonly transport: Transport;
  /** Name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * The registered ports: syslog over TLS (RFC 5425), rsyslog's customary TCP port, syslog over UDP (RFC 5426).
 * RELP has none.
 */
const defaultPorts: Partial<Record<Transport, number>> = { tls: 6514, tcp: 601, udp: 514 };
const shape = /^(tls|tcp|udp|relp|relp\+tls):\/\/(\[[^\]]*\]|[^\s:/@[\]?#]+)(?::(\d{1,5}))?\/?$/i;

/** Reads `tls://host:port`; a string tells what is wrong with it. */
export function parseAddress(text: string): Address | string {
  const match = shape.exec(text);
  if (match === null)
    return "not a syslog address: write it whole, such as relp+tls://siem.example:2514, tls://siem.example:6514, tcp://10.0.0.5:601 or udp://[fd00::5]:514";
  const transport = (match[1] as string).toLowerCase() as Transport;
  const host = (match[2] as string).replace(/^\[|\]$/g, "");
  if ((match[2] as string).startsWith("[") && !isIPv6(host))
    return "only an IPv6 address stands in brackets, as in tls://[fd00::5]:6514";
  const port = match[3] === undefined ? defaultPorts[transport] : Number(match[3]);
  if (port === undefined)
    return `RELP has no port of its own: write the receiver's, such as ${transport}://${match[2]}:2514`;
  if (port < 1 || port > 65_535) return "the port must be from 1 to 65535";
  return { transport, host, port };
}

/** `siem.example:6514`, as people write it. */
export function addressText({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether TLS is spoken from the first byte on. */
export function isSecured({ transport }: Address): boolean {
  return transport === "tls" || transport === "relp+tls";
}

/** Whether the receiver answers each message. */
export function isAnswered({ transport }: Address): boolean {
  return transport === "relp" || transport === "relp+tls";
}

/** The scheme by which the same is spoken over TLS. */
export function securedScheme({ transport }: Address): string {
  return transport === "relp" || transport === "relp+tls" ? "relp+tls" : "tls";
}
