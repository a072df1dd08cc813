import { isIPv4, isIPv6 } from "node:net";
import { byteMemo, memo } from "./memo.ts";

/** What an `actor_ip` text holds. */
export interface Addresses {
  /** All valid ones, each once, in the order of the text: dotted quads and RFC 5952. */
  readonly ips: readonly string[];
  /** Port of the first valid address. */
  readonly port: number | undefined;
  /** The text names several, as a chain of proxies does; not all need to be valid. */
  readonly list: boolean;
}

/** Reads an `actor_ip` text (docs/mapping.md §1, N8). Never throws: what is no address is left out. */
export const parseAddresses: (text: string) => Addresses = memo((text) => {
  const parts = text.split(",");
  const ips = new Set<string>();
  let port: number | undefined;
  for (const part of parts) {
    const { host, portText } = hostAndPort(part.trim().replaceAll('"', ""));
    const ip = canonical(host);
    if (ip === undefined) continue;
    if (ips.size === 0) port = portNumber(portText);
    ips.add(ip);
  }
  return { ips: [...ips], port, list: parts.length > 1 };
});

/** What `addressForm` finds. */
export const noAddress = 0;
export const invalidAddress = 1;
const ipv4 = 4;
const ipv6 = 6;

/**
 * How the text from `start` to `end` is written: as one address and nothing else, exactly as `parseAddresses`
 * shows it, of IPv4 or of IPv6 (4 or 6); as one of which nothing is an address (1); or in any other way (0).
 */
export function addressForm(bytes: Buffer, start: number, end: number): number {
  return isDottedQuad(bytes, start, end) ? ipv4 : formOfText(bytes, start, end);
}

const formOfText = byteMemo((text) => {
  const { ips, port, list } = parseAddresses(text);
  if (!list && ips.length === 0) return invalidAddress;
  if (list || port !== undefined || ips[0] !== text) return noAddress;
  return text.includes(":") ? ipv6 : ipv4;
});

const point = 0x2e;
const digitZero = 0x30;

/** Whether that is the form of one that is shown as it is written. */
export function isShownAddress(form: number): boolean {
  return form >= ipv4;
}

/** Four numbers from 0 to 255, without leading zeros. */
function isDottedQuad(bytes: Buffer, start: number, end: number): boolean {
  let numbers = 0;
  for (let at = start; at <= end; at += 1) {
    let value = 0;
    let digits = 0;
    for (; at < end && bytes[at] !== point; at += 1, digits += 1) {
      const digit = (bytes[at] as number) - digitZero;
      if (digit < 0 || digit > 9 || (value === 0 && digits > 0)) return false;
      value = value * 10 + digit;
      if (value > 255) return false;
    }
    if (digits === 0) return false;
    numbers += 1;
  }
  return numbers === 4;
}

function hostAndPort(text: string): { host: string; portText: string } {
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    const rest = text.slice(end + 1);
    if (end === -1 || (rest !== "" && !rest.startsWith(":"))) return { host: "", portText: "" };
    return { host: text.slice(1, end), portText: rest.slice(1) };
  }
  const colon = text.indexOf(":");
  if (colon !== -1 && colon === text.lastIndexOf(":") && text.includes("."))
    return { host: text.slice(0, colon), portText: text.slice(colon + 1) };
  return { host: text, portText: "" };
}

function portNumber(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

/** Undefined for anything but one address: no host names, networks or leading zeros. */
function canonical(text: string): string | undefined {
  const zone = text.indexOf("%");
  const address = zone === -1 ? text : text.slice(0, zone);
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  // The URL parser writes IPv6 as RFC 5952 asks.
  const written = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1);
  if (written === undefined) return undefined;
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written);
  return mapped === null ? written : dottedQuad(`0x${mapped[1]}`, `0x${mapped[2]}`);
}

/** An IPv4-mapped address is the IPv4 address. */
function dottedQuad(high: string, low: string): string {
  return [Number(high) >> 8, Number(high) & 255, Number(low) >> 8, Number(low) & 255].join(".");
}
