import { networkFault } from "../../net/http/fault.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { excerpt } from "../../text/excerpt.ts";
import { SourceError, type SourceReason } from "../source.ts";
import { VolumeError, volumeChanged } from "../stored-log/volume.ts";

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

/** What was asked of the store. */
export type StoreQuestion = "list" | { readonly object: string };

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
const trustFix =
  "name the PEM file of a private authority in NODE_EXTRA_CA_CERTS, in the environment of this program, and restart it; otherwise mend the certificate of the store, or what stands between";

/** Sorts what a client threw, so that a person knows which permission is missing. */
export function storeFault(
  error: unknown,
  { status, code, message }: StoreRefusal,
  asked: StoreQuestion,
  words: StoreWords,
  scrub: Scrub,
): SourceError | VolumeError {
  const said = excerpt(scrub(`${code === "" ? "" : `${code}: `}${message}`), 300);
  const all = (reason: SourceReason, text: string, fix: string) =>
    new SourceError(reason, `${words.where} ${text} (${said})`, fix);
  if (noCredentials.test(`${code} ${message}`))
    return all("unauthorized", "was not asked: there are no credentials", words.login);
  if (status === undefined && notTrusted.test(`${code} ${message}`))
    return new SourceError(
      "tls",
      `${words.where} has a certificate that is not trusted (${said})`,
      trustFix,
      {
        ...{ hold: true, cause: error },
      },
    );
  if (status === undefined) return unreached(error, words);
  if (status === 401 || badCredentials.test(code))
    return all("unauthorized", "does not accept the credentials", words.login);
  if (otherRegion.test(code))
    return all("bad_request", "is in another region", "set region to that of the bucket");
  if (busy.test(code) || status === 429)
    return all("rate_limited", "asks to slow down", "usually none; otherwise raise poll_interval");
  if (status >= 500)
    return all("server_error", `fails with status ${status}`, "look at the store's own status and log");
  return typeof asked === "object"
    ? ofObject(asked.object, { status, code, message: said }, words)
    : ofListing({ status, code, message: said }, words, all);
}

function ofListing(
  { status }: StoreRefusal,
  words: StoreWords,
  all: (reason: SourceReason, text: string, fix: string) => SourceError,
): SourceError {
  if (status === 403) return all("forbidden", "may not be listed", `allow ${words.list}`);
  if (status === 404) return all("not_found", "does not exist", "correct url, or endpoint");
  return all("bad_request", `refuses to be listed with status ${status}`, "look at url, region and endpoint");
}

function ofObject(object: string, { status, code, message }: StoreRefusal, words: StoreWords): VolumeError {
  if (status === 404 || status === 412 || status === 416 || status === 409) return volumeChanged(object);
  const fault = (reason: SourceReason, text: string, fix: string) =>
    new VolumeError(object, "round", {
      reason,
      message: `${object} in ${words.where} ${text} (${message})`,
      fix,
    });
  if (/^(InvalidObjectState|BlobArchived)$/.test(code))
    return fault("forbidden", "lies in an archive", "restore it, or take it out of what is read with start");
  if (/kms/i.test(message))
    return fault(
      "forbidden",
      "may not be decrypted",
      "allow kms:Decrypt on the key that W&B encrypts with, in the role's policy and in the key's own",
    );
  if (status === 403) return fault("forbidden", "may not be read", `allow ${words.read}`);
  return fault("bad_request", `is refused with status ${status}`, "look at endpoint and at the store's log");
}

function unreached(error: unknown, { where }: StoreWords): SourceError {
  const { reason, detail, fix, hold } = networkFault(error, where);
  // Nobody here has given up: a client calls it so when the connection is lost.
  const lost = reason === "connection_lost" || (error as { name?: unknown }).name === "AbortError";
  const known = lost ? "cut_body" : (reason as Exclude<typeof reason, "connection_lost">);
  return new SourceError(known, detail, fix, { hold, cause: error });
}
