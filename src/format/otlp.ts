import { actionSpec } from "../event/actions.ts";
import { otlpSeverity } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { quote } from "../text/json-text.ts";
import { constant, type Writer } from "../text/writer.ts";
import { unixNanos } from "../time/clock.ts";
import { writeMessage } from "./message.ts";
import { type AttributeSink, forEachAttribute } from "./otlp-attributes.ts";
import { otlpValueText } from "./otlp-value.ts";
import { writeEnclosed } from "./values.ts";

const quotation = 0x22;
const textStart = constant('"value":{"stringValue":');
const valueStart = constant('"value":{"stringValue":"');
const attributeEnd = constant("}}");
const bodyStart = constant(',"body":{"stringValue":');

/** The OTLP/JSON LogRecord (64-bit integers are texts, enumerations numbers), the W&B record included. */
export function otlpJson(event: AuditEvent, into: Writer): void {
  writeOtlpJson(event, into, true);
}

/** The same, where `original` with the W&B record itself. */
export function writeOtlpJson(event: AuditEvent, into: Writer, original: boolean): void {
  const spec = actionSpec(event.action);
  const severity = otlpSeverity(event, spec);
  into.text(
    `{"observedTimeUnixNano":"${unixNanos(event.observed)}"` +
      `,"severityNumber":${severity.number},"severityText":"${severity.text}"` +
      `,"eventName":${quote(spec.eventName)}`,
  );
  into.constant(bodyStart);
  if (event.fault !== undefined) into.quoted(event.raw);
  else {
    into.byte(quotation);
    writeMessage(into, event, spec, "inside");
    into.byte(quotation);
  }
  into.text('},"attributes":[');
  forEachAttribute(event, jsonSink(event, into, original));
  into.text(event.time === undefined ? "]}" : `],"timeUnixNano":"${unixNanos(event.time)}"}`);
}

function jsonSink(event: AuditEvent, into: Writer, original: boolean): AttributeSink {
  const from = into.size;
  const begin = (name: string) => into.text(`${into.size === from ? "" : ","}{"key":"${name}",`);
  const text = (name: string, value: string) => {
    begin(name);
    into.constant(textStart);
    into.quoted(value);
    into.constant(attributeEnd);
  };
  return {
    text,
    value(name, key) {
      begin(name);
      writeEnclosed(into, valueStart, event, key);
      into.constant(attributeEnd);
    },
    record(name) {
      if (original) text(name, event.raw);
    },
    integer(name, value) {
      begin(name);
      into.text(`"value":{"intValue":"${value}"}}`);
    },
    json(name, json) {
      begin(name);
      into.text(`"value":${otlpValueText(json)}}`);
    },
  };
}
