import { actionSpec } from "../event/actions.ts";
import { otlpSeverity } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { memo, smallMemo } from "../event/memo.ts";
import { knownKeys, place } from "../record/known-keys.ts";
import { kept, type Part, Writer } from "../text/writer.ts";
import { writeMessage } from "./message.ts";
import { type AttributeSink, forEachAttribute } from "./otlp-attributes.ts";
import { writeOtlpValue } from "./otlp-value.ts";
import {
  beginMessage,
  constantField,
  constantMessage,
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
    if (event.time !== undefined) into.part(happened, event);
    into.byte(field.severityNumber << 3);
    into.byte(severity.number);
    into.constant(severityTexts(severity.text));
    writeBody(into, event);
    forEachAttribute(event, new ProtobufSink(event, into, original));
    into.part(observed, event);
    into.constant(eventNames(spec.eventName));
    endMessage(into, record);
  };
}

const happened: Part<AuditEvent> = (into, { time }) => {
  if (time !== undefined) writeUnixNanos(into, field.time, time.seconds, time.nanos);
  return time !== undefined;
};
const observed: Part<AuditEvent> = (into, { observed: { seconds, nanos } }) => {
  writeUnixNanos(into, field.observed, seconds, nanos);
  return true;
};

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

/** So many values of one attribute. */
const mostValues = 64;
/** Whole attributes whose value is always the same. */
const fixedAttributes = memo((name) =>
  memo((value) => {
    const any = constantMessage(field.value, constantField(field.text, value));
    return kept(constantMessage(field.attributes, names(name), any));
  }, mostValues),
);

const integerAttributes = memo((name) => smallMemo((value: number) => integerAttribute(name, value)));

function integerAttribute(name: string, value: number): Buffer {
  const into = new Writer();
  const attribute = beginMessage(into, field.attributes);
  into.constant(names(name));
  const any = beginMessage(into, field.value);
  into.byte(field.integer << 3);
  if (value >= 0) writeVarint(into, value);
  else writeInt64(into, BigInt(value));
  endMessage(into, any);
  endMessage(into, attribute);
  return kept(into.written());
}

/** Writes the attribute with this name, whose value is a text of the event. */
type Attribute = (name: string) => Part<AuditEvent>;

const uids: Attribute = memo((attribute) => {
  const name = names(attribute);
  return (into, { uid }) => writeTextAttribute(into, name, uid);
});
const addresses: Attribute = memo((attribute) => {
  const name = names(attribute);
  return (into, event) => copiesAddress(into, name, event) || writeTextAttribute(into, name, event.ip ?? "");
});
const values = knownKeys.map(
  (_, key): Attribute =>
    memo((attribute) => {
      const name = names(attribute);
      return (into, event) =>
        copiesValue(into, name, event, key) || writeTextAttribute(into, name, textOf(event, key));
    }),
);
const records: Attribute = memo((attribute) => {
  const name = names(attribute);
  return (into, event) => copiesRecord(into, name, event) || writeTextAttribute(into, name, event.raw);
});

function copiesAddress(into: Writer, name: Buffer, event: AuditEvent): boolean {
  return event.asWritten?.addressCopyable === true && copiesValue(into, name, event, place.actor_ip);
}

function copiesValue(into: Writer, name: Buffer, { asWritten }: AuditEvent, key: number): boolean {
  if (!asWritten?.isCopyable(key)) return false;
  const start = asWritten.start(key);
  const end = asWritten.end(key);
  beginTextAttribute(into, name, end - start);
  into.copy(asWritten.memory, start, end);
  return true;
}

function copiesRecord(into: Writer, name: Buffer, { asWritten }: AuditEvent): boolean {
  if (!asWritten?.copyable) return false;
  const { memory, from, to } = asWritten;
  beginTextAttribute(into, name, to - from);
  into.whole(memory, from, to);
  return true;
}

class ProtobufSink implements AttributeSink {
  readonly #event: AuditEvent;
  readonly #into: Writer;
  readonly #original: boolean;

  constructor(event: AuditEvent, into: Writer, original: boolean) {
    this.#event = event;
    this.#into = into;
    this.#original = original;
  }

  fixed(name: string, value: string): void {
    this.#into.constant(fixedAttributes(name)(value));
  }

  address(name: string): void {
    this.#into.part(addresses(name), this.#event);
  }

  uid(name: string): void {
    this.#into.part(uids(name), this.#event);
  }

  value(name: string, key: number): void {
    this.#into.part((values[key] as Attribute)(name), this.#event);
  }

  record(name: string): void {
    if (this.#original) this.#into.part(records(name), this.#event);
  }

  integer(name: string, value: number): void {
    this.#into.constant(integerAttributes(name)(value));
  }

  json(name: string, json: string): void {
    writeJsonAttribute(this.#into, name, json);
  }

  fixedJson(name: string, json: string): void {
    this.#into.constant(jsonAttributes(name)(json));
  }
}

const jsonAttributes = memo((name) =>
  memo((json) => {
    const into = new Writer();
    writeJsonAttribute(into, name, json);
    return kept(into.written());
  }, mostValues),
);

function writeJsonAttribute(into: Writer, name: string, json: string): void {
  const attribute = beginMessage(into, field.attributes);
  into.constant(names(name));
  const any = beginMessage(into, field.value);
  writeOtlpValue(into, json);
  endMessage(into, any);
  endMessage(into, attribute);
}

/** Gives back true: nothing is unusual about it. */
function writeTextAttribute(into: Writer, name: Buffer, text: string): boolean {
  const length = asciiLength(text);
  beginTextAttribute(into, name, length === -1 ? Buffer.byteLength(text.toWellFormed()) : length);
  into.text(text);
  return true;
}

/** What stands in front of a text of so many bytes. */
function beginTextAttribute(into: Writer, name: Buffer, length: number): void {
  const any = 1 + varintSize(length) + length;
  into.byte(attributeTag);
  writeVarint(into, name.length + 1 + varintSize(any) + any);
  into.constant(name);
  into.byte(valueTag);
  writeVarint(into, any);
  into.byte(textTag);
  writeVarint(into, length);
}

/** -1 where it is not ASCII. */
function asciiLength(text: string): number {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return -1;
  return text.length;
}
