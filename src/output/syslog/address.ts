import { isIPv6 } from "node:net";

/** Where a syslog receiver listens. */
export interface Address {
  readonly transport: "tls" | "tcp" | "udp";
  /** Name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * The registered ports: syslog over TLS (RFC 5425), rsyslog's customary TCP port, syslog over UDP (RFC 5426).
 */
const defaultPorts = { tls: 6514, tcp: 601, udp: 514 } as const;
const shape = /^(tls|tcp|udp):\/\/(\[[^\]]*\]|[^\s:/@[\]?#]+)(?::(\d{1,5}))?\/?$/i;

/** Reads `tls://host:port`; a string tells what is wrong with it. */
export function parseAddress(text: string): Address | string {
  if (/^relp(\+tls)?:/i.test(text)) return "RELP is not available yet: use tls:// or tcp://";
  const match = shape.exec(text);
  if (match === null)
    return "not a syslog address: write it whole, such as tls://siem.example:6514, tcp://10.0.0.5:601 or udp://[fd00::5]:514";
  const transport = (match[1] as string).toLowerCase() as Address["transport"];
  const host = (match[2] as string).replace(/^\[|\]$/g, "");
  if ((match[2] as string).startsWith("[") && !isIPv6(host))
    return "only an IPv6 address stands in brackets, as in tls://[fd00::5]:6514";
  const port = match[3] === undefined ? defaultPorts[transport] : Number(match[3]);
  if (port < 1 || port > 65_535) return "the port must be from 1 to 65535";
  return { transport, host, port };
}

/** `siem.example:6514`, as people write it. */
export function addressText({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
