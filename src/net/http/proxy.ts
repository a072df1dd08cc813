import { BlockList, isIP } from "node:net";
import { type ProxyAddress, proxyAddress } from "../../schema/proxy-address.ts";
import { isLoopback } from "../loopback.ts";

/** Variables by name, as the process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL: the configured one always, otherwise HTTPS_PROXY or HTTP_PROXY (lower case first, as
 * curl does) unless NO_PROXY names the host. An entry of NO_PROXY is a host (its subdomains too), `.domain`,
 * an address, a network such as 10.0.0.0/8, any of these with `:port`, or `*`. The environment never sends
 * what is for this machine to another: plain HTTP may carry a credential to loopback, and would carry it to
 * the proxy.
 */
export function proxyFor(
  url: URL,
  configured: string | undefined,
  environment: Environment,
): string | undefined {
  return choice(url, configured, environment)?.text;
}

/**
 * The same proxy as it is used. Throws an Error that names the key or variable whose value cannot be used,
 * and the cure; never the value.
 */
export function proxyOf(
  url: URL,
  configured: string | undefined,
  environment: Environment,
): ProxyAddress | undefined {
  const chosen = choice(url, configured, environment);
  if (chosen === undefined) return undefined;
  const address = proxyAddress(chosen.text);
  if (typeof address === "string") throw new Error(`${chosen.from}: ${address}`);
  return address;
}

interface Choice {
  readonly text: string;
  /** The key or variable that names it. */
  readonly from: string;
}

function choice(url: URL, configured: string | undefined, environment: Environment): Choice | undefined {
  if (configured !== undefined) return { text: configured, from: "proxy" };
  if (isLoopback(url.hostname)) return undefined;
  const proxy = variable(environment, url.protocol === "https:" ? "https_proxy" : "http_proxy");
  if (proxy === undefined || bypassed(url, variable(environment, "no_proxy")?.text ?? "")) return undefined;
  return proxy.text.includes("://") ? proxy : { ...proxy, text: `http://${proxy.text}` };
}

function variable(environment: Environment, name: string): Choice | undefined {
  for (const from of [name, name.toUpperCase()]) {
    const text = environment[from];
    // An empty lower-case variable hides the other, as with curl.
    if (text !== undefined) return text === "" ? undefined : { text, from };
  }
  return undefined;
}

function bypassed(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname);
  const port = url.port !== "" ? url.port : url.protocol === "https:" ? "443" : "80";
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== "" && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const withPort = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = bare(withPort?.[1] ?? entry);
  if (isIP(host) !== 0) return sameAddress(name, host);
  const domain = name.replace(/^\*?\./, "");
  return host === domain || host.endsWith(`.${domain}`);
}

/** BlockList knows the IPv4-mapped forms of IPv6, so that `::ffff:10.0.0.1` is 10.0.0.1. */
function sameAddress(entry: string, host: string): boolean {
  const [address = "", prefix] = entry.split("/");
  const family = isIP(address);
  if (family === 0) return false;
  const type = family === 6 ? "ipv6" : "ipv4";
  const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, type);
  return list.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}
