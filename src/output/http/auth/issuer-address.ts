import { isLoopback } from "../../../net/loopback.ts";

/**
 * The address of who issues tokens, where no configuration says it: what is shown there lets in, so it is
 * https, or does not leave this machine. Throws an Error that names `what`.
 */
export function issuerAddress(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new Error(`${what} is not a URL`);
  const unheard = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  if (!unheard) throw new Error(`${what} must begin with https://: what lets in would be sent unencrypted`);
  return url;
}
