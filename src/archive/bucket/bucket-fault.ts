import { BrokenList } from "../../bucket/list-place.ts";
import { type StoreRefusal, sortOf, trustFix } from "../../bucket/refusal.ts";
import { networkFault } from "../../net/http/fault.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { excerpt } from "../../text/excerpt.ts";
import { StoreError, type StoreReason } from "../archive-store.ts";
import type { ArchiveWords } from "./archive-bucket.ts";

/** What was asked of a bucket. */
export type BucketQuestion = "list" | "read" | "write" | "keep";

const tasks: Readonly<Record<BucketQuestion, string>> = {
  list: "be listed",
  read: "be read",
  write: "be written to",
  keep: "be given a retention or a hold",
};

/** Whether it says that there is no bucket, and so nothing of what is in it. */
export function isNoBucket({ status, code }: StoreRefusal): boolean {
  return status === 404 && /Bucket|Container/.test(code);
}

/** Sorts what a client threw, so that a person knows which permission is missing. */
export function bucketFault(
  error: unknown,
  refusal: StoreRefusal,
  asked: BucketQuestion,
  words: ArchiveWords,
  scrub: Scrub,
): StoreError {
  if (error instanceof BrokenList) {
    const text = `${words.where} cannot be listed: ${error.message}`;
    return new StoreError("bad_answer", text, error.fix, { hold: true, cause: error });
  }
  const { status, code, message } = refusal;
  const said = excerpt(scrub(`${code === "" ? "" : `${code}: `}${message}`), 300);
  const fault = (reason: StoreReason, text: string, fix: string, hold: boolean) =>
    new StoreError(reason, `${words.where} ${text} (${said})`, fix, { hold, cause: error });
  if (asked === "keep" && (status === 501 || /NotImplemented/i.test(code)))
    return fault("configuration", "does not know how to keep a file", words.enable, true);
  switch (sortOf(refusal)) {
    case "no_credentials":
      return fault("unauthorized", "was not asked: there are no credentials", words.login, true);
    case "not_trusted":
      return fault("tls", "has a certificate that is not trusted", trustFix, true);
    case "unreached": {
      const { reason, detail, fix, hold } = networkFault(error, words.where);
      return new StoreError(reason, scrub(detail), fix, { hold, cause: error });
    }
    case "bad_credentials":
      return fault("unauthorized", "does not accept the credentials", words.login, true);
    case "other_region":
      return fault("configuration", "is in another region", "set region to that of the bucket", true);
    case "busy":
      return fault("rate_limited", "asks to slow down", "usually none; otherwise raise roll", false);
    case "fails":
      return fault(
        "server_error",
        `fails with status ${status}`,
        "look at the store's own status and log",
        false,
      );
    case "asked":
      break;
  }
  if (status === 403) return fault("forbidden", `may not ${tasks[asked]}`, `allow ${words[asked]}`, true);
  // Another request for the same name was under way.
  if (status === 409 && code === "ConditionalRequestConflict")
    return fault("server_error", "was asked twice at once for a file", "none: it is tried again", false);
  if ((status === 404 && asked !== "read") || isNoBucket(refusal))
    return fault("not_found", "does not exist", "correct url, or endpoint; the bucket must be there", true);
  if (asked === "keep" || (asked === "write" && /lock|retention|immutab|hold/i.test(`${code} ${message}`)))
    return fault("configuration", "does not keep a file as it is told to", words.enable, true);
  return fault(
    "bad_answer",
    `refuses to ${tasks[asked]}, with status ${status}`,
    "look at url, region and endpoint, and at the store's log",
    true,
  );
}
