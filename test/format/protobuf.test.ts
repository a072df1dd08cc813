import fc from "fast-check";
import { expect, it } from "vitest";
import {
  beginMessage,
  constantField,
  endMessage,
  writeInt64,
  writeUnixNanos,
  writeVarint,
} from "../../src/format/protobuf.ts";
import { Writer } from "../../src/text/writer.ts";
import { unixNanos } from "../../src/time/clock.ts";
import { only, readMessage } from "./protobuf.ts";

it("puts the length in front of a message of any size", () => {
  for (const size of [0, 1, 127, 128, 16_383, 16_384, 3_000_000]) {
    const into = new Writer(1);
    const outer = beginMessage(into, 1);
    const inner = beginMessage(into, 2);
    into.text("x".repeat(size));
    endMessage(into, inner);
    endMessage(into, outer);
    const found = only(readMessage(only(readMessage(into.written()), 1) as Buffer), 2) as Buffer;
    expect(found.length).toBe(size);
    expect(found.every((byte) => byte === 0x78)).toBe(true);
  }
});

it("writes whole numbers as readers read them", () => {
  const wholes = fc.oneof(fc.maxSafeNat(), fc.nat(300));
  fc.assert(
    fc.property(wholes, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (whole, wide) => {
      const into = new Writer(1);
      into.byte(1 << 3);
      writeVarint(into, whole);
      into.byte(2 << 3);
      writeInt64(into, wide);
      const message = readMessage(into.written());
      expect(only(message, 1)).toBe(BigInt(whole));
      expect(BigInt.asIntN(64, only(message, 2) as bigint)).toBe(wide);
    }),
  );
});

it("writes nanoseconds exactly, as far as 64 bits go", () => {
  fc.assert(
    fc.property(fc.nat(9_223_372_035), fc.nat(999_999_999), (seconds, nanos) => {
      const into = new Writer(1);
      writeUnixNanos(into, 1, seconds, nanos);
      expect(String(only(readMessage(into.written()), 1))).toBe(unixNanos({ seconds, nanos }));
    }),
  );
});

it("knows constants of any length", () => {
  for (const text of ["", "é", "x".repeat(200)])
    expect(String(only(readMessage(constantField(3, text)), 3))).toBe(text);
});
