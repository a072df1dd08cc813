/** A proxy as it is used. */
export interface ProxyAddress {
  readonly secure: boolean;
  /** A name or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** What Proxy-Authorization carries (RFC 7617), where the address names a user. */
  readonly authorization?: string;
}

const escapes = "write % as %25, # as %23, / as %2F, ? as %3F, @ as %40 there";

/**
 * Reads `http://user:password@host:port`; a text tells what is wrong with it and what to write, without
 * repeating any of it: it may hold a password.
 */
export function proxyAddress(text: string): ProxyAddress | string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme?.startsWith("socks"))
    return "SOCKS proxies are not supported: give an HTTP proxy, such as http://proxy:3128";
  if (scheme !== "http" && scheme !== "https") return "must be a URL such as http://proxy:3128";
  const user = text.slice(scheme.length + 3, Math.max(text.lastIndexOf("@"), scheme.length + 3));
  if (/[#/?\\\s]/.test(user) || /%(?![0-9a-f]{2})/i.test(user))
    return `its user name or password holds a character that must be escaped: ${escapes}`;
  if (!URL.canParse(text)) return "must be a URL such as http://proxy:3128";
  const url = new URL(text);
  if (url.pathname.length > 1 || url.search !== "" || url.hash !== "")
    return "must end after host and port, as in http://proxy:3128";
  const authorization = authorizationOf(url);
  if (authorization === undefined)
    return `its user name or password holds an escape that is no UTF-8 text: ${escapes}`;
  const port = url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { secure: scheme === "https", host, port, ...(authorization !== "" && { authorization }) };
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return "";
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString("base64")}`;
  } catch {
    return undefined;
  }
}
