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

/** The fields of a protobuf message by their numbers, each with its values in order. */
export type Fields = Map<number, (Buffer | bigint)[]>;

/** The fields of one message by number: bytes where they are delimited, else integers. */
export function fields(bytes: Buffer): Fields {
  const found: Fields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new Error("a number does not end");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error("a field is longer than its message");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = Number(tag & 7n);
    const number = Number(tag >> 3n);
    const value =
      wire === 0
        ? varint()
        : wire === 1
          ? take(8)
          : wire === 2
            ? take(Number(varint()))
            : wire === 5
              ? take(4)
              : undefined;
    if (value === undefined || number === 0) throw new Error("not a field");
    const values = found.get(number);
    if (values === undefined) found.set(number, [value]);
    else values.push(value);
  }
  return found;
}

/** Every message of a repeated field. */
export function each(message: Fields, number: number): Buffer[] {
  return (message.get(number) ?? []).filter((value) => Buffer.isBuffer(value));
}

/** The value that counts: the last one. */
export function last(message: Fields, number: number): Buffer | bigint | undefined {
  return message.get(number)?.at(-1);
}

/** A text field; empty when absent. */
export function text(message: Fields, number: number): string {
  return each(message, number).at(-1)?.toString("utf8") ?? "";
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
