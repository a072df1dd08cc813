import { actionSpec } from "../event/actions.ts";
import { otlpSeverity } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { memo, smallMemo } from "../event/memo.ts";
import { knownKeys, place } from "../record/known-keys.ts";
import type { TextAttribute } from "../text/depends.ts";
import { partOf } from "../text/part-of.ts";
import { kept, type Part, Writer } from "../text/writer.ts";
import { writeMessage } from "./message.ts";
import { type AttributeSink, forEachAttribute } from "./otlp-attributes.ts";
import {
  attributeName,
  beginTextAttribute,
  copyAttribute,
  field,
  viewOfName,
  writeTextAttribute,
} from "./otlp-text.ts";
import { writeOtlpValue } from "./otlp-value.ts";
import {
  beginMessage,
  constantField,
  constantMessage,
  endMessage,
  writeInt64,
  writeUnixNanos,
  writeVarint,
} from "./protobuf.ts";
import { textOf } from "./values.ts";

const logRecords = 2;

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

const happened = partOf<AuditEvent>("time", (into, { time }) => {
  if (time !== undefined) writeUnixNanos(into, field.time, time.seconds, time.nanos);
  return time !== undefined;
});
const observed = partOf<AuditEvent>("observed", (into, { observed: { seconds, nanos } }) => {
  writeUnixNanos(into, field.observed, seconds, nanos);
  return true;
});

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

/** So many values of one attribute. */
const mostValues = 64;
/** Whole attributes whose value is always the same. */
const fixedAttributes = memo((name) =>
  memo((value) => {
    const any = constantMessage(field.value, constantField(field.text, value));
    return kept(constantMessage(field.attributes, attributeName(name), any));
  }, mostValues),
);

const integerAttributes = memo((name) => smallMemo((value: number) => integerAttribute(name, value)));

function integerAttribute(name: string, value: number): Buffer {
  const into = new Writer();
  const attribute = beginMessage(into, field.attributes);
  into.constant(attributeName(name));
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

const uidBytes = 16;
const uids: Attribute = memo((attribute) => {
  const name = viewOfName(attribute);
  return partOf(attributeOf(attribute, "uid"), (into, event) => {
    const { asWritten } = event;
    if (asWritten === undefined || asWritten.uidAt === -1) return writeTextAttribute(into, name, event.uid);
    beginTextAttribute(into, name, 2 * uidBytes);
    into.hex(asWritten.memory, asWritten.uidAt, uidBytes);
    return true;
  });
});
const addresses: Attribute = memo((attribute) => {
  const name = viewOfName(attribute);
  return partOf(
    attributeOf(attribute, place.actor_ip),
    (into, event) => copiesAddress(into, name, event) || writeTextAttribute(into, name, event.ip ?? ""),
  );
});
const values = knownKeys.map(
  (_, key): Attribute =>
    memo((attribute) => {
      const name = viewOfName(attribute);
      return partOf(
        attributeOf(attribute, key),
        (into, event) =>
          copiesValue(into, name, event, key) || writeTextAttribute(into, name, textOf(event, key)),
      );
    }),
);
const records: Attribute = memo((attribute) => {
  const name = viewOfName(attribute);
  return partOf(
    attributeOf(attribute, "record"),
    (into, event) => copiesRecord(into, name, event) || writeTextAttribute(into, name, event.raw),
  );
});

function attributeOf(attribute: string, value: TextAttribute["value"]): TextAttribute {
  return { type: "attribute", name: attributeName(attribute), value };
}

function copiesAddress(into: Writer, name: DataView, event: AuditEvent): boolean {
  return event.asWritten?.addressCopyable === true && copiesValue(into, name, event, place.actor_ip);
}

function copiesValue(into: Writer, name: DataView, { asWritten }: AuditEvent, key: number): boolean {
  if (!asWritten?.isCopyable(key)) return false;
  copyAttribute(into, name, asWritten.view, asWritten.start(key), asWritten.end(key));
  return true;
}

function copiesRecord(into: Writer, name: DataView, { asWritten }: AuditEvent): boolean {
  if (!asWritten?.copyable) return false;
  copyAttribute(into, name, asWritten.view, asWritten.from, asWritten.to);
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
  into.constant(attributeName(name));
  const any = beginMessage(into, field.value);
  writeOtlpValue(into, json);
  endMessage(into, any);
  endMessage(into, attribute);
}
