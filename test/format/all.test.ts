import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { type FormatName, formatNames } from "../../src/format/all.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { agent, events, texts } from "./arbitrary-event.ts";
import { textOnly } from "./text-only.ts";
import { formats } from "./texts.ts";
import { eventOf, vectors } from "./vectors.ts";

/** Where each format that is JSON keeps the text of the record, decoded again. */
// biome-ignore lint/suspicious/noExplicitAny: parsed JSON
const kept: Readonly<Partial<Record<FormatName, (payload: any) => string>>> = {
  ecs: ({ event }) => event.original,
  otlp: ({ attributes }) =>
    attributes.find(({ key }: { key: string }) => key === "log.record.original").value.stringValue,
};

const value = fc.oneof(
  texts.map((text) => JSON.stringify(text)),
  texts.filter((text) => !/["\\\u0000-\u001f]/.test(text)).map((text) => `"${text}"`),
  fc.string().map((text) => JSON.stringify(text)),
  fc.constantFrom("200", "0", "403", "1e3", "9007199254740993", "-1", "null", "true", "[1]", '""', '" a=b "'),
);
/** Lines of records, most of them written as W&B writes them. */
const records = fc
  .uniqueArray(fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...knownKeys) }, texts), value), {
    selector: ([key]) => key,
    maxLength: 16,
  })
  .chain((members) =>
    fc
      .constantFrom(",", ",", ",", ", ", ",\t")
      .map((comma) => `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(comma)}}`),
  );

describe.each(formatNames)("%s", (name) => {
  const format = formats[name](agent);

  it("never throws, and is the same text for the same event", () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(format(event)).toBe(format(structuredClone(event)));
      }),
      { numRuns: 200 },
    );
  });

  it("is one line without characters that break lines or deceive readers", () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(format(event)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
      { numRuns: 200 },
    );
  });

  it.skipIf(name === "cef")("is exactly one JSON object, with the text of the record whole", () => {
    fc.assert(
      fc.property(events, (event) => {
        const payload = JSON.parse(format(event));
        expect(typeof payload === "object" && !Array.isArray(payload)).toBe(true);
        if (kept[name]) expect(kept[name]?.(payload).toWellFormed()).toBe(event.raw.toWellFormed());
      }),
      { numRuns: 200 },
    );
  });

  it("writes the same whether or not it can copy from the record", () => {
    const same = (event: AuditEvent) => {
      expect(format(event)).toBe(format(textOnly(event)));
    };
    for (const { input, uid } of vectors) same(eventOf(input, uid));
    fc.assert(
      fc.property(records, (line) => same(eventOf(line, "0123456789abcdef0123456789abcdef"))),
      { numRuns: 500 },
    );
  });

  it("pollutes nothing", () => {
    for (const key of ["__proto__", "constructor", "toString"])
      fc.assert(
        fc.property(events, (event) => {
          format({ ...event, action: key, unmapped: [[key, '{"polluted":1}']] });
          expect({}).not.toHaveProperty("polluted");
        }),
        { numRuns: 10 },
      );
  });
});
