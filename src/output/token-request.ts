import { httpClient } from "../net/http/client.ts";
import type { HttpOptions, HttpRequest } from "../net/http/http.ts";
import { isHeaderValue } from "../schema/headers.ts";
import type { Secret } from "../secret/secret.ts";
import { excerpt } from "../text/excerpt.ts";
import { httpExchange } from "./http-exchange.ts";
import { httpOutcome } from "./http-outcome.ts";
import type { RetryResult } from "./output.ts";
import type { IssuedToken, TokenIssuer } from "./token.ts";

/** How one kind of token is asked for. */
export interface TokenQuestion {
  readonly http: HttpOptions;
  readonly secrets: () => readonly Secret[];
  /** What to ask now. Throws an Error that names what cannot be used, never its value. */
  readonly request: () => Pick<HttpRequest, "method" | "path" | "headers"> & { readonly body?: string };
  /** What a person looks at when the token is refused. */
  readonly fix: string;
}

/** How long a token lives that does not say so; RFC 6749 §5.1 leaves it open. */
const usualLifeMs = 5 * 60_000;

/** Asks for tokens as RFC 6749 §5 answers them. */
export function tokenRequest({ http, secrets, request, fix }: TokenQuestion): TokenIssuer {
  const client = httpClient(http);
  const where = http.url.host;
  return {
    secrets,
    reload: () => client.reload(),
    close: () => client.close(),
    async issue(deadline) {
      let question: ReturnType<TokenQuestion["request"]>;
      try {
        question = request();
      } catch (error) {
        return unusable(error instanceof Error ? error.message : "it cannot be asked for", fix);
      }
      const reply = await httpExchange(client, { ...question, deadline }, where, secrets());
      if (reply.status === "retry") return { ...reply, detail: `token: ${reply.detail}` };
      // Any success may hold a token, which is nobody's to quote.
      if (reply.status >= 200 && reply.status <= 299) return issuedToken(reply.text) ?? foreign(where);
      const detail = excerpt(`token from ${where}: HTTP ${reply.status}: ${reply.text}`, 400);
      // RFC 6749 §5.2: it speaks of who asks and what for.
      if ([400, 401, 403].includes(reply.status))
        return { status: "retry", hold: true, reason: "unauthorized", detail, fix };
      const outcome = httpOutcome(reply.status, reply.headers, reply.text, http.clock.now());
      if (outcome.status === "retry") return { ...outcome, detail };
      return { status: "retry", reason: "bad_answer", detail };
    },
  };
}

/** `name=value` pairs as a form has them (RFC 6749 appendix B). */
export function form(pairs: Readonly<Record<string, string | undefined>>): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const set = Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams(set).toString(),
  };
}

function issuedToken(text: string): IssuedToken | undefined {
  try {
    const { access_token: token, expires_in: seconds } = JSON.parse(text) as Record<string, unknown>;
    if (typeof token !== "string" || token === "" || !isHeaderValue(token)) return undefined;
    // Azure's older endpoints write the number as a text.
    const lifeMs = Number(seconds) * 1000;
    return { status: "issued", token, lifeMs: lifeMs > 0 ? lifeMs : usualLifeMs };
  } catch {
    return undefined;
  }
}

function foreign(where: string): RetryResult {
  return unusable(
    `token from ${where}: the answer holds none`,
    "check the address that tokens are asked for: what answers there issues none",
  );
}

function unusable(detail: string, fix: string): RetryResult {
  return { status: "retry", hold: true, reason: "configuration", detail: excerpt(detail, 400), fix };
}
