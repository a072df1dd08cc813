import { each, type Fields, fields, last, text } from "../format/protobuf-reader.ts";

/** An OTLP/JSON AnyValue. */
export type OtlpValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: OtlpValue[] } }
  | { kvlistValue: { values: OtlpAttribute[] } }
  | Record<string, never>;
/** A name and its value, as OTLP/JSON writes them. */
export interface OtlpAttribute {
  key: string;
  value: OtlpValue;
}

/** A log record as OTLP/JSON has it, 64-bit integers as texts; `resource` and `scope` say where it stood. */
export interface OtlpLogRecord {
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber: number;
  severityText: string;
  eventName: string;
  body: OtlpValue;
  attributes: OtlpAttribute[];
  resource: OtlpAttribute[];
  scope: string;
}

/**
 * Reads an ExportLogsServiceRequest from the wire format of protobuf. Knows
 * nothing of the library that wrote it. Throws on anything malformed.
 */
export function otlpDecode(bytes: Buffer): OtlpLogRecord[] {
  return each(fields(bytes), 1).flatMap((resourceLogs) => {
    const group = fields(resourceLogs);
    const resource = each(group, 1).flatMap((one) => attributes(fields(one), 1));
    return each(group, 2).flatMap((scopeLogs) => {
      const within = fields(scopeLogs);
      const scope = each(within, 1)
        .map((one) => text(fields(one), 1))
        .join();
      return each(within, 2).map((one) => ({ ...logRecord(fields(one)), resource, scope }));
    });
  });
}

/** A 64-bit field as decimal text; `0` when absent. */
export function fixed64(message: Fields, number: number): string {
  return String(each(message, number).at(-1)?.readBigUInt64LE() ?? 0n);
}

/** A repeated field of key-values. */
export function attributes(message: Fields, number: number): OtlpAttribute[] {
  return each(message, number).map((bytes) => {
    const pair = fields(bytes);
    return { key: text(pair, 1), value: anyValue(each(pair, 2).at(-1) ?? Buffer.alloc(0)) };
  });
}

function anyValue(bytes: Buffer): OtlpValue {
  const message = fields(bytes);
  if (message.has(1)) return { stringValue: text(message, 1) };
  if (message.has(2)) return { boolValue: last(message, 2) === 1n };
  if (message.has(3)) return { intValue: String(BigInt.asIntN(64, last(message, 3) as bigint)) };
  if (message.has(4)) return { doubleValue: (last(message, 4) as Buffer).readDoubleLE() };
  if (message.has(5))
    return { arrayValue: { values: each(fields(last(message, 5) as Buffer), 1).map(anyValue) } };
  if (message.has(6)) return { kvlistValue: { values: attributes(fields(last(message, 6) as Buffer), 1) } };
  return {};
}

function logRecord(message: Fields): Omit<OtlpLogRecord, "resource" | "scope"> {
  return {
    timeUnixNano: fixed64(message, 1),
    observedTimeUnixNano: fixed64(message, 11),
    severityNumber: Number(last(message, 2) ?? 0n),
    severityText: text(message, 3),
    eventName: text(message, 12),
    body: anyValue(each(message, 5).at(-1) ?? Buffer.alloc(0)),
    attributes: attributes(message, 6),
  };
}
