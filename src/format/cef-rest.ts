import type { AuditEvent } from "../event/event.ts";
import { place } from "../record/known-keys.ts";
import { constant, type Part, type Writer } from "../text/writer.ts";
import { additionalData, isReportAlone } from "./cef-additional.ts";
import { textPair, writeExtension } from "./cef-text.ts";

const quotation = 0x22;
/** What a receiver keeps of a custom string, in code points. */
const limit = 4000;
const label = " cs6Label=additionalData";
const reportStart = constant(' cs6={"report_asset":');
const reportEnd = constant(`}${label}`);

/** What has no key of its own; of what cannot be read all of it. */
export function writeRest(into: Writer, event: AuditEvent): void {
  if (isReportAlone(event) && into.part(reportAlone, event)) return;
  const rest = event.fault === undefined ? additionalData(event, limit) : event.raw;
  if (rest !== undefined) into.text(textPair(" cs6=", rest, limit, label));
}

/** The report's id, as it was written: no text is made of it, since everybody who reads a report has one. */
const reportAlone: Part<AuditEvent> = (into, { asWritten }) => {
  const key = place.report_asset;
  if (!asWritten?.isCopyable(key)) return false;
  const { memory } = asWritten;
  const isText = memory[asWritten.start(key) - 1] === quotation;
  const start = asWritten.start(key) - (isText ? 1 : 0);
  const end = asWritten.end(key) + (isText ? 1 : 0);
  if (end - start + reportStart.length > limit) return false;
  into.constant(reportStart);
  writeExtension(into, asWritten.view, start, end);
  into.constant(reportEnd);
  return true;
};
