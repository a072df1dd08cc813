import { StoreError } from "../../archive/archive-store.ts";
import { excerpt } from "../../text/excerpt.ts";
import type { RetryResult } from "../output.ts";

/** What an error of an archive's store means for what was to be stored: nothing is lost. */
export function archiveFailure(error: unknown, deadline: AbortSignal): RetryResult {
  if (error instanceof StoreError) {
    const { reason, message, fix, hold } = error;
    return { status: "retry", reason, detail: excerpt(message, 500), fix, ...(hold && { hold }) };
  }
  if (deadline.aborted)
    return {
      status: "retry",
      reason: "timeout",
      detail: "the archive did not store what was to be stored in time",
      fix: "look at the store, or raise `timeout`: what arrives late is recognised, and is not stored twice",
    };
  throw error;
}
