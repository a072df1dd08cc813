import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FormatName, formatNames, formats } from "../../src/format/all.ts";
import { agent, events } from "./arbitrary-event.ts";

/** Where each format that is JSON keeps the text of the record, decoded again. */
// biome-ignore lint/suspicious/noExplicitAny: parsed JSON
const kept: Readonly<Partial<Record<FormatName, (payload: any) => string>>> = {
  ecs: ({ event }) => event.original,
  otlp: ({ attributes }) =>
    attributes.find(({ key }: { key: string }) => key === "log.record.original").value.stringValue,
};

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
