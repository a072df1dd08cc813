import { actionSpec } from "../event/actions.ts";
import { otlpSeverity } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { memo } from "../event/memo.ts";
import { kept, type Writer } from "../text/writer.ts";
import { writeMessage } from "./message.ts";
import { type AttributeSink, forEachAttribute } from "./otlp-attributes.ts";
import { writeOtlpValue } from "./otlp-value.ts";
import {
  beginMessage,
  constantField,
  endMessage,
  lengthTag,
  varintSize,
  writeInt64,
  writeUnixNanos,
  writeVarint,
} from "./protobuf.ts";
import { textOf } from "./values.ts";

/** Numbers of the fields of LogRecord (opentelemetry/proto/logs/v1), of KeyValue and AnyValue. */
const field = {
  time: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  observed: 11,
  eventName: 12,
  key: 1,
  value: 2,
  text: 1,
  integer: 3,
} as const;
const logRecords = 2;

const textTag = lengthTag(field.text);
const valueTag = lengthTag(field.value);
const attributeTag = lengthTag(field.attributes);

/** A LogRecord as a field of ScopeLogs, where `original` with the W&B record itself. */
export function otlpProtobuf(original: boolean): (event: AuditEvent, into: Writer) => void {
  return (event, into) => {
    const record = beginMessage(into, logRecords);
    const spec = actionSpec(event.action);
    const severity = otlpSeverity(event, spec);
    if (event.time !== undefined) writeUnixNanos(into, field.time, event.time.seconds, event.time.nanos);
    into.byte(field.severityNumber << 3);
    into.byte(severity.number);
    into.constant(severityTexts(severity.text));
    writeBody(into, event);
    forEachAttribute(event, new ProtobufSink(event, into, original));
    writeUnixNanos(into, field.observed, event.observed.seconds, event.observed.nanos);
    into.constant(eventNames(spec.eventName));
    endMessage(into, record);
  };
}

const severityTexts = memo((text) => kept(constantField(field.severityText, text)));
const eventNames = memo((text) => kept(constantField(field.eventName, text)));

/** The message; of a record that could not be decoded its text. */
function writeBody(into: Writer, event: AuditEvent): void {
  const body = beginMessage(into, field.body);
  const text = beginMessage(into, field.text);
  if (event.fault === undefined) writeMessage(into, event, actionSpec(event.action), "text");
  else into.text(event.raw);
  endMessage(into, text);
  endMessage(into, body);
}

/** An attribute's name as KeyValue has it. */
const names = memo((name) => kept(constantField(field.key, name)));

class ProtobufSink implements AttributeSink {
  readonly #event: AuditEvent;
  readonly #into: Writer;
  readonly #original: boolean;

  constructor(event: AuditEvent, into: Writer, original: boolean) {
    this.#event = event;
    this.#into = into;
    this.#original = original;
  }

  text(name: string, value: string): void {
    const length = asciiLength(value);
    this.#begin(name, length === -1 ? Buffer.byteLength(value.toWellFormed()) : length);
    this.#into.text(value);
  }

  value(name: string, key: number): void {
    const { asWritten } = this.#event;
    const member = asWritten === undefined ? -1 : asWritten.member(key);
    if (asWritten === undefined || member === -1) {
      this.text(name, textOf(this.#event, key));
      return;
    }
    const start = asWritten.start(member);
    const end = asWritten.end(member);
    this.#begin(name, end - start);
    this.#into.copy(asWritten.bytes, start, end);
  }

  record(name: string): void {
    if (!this.#original) return;
    const { asWritten } = this.#event;
    if (!asWritten?.copyable) this.text(name, this.#event.raw);
    else {
      this.#begin(name, asWritten.bytes.length);
      this.#into.constant(asWritten.bytes);
    }
  }

  integer(name: string, value: number): void {
    const into = this.#into;
    const attribute = beginMessage(into, field.attributes);
    into.constant(names(name));
    const any = beginMessage(into, field.value);
    into.byte(field.integer << 3);
    if (value >= 0) writeVarint(into, value);
    else writeInt64(into, BigInt(value));
    endMessage(into, any);
    endMessage(into, attribute);
  }

  json(name: string, json: string): void {
    const into = this.#into;
    const attribute = beginMessage(into, field.attributes);
    into.constant(names(name));
    const any = beginMessage(into, field.value);
    writeOtlpValue(into, json);
    endMessage(into, any);
    endMessage(into, attribute);
  }

  /** What stands in front of a text of so many bytes. */
  #begin(name: string, length: number): void {
    const into = this.#into;
    const key = names(name);
    const any = 1 + varintSize(length) + length;
    into.byte(attributeTag);
    writeVarint(into, key.length + 1 + varintSize(any) + any);
    into.constant(key);
    into.byte(valueTag);
    writeVarint(into, any);
    into.byte(textTag);
    writeVarint(into, length);
  }
}

/** -1 where it is not ASCII. */
function asciiLength(text: string): number {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return -1;
  return text.length;
}
