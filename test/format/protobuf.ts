/** Reads protocol buffers without knowing their schema: field number to the values found, in order. */
export type Message = Map<number, (bigint | Buffer)[]>;

export function readMessage(bytes: Uint8Array): Message {
  const buffer = Buffer.from(bytes);
  const message: Message = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = buffer.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > buffer.length) throw new Error("cut off");
    at += length;
    return buffer.subarray(at - length, at);
  };
  while (at < buffer.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    const values = message.get(tag >> 3) ?? [];
    message.set(tag >> 3, values);
    if (wire === 0) values.push(varint());
    else if (wire === 1) values.push(take(8).readBigUInt64LE());
    else if (wire === 2) values.push(take(Number(varint())));
    else throw new Error(`wire type ${wire}`);
  }
  return message;
}

export function only(message: Message, field: number): bigint | Buffer | undefined {
  return message.get(field)?.at(-1);
}

export function child(message: Message, field: number): Message {
  return readMessage((only(message, field) as Buffer | undefined) ?? Buffer.alloc(0));
}

export function children(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((bytes) => readMessage(bytes as Buffer));
}

export function text(message: Message, field: number): string {
  return String(only(message, field) ?? "");
}

/** An OpenTelemetry KeyValue list as OTLP/JSON writes it. */
export function keyValues(messages: readonly Message[]): unknown[] {
  return messages.map((message) => ({ key: text(message, 1), value: anyValue(child(message, 2)) }));
}

export function anyValue(message: Message): unknown {
  const [field] = message.keys();
  const value = field === undefined ? undefined : only(message, field);
  switch (field) {
    case 1:
      return { stringValue: String(value) };
    case 2:
      return { boolValue: value === 1n };
    case 3:
      return { intValue: String(BigInt.asIntN(64, value as bigint)) };
    case 4: {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value as bigint);
      return { doubleValue: bytes.readDoubleLE() };
    }
    case 5:
      return { arrayValue: { values: children(readMessage(value as Buffer), 1).map(anyValue) } };
    case 6:
      return { kvlistValue: { values: keyValues(children(readMessage(value as Buffer), 1)) } };
    default:
      return {};
  }
}
