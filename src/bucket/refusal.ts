/** What a store's client threw, as far as the store said it. */
export interface StoreRefusal {
  /** HTTP status; absent where no answer came. */
  readonly status: number | undefined;
  /** The store's own word for it. */
  readonly code: string;
  readonly message: string;
}

/** How a store calls what is needed. */
export interface StoreWords {
  /** The store and the bucket, for people. */
  readonly where: string;
  /** Who may list, and who may read an object. */
  readonly list: string;
  readonly read: string;
  /** How the client is told who it is. */
  readonly login: string;
}

const badCredentials =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired|AuthenticationFailed|InvalidAuthenticationInfo|NoAuthenticationInformation|invalid_grant)$/;
const noCredentials =
  /CredentialsProviderError|CredentialUnavailable|AggregateAuthentication|default credentials|AuthenticationRequired/i;
const otherRegion =
  /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|301)$/;
const busy = /^(SlowDown|Throttling|TooManyRequests|ServerBusy|RequestLimitExceeded)/;

/** As Node calls what it finds wrong with a certificate, and OpenSSL in words. */
const notTrusted =
  /UNABLE_TO_(VERIFY|GET)|SELF_SIGNED|CERT_(HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED|REVOKED)|ERR_TLS_CERT|unable to (verify|get)[a-z ]* certificate|self-signed certificate/;

/** How a certificate comes to be trusted. */
export const trustFix =
  "name the PEM file of a private authority in NODE_EXTRA_CA_CERTS, in the environment of this program, and restart it; otherwise mend the certificate of the store, or what stands between";

/** What a refusal says of the store as a whole; `asked` where it is about what was asked for. */
export type RefusalSort =
  | "no_credentials"
  | "not_trusted"
  | "unreached"
  | "bad_credentials"
  | "other_region"
  | "busy"
  | "fails"
  | "asked";

/** Sorts what a client threw. */
export function sortOf({ status, code, message }: StoreRefusal): RefusalSort {
  if (noCredentials.test(`${code} ${message}`)) return "no_credentials";
  if (status === undefined) return notTrusted.test(`${code} ${message}`) ? "not_trusted" : "unreached";
  if (status === 401 || badCredentials.test(code)) return "bad_credentials";
  if (otherRegion.test(code)) return "other_region";
  if (busy.test(code) || status === 429) return "busy";
  return status >= 500 ? "fails" : "asked";
}
