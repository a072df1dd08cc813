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
