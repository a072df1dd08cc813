import { z } from "zod";
import type { HttpOptions } from "../net/http/http.ts";
import { isLoopback } from "../net/loopback.ts";
import { proxy, proxyTls, type TlsConfig, tls } from "../schema/parts.ts";
import type { OutputContext } from "./output.ts";

/** The keys that every output over HTTP has for its connection. */
export const httpKeys = {
  tls: tls.optional(),
  proxy: proxy.optional(),
  proxy_tls: proxyTls.optional(),
  allow_plaintext: z
    .boolean()
    .default(false)
    .describe("Agree to `http://` to another host: whoever is in between can read events and credentials."),
};

interface HttpConfig {
  readonly tls?: TlsConfig | undefined;
  readonly proxy?: string | undefined;
  readonly proxy_tls?: HttpOptions["proxyTls"];
  readonly allow_plaintext: boolean;
}

/** What is wrong with an address, for `superRefine`: by the key that has to change. */
export function addressIssues(
  key: string,
  url: URL | undefined,
  config: HttpConfig,
): readonly { readonly code: "custom"; readonly path: string[]; readonly message: string }[] {
  if (url?.protocol !== "http:") return [];
  const issue = (at: string, message: string) => ({ code: "custom" as const, path: [at], message });
  return [
    ...(config.tls === undefined
      ? []
      : [issue("tls", "has no meaning with http://: write https://, or remove it")]),
    ...(config.allow_plaintext || isLoopback(url.hostname)
      ? []
      : [
          issue(
            key,
            "would send credentials and events unencrypted: write https://, or set allow_plaintext: true",
          ),
        ]),
  ];
}

/** How the address is reached. */
export function httpOptionsOf(
  url: URL,
  config: HttpConfig,
  { agent, environment, clock }: OutputContext,
): HttpOptions {
  return {
    url,
    tls: config.tls,
    proxy: config.proxy,
    proxyTls: config.proxy_tls,
    environment,
    userAgent: `${agent.name}/${agent.version}`,
    clock,
  };
}
