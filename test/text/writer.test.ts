import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quote } from "../../src/text/json-text.ts";
import { constant, kept, Writer } from "../../src/text/writer.ts";

const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.array(fc.nat(0xffff), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
);

describe("a writer", () => {
  it("holds what was written, one behind the other, however often it had to grow", () => {
    fc.assert(
      fc.property(fc.array(texts), fc.integer({ min: 1, max: 64 }), (parts, capacity) => {
        const into = new Writer(capacity);
        for (const part of parts) into.text(part);
        expect(into.toText()).toBe(parts.map((part) => part.toWellFormed()).join(""));
        expect(into.written().length).toBe(into.size);
      }),
    );
  });

  it("writes texts as the same JSON strings as `quote`", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const into = new Writer(1);
        into.quoted(text);
        expect(into.toText()).toBe(quote(text));
      }),
    );
  });

  it("copies parts of any length, alone and between constants", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(200), fc.nat(200), (list, a, b) => {
        const source = Buffer.from(list);
        const start = Math.min(a, b) % source.length;
        const end = Math.max(start, Math.min(source.length, Math.max(a, b)));
        const into = new Writer(1);
        into.copy(source, start, end);
        into.constant(constant("<"));
        into.value(0, source, start, end);
        into.byte(0x3e);
        into.whole(source, 0, source.length);
        const part = source.subarray(start, end);
        const whole = [part, Buffer.from("<"), part, Buffer.from(">"), source];
        expect(into.written()).toEqual(Buffer.concat(whole));
      }),
    );
  });

  it("writes whole numbers with leading zeros", () => {
    const into = new Writer(1);
    for (const [value, width] of [
      [0, 1],
      [7, 3],
      [1234, 3],
      [Number.MAX_SAFE_INTEGER, 1],
    ] as const) {
      into.clear();
      into.digits(value, width);
      expect(into.toText()).toBe(String(value).padStart(width, "0"));
    }
  });

  it("escapes what ends a JSON string", () => {
    const into = new Writer(1);
    into.escapedCopy(Buffer.from('{"a":"\\\\é"}'));
    expect(JSON.parse(`"${into.toText()}"`)).toBe('{"a":"\\\\é"}');
  });

  it("has constants in memory of their own, which hold nothing else", () => {
    expect(constant("abc").buffer.byteLength).toBe(3);
    expect(kept(Buffer.from("abc")).buffer.byteLength).toBe(3);
  });

  it("is begun again, and what is not written yet does not show", () => {
    const into = new Writer(8);
    into.text("abcdef");
    into.size = 3;
    into.byte(0x21);
    expect([into.toText(), into.toText(2)]).toEqual(["abc!", "c!"]);
    into.clear();
    expect(into.toText()).toBe("");
  });
});
