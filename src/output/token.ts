import { Secret } from "../secret/secret.ts";
import type { Clock } from "../time/clock.ts";
import type { RetryResult } from "./output.ts";

/** An access token, as it was issued. */
export interface IssuedToken {
  readonly status: "issued";
  readonly token: string;
  readonly lifeMs: number;
}

/** Asks for a token; never throws. */
export interface TokenIssuer {
  issue(deadline: AbortSignal): Promise<IssuedToken | RetryResult>;
  /** As `Output.reload`. */
  reload(): boolean;
  /** What it asks with. */
  secrets(): readonly Secret[];
  close(): Promise<void>;
}

/** A token that is asked for when one is needed, and used until shortly before its end. */
export interface HeldToken extends Pick<TokenIssuer, "reload" | "secrets" | "close"> {
  /** The token, or why there is none. Never throws. */
  current(deadline: AbortSignal): Promise<Secret | RetryResult>;
  /** It is not accepted: true where there was one, and another may be had. */
  renew(): boolean;
}

/** So long before its end a token is not used any more, or for the second half of a short life. */
const marginMs = 5 * 60_000;

/** Holds what an issuer gives. */
export function heldToken(issuer: TokenIssuer, clock: Clock): HeldToken {
  let token: Secret | undefined;
  let endsAt = 0;
  return {
    async current(deadline) {
      if (token === undefined || clock.monotonic() >= endsAt) {
        const issued = await issuer.issue(deadline);
        if (issued.status === "retry") return issued;
        token = new Secret(issued.token);
        endsAt = clock.monotonic() + Math.max(issued.lifeMs - marginMs, issued.lifeMs / 2);
      }
      return token;
    },
    renew() {
      const had = token !== undefined;
      token = undefined;
      return had;
    },
    reload: () => issuer.reload(),
    secrets: () => [...issuer.secrets(), ...(token === undefined ? [] : [token])],
    close: () => issuer.close(),
  };
}
