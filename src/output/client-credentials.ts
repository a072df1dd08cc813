import type { HttpOptions } from "../net/http/http.ts";
import type { Secret } from "../secret/secret.ts";
import type { TokenIssuer } from "./token.ts";
import { form, tokenRequest } from "./token-request.ts";

/** What RFC 6749 §4.4 asks for. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly scope: string | undefined;
  readonly audience: string | undefined;
}

/** OAuth 2 with an identity and a secret of its own; both go in the body, as every issuer takes them. */
export function clientCredentials(http: HttpOptions, options: ClientCredentials): TokenIssuer {
  const { clientId, clientSecret, scope, audience } = options;
  return tokenRequest({
    http,
    secrets: () => [clientSecret],
    request: () => ({
      method: "POST",
      path: http.url.pathname + http.url.search,
      ...form({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret.reveal(),
        scope,
        audience,
      }),
    }),
    fix: "check auth.client_id, auth.client_secret and auth.scope: the issuer does not accept them",
  });
}
