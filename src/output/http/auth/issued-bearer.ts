import { Secret } from "../../../secret/secret.ts";
import type { Clock } from "../../../time/clock.ts";
import { heldToken, type TokenIssuer } from "../../token.ts";
import type { Authorization } from "./authorization.ts";

/** A bearer token that an issuer gives. */
export function issuedBearer(issuer: TokenIssuer, clock: Clock): Authorization {
  const held = heldToken(issuer, clock);
  return {
    async headers(deadline) {
      const token = await held.current(deadline);
      return token instanceof Secret ? { authorization: `Bearer ${token.reveal()}` } : token;
    },
    renew: held.renew,
    reload: held.reload,
    secrets: held.secrets,
    close: held.close,
  };
}
