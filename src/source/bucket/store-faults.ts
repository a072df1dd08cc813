import { BrokenList } from "../../bucket/list-place.ts";
import { type StoreRefusal, type StoreWords, sortOf, trustFix } from "../../bucket/refusal.ts";
import { networkFault } from "../../net/http/fault.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { excerpt } from "../../text/excerpt.ts";
import { SourceError, type SourceReason } from "../source.ts";
import { VolumeError, volumeChanged } from "../stored-log/volume.ts";

/** What was asked of the store. */
export type StoreQuestion = "list" | { readonly object: string };

/** Sorts what a client threw, so that a person knows which permission is missing. */
export function storeFault(
  error: unknown,
  refusal: StoreRefusal,
  asked: StoreQuestion,
  words: StoreWords,
  scrub: Scrub,
): SourceError | VolumeError {
  if (error instanceof BrokenList)
    return new SourceError("bad_answer", `${words.where} cannot be listed: ${error.message}`, error.fix);
  const { status, code, message } = refusal;
  const said = excerpt(scrub(`${code === "" ? "" : `${code}: `}${message}`), 300);
  const all = (reason: SourceReason, text: string, fix: string) =>
    new SourceError(reason, `${words.where} ${text} (${said})`, fix);
  switch (sortOf(refusal)) {
    case "no_credentials":
      return all("unauthorized", "was not asked: there are no credentials", words.login);
    case "not_trusted":
      return new SourceError(
        ...(["tls", `${words.where} has a certificate that is not trusted (${said})`, trustFix] as const),
        { hold: true, cause: error },
      );
    case "unreached":
      return unreached(error, words);
    case "bad_credentials":
      return all("unauthorized", "does not accept the credentials", words.login);
    case "other_region":
      return all("bad_request", "is in another region", "set region to that of the bucket");
    case "busy":
      return all("rate_limited", "asks to slow down", "usually none; otherwise raise poll_interval");
    case "fails":
      return all("server_error", `fails with status ${status}`, "look at the store's own status and log");
    case "asked":
      return typeof asked === "object"
        ? ofObject(asked.object, { status, code, message: said }, words)
        : ofListing({ status, code, message: said }, words, all);
  }
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
