import type { Scrub } from "../../secret/scrub.ts";
import { SourceError, type SourceReason } from "../source.ts";
import type { Decoder } from "../wandb-log/decoder.ts";
import { frameFacts } from "../wandb-log/frame.ts";
import { notLogs } from "../wandb-log/not-logs.ts";
import type { Records } from "../wandb-log/records.ts";
import { VolumeError } from "./volume.ts";

/**
 * The text ended, and has shown so many entries: throws SourceError where it is no log, or not a whole
 * one.
 */
export function mustBeWhole(decoder: Decoder, records: Records, shown: number, scrub: Scrub): void {
  const ending = decoder.end();
  if (ending.form === "foreign") throw notLogs("not_audit_logs", scrub(ending.head), false);
  if (ending.form === "envelope") {
    if (ending.frame === undefined) throw cutText("its JSON does not end");
    frameFacts(ending.frame, shown, scrub);
  }
  if (ending.form === "ndjson" && ending.lastLine === "broken")
    throw records.failure() ?? cutText("it ends in the middle of a record");
}

function cutText(message: string): SourceError {
  return new SourceError("cut_body", message, "");
}

const contentFixes: Partial<Record<SourceReason, string>> = {
  cut_body: "if it is still being written, nothing is to be done: it is read again when it has changed",
  not_audit_logs: "only audit logs belong there: narrow the path or URL, or take it out",
};

/** The error for a volume whose content is no audit log, or not a whole one. */
export function contentFault(volume: string, { reason, message }: SourceError): VolumeError {
  const text = message.replace(/^the answer/, "it").replace(/^the server answers with/, "it is");
  return new VolumeError(volume, "change", {
    reason,
    message: `${volume}: ${text}`,
    fix:
      contentFixes[reason] ??
      "look at it; if W&B really holds such records, name it in read.accept_malformed: each is then delivered as an unparseable event",
  });
}
