import { actionSpec } from "../event/actions.ts";
import { otlpSeverity } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { partOf } from "../text/part-of.ts";
import { constant, type Part, type Writer } from "../text/writer.ts";
import { unixNanos } from "../time/clock.ts";
import { writeMessage } from "./message.ts";
import { type AttributeSink, forEachAttribute } from "./otlp-attributes.ts";
import { otlpValueText } from "./otlp-value.ts";
import { writeAddress, writeEnclosed, writeUid } from "./values.ts";

const quotation = 0x22;
const textStart = constant('"value":{"stringValue":');
const valueStart = constant('"value":{"stringValue":"');
const attributeEnd = constant("}}");
const textEnd = constant('"}}');
const recordStart = constant('{"observedTimeUnixNano":"');
const attributesStart = constant('},"attributes":[');
const timeStart = constant('],"timeUnixNano":"');
const recordEnd = constant('"}');
const undatedEnd = constant("]}");
const bodyStart = constant(',"body":{"stringValue":');

/**
 * The OTLP/JSON LogRecord (64-bit integers are texts, enumerations numbers), the W&B record included. It
 * stands alone, without a resource: labels are attributes of its own.
 */
export function otlpJson(event: AuditEvent, into: Writer): void {
  writeRecord(event, into, { original: true, labels: labelAttributes(event.origin) });
}

/** As it stands in a request, where `original` with the W&B record itself. Labels are the resource's. */
export function writeOtlpJson(event: AuditEvent, into: Writer, original: boolean): void {
  writeRecord(event, into, { original, labels: nothing });
}

const nothing = constant("");
const labelAttributes = oncePerOrigin(({ labels = [] }) =>
  constant(
    labels.map(([name, value]) => `,{"key":"${name}","value":{"stringValue":${quote(value)}}}`).join(""),
  ),
);

interface RecordParts {
  readonly original: boolean;
  /** Attributes, a comma in front of each. */
  readonly labels: Buffer;
}

function writeRecord(event: AuditEvent, into: Writer, { original, labels }: RecordParts): void {
  const spec = actionSpec(event.action);
  const severity = otlpSeverity(event, spec);
  into.constant(recordStart);
  into.part(observed, event);
  into.fixed(
    `","severityNumber":${severity.number},"severityText":"${severity.text}"` +
      `,"eventName":${quote(spec.eventName)}`,
  );
  into.constant(bodyStart);
  if (event.fault !== undefined) into.quoted(event.raw);
  else {
    into.byte(quotation);
    writeMessage(into, event, spec, "inside");
    into.byte(quotation);
  }
  into.constant(attributesStart);
  forEachAttribute(event, jsonSink(event, into, original));
  into.constant(labels);
  if (event.time !== undefined) {
    into.constant(timeStart);
    into.part(happened, event);
  }
  into.constant(event.time === undefined ? undatedEnd : recordEnd);
}

const observed = partOf<AuditEvent>("observed", (into, event) => {
  into.text(String(unixNanos(event.observed)));
  return true;
});
const happened = partOf<AuditEvent>("time", (into, { time }) => {
  if (time !== undefined) into.text(String(unixNanos(time)));
  return time !== undefined;
});
const quotedRaw: Part<AuditEvent> = (into, { raw }) => {
  into.quoted(raw);
  return true;
};

function jsonSink(event: AuditEvent, into: Writer, original: boolean): AttributeSink {
  const from = into.size;
  const begin = (name: string) => into.fixed(`${into.size === from ? "" : ","}{"key":"${name}",`);
  return {
    fixed(name, value) {
      begin(name);
      into.constant(textStart);
      into.fixed(quote(value));
      into.constant(attributeEnd);
    },
    address(name) {
      begin(name);
      into.constant(valueStart);
      writeAddress(into, event);
      into.constant(textEnd);
    },
    uid(name) {
      begin(name);
      into.constant(valueStart);
      writeUid(into, event);
      into.constant(textEnd);
    },
    value(name, key) {
      begin(name);
      writeEnclosed(into, valueStart, event, key);
      into.constant(attributeEnd);
    },
    record(name) {
      if (!original) return;
      begin(name);
      into.constant(textStart);
      into.part(quotedRaw, event);
      into.constant(attributeEnd);
    },
    integer(name, value) {
      begin(name);
      into.fixed(`"value":{"intValue":"${value}"}}`);
    },
    fixedJson(name, json) {
      begin(name);
      into.fixed(`"value":${otlpValueText(json)}}`);
    },
    json(name, json) {
      begin(name);
      into.text(`"value":${otlpValueText(json)}}`);
    },
  };
}
