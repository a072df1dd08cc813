import { isUtf8 } from "node:buffer";
import type { AuditEvent } from "../event/event.ts";
import { isoTime } from "../format/iso-time.ts";
import { labelsPiece } from "../format/labels.ts";
import { writeQuotedRecord } from "../format/quoted-record.ts";
import { isLogDay } from "../record/log-days.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { constant, type Writer } from "../text/writer.ts";
import { dayText, utcDayOfText } from "../time/clock.ts";

/** A record as it stands in an archive. */
export interface ArchiveLine {
  /** The UTC day that it is filed under, `2026-08-01`. */
  readonly date: string;
  /** 32 hexadecimal digits. */
  readonly uid: string;
  readonly source: string;
  readonly instance: string;
  /** RFC 3339 with nanoseconds, UTC. */
  readonly firstSeen: string;
  /** Why it is no entry. */
  readonly fault?: string;
  /** Of the replay that it was stored by. */
  readonly replayId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The bytes that were received, but for what was taken out of them on purpose. */
  readonly record: Buffer;
  /** They are UTF-8. */
  readonly isText: boolean;
}

const daySeconds = 86_400;
const firstSeenText = isoTime(9);
const newline = 0x0a;
const start = constant('{"date":"');
const uidName = constant('","uid":"');
const sourcePiece = oncePerOrigin(({ source, instance }) =>
  constant(`","source":${quote(source)},"instance":${quote(instance)},"first_seen":"`),
);
const recordName = constant(',"record":');
const base64Name = constant(',"record_base64":"');
const dayEnd = start.length + "2026-08-01".length;
const uidStart = dayEnd + uidName.length;
const uidLength = 32;

/**
 * Writes an event as an archive keeps it, with the line's end: the day that it is filed under, uid, source,
 * when it was first seen, and its record as a JSON string, or in base64 where it is no UTF-8. What a reader
 * of JSON makes of that string are the bytes that were received.
 */
export function writeArchiveLine(event: AuditEvent, into: Writer): void {
  const { origin, observed, fault, replayId } = event;
  into.constant(start);
  into.text(dateOf(filedDay(event)));
  into.constant(uidName);
  into.text(event.uid);
  into.constant(sourcePiece(origin));
  into.text(`${firstSeenText(observed)}"`);
  if (fault !== undefined) into.text(`,"fault":${quote(fault)}`);
  if (replayId !== undefined) into.text(`,"replay_id":${quote(replayId)}`);
  into.constant(labelsPiece(origin));
  writeRecord(event, into);
  into.text("}");
  into.byte(newline);
}

function writeRecord(event: AuditEvent, into: Writer): void {
  const { asWritten } = event;
  if (asWritten?.copyable) {
    into.constant(recordName);
    into.text('"');
    writeQuotedRecord(into, asWritten);
    into.text('"');
    return;
  }
  const record =
    asWritten?.memory.subarray(asWritten.from, asWritten.to) ?? event.bytes ?? Buffer.from(event.raw);
  if (isUtf8(record)) {
    into.constant(recordName);
    into.quoted(record.toString("utf8"));
    return;
  }
  into.constant(base64Name);
  into.text(`${record.toString("base64")}"`);
}

/** Days since 1970-01-01: its own, or for one without a time that can be, the day it was first seen. */
function filedDay({ time, observed }: AuditEvent): number {
  const day = time === undefined ? Number.NaN : Math.floor(time.seconds / daySeconds);
  return isLogDay(day) ? day : Math.floor(observed.seconds / daySeconds);
}

let lastDay = Number.NaN;
let lastText = "";

function dateOf(day: number): string {
  if (day === lastDay) return lastText;
  lastDay = day;
  lastText = dayText(day);
  return lastText;
}

/** What a line that this program wrote says of its place: days since 1970-01-01, and the uid. */
export function placeOfLine(line: Buffer): { readonly day: number; readonly uid: string } {
  const day = utcDayOfText(line.toString("latin1", start.length, dayEnd));
  return { day, uid: line.toString("latin1", uidStart, uidStart + uidLength) };
}

/** Reads a line. Throws an Error that says what is wrong with it. */
export function readArchiveLine(line: string): ArchiveLine {
  const found = JSON.parse(line) as Readonly<Record<string, unknown>> | null;
  const { date, uid, source, instance, first_seen: firstSeen, record, record_base64: base64 } = found ?? {};
  const { fault, replay_id: replayId, labels } = found ?? {};
  const texts = [date, uid, source, instance, firstSeen, record ?? base64];
  if (!texts.every((each) => typeof each === "string")) throw new Error("it is no record of an archive");
  return {
    ...{ date: date as string, uid: uid as string, source: source as string },
    ...{ instance: instance as string, firstSeen: firstSeen as string },
    ...(typeof fault === "string" && { fault }),
    ...(typeof replayId === "string" && { replayId }),
    ...(typeof labels === "object" && labels !== null && { labels: labels as Record<string, string> }),
    isText: typeof record === "string",
    record: typeof record === "string" ? Buffer.from(record) : Buffer.from(base64 as string, "base64"),
  };
}
