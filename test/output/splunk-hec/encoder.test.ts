import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../src/event/event.ts";
import { formatted } from "../../../src/format/format.ts";
import { type HecContent, hecEncoder } from "../../../src/output/splunk-hec/encoder.ts";
import { agent, events, eventWith, texts } from "../../format/arbitrary-event.ts";
import { formats } from "../../format/texts.ts";

const content: HecContent = {
  index: undefined,
  sourcetype: "wandb:audit",
  source: "s",
  host: "h",
  format: "raw",
  agent,
};
const envelope = (event: AuditEvent, fields: Partial<HecContent> = {}) =>
  formatted(hecEncoder({ ...content, ...fields }))(event);
const small = eventWith({ uid: "u", raw: '{"a":1}', code: 403, time: { seconds: 1_785_589_934, nanos: 0 } });

describe("an envelope", () => {
  it("has the members in the order of Splunk's documentation, and what every event is indexed by", () => {
    expect(envelope(small, { index: "security" })).toBe(
      '{"time":1785589934.000,"host":"h","source":"s","sourcetype":"wandb:audit","index":"security","event":{"a":1},"fields":{"event_uid":"u","outcome":"failure","wandb_action":"project:read","wandb_severity":"5"}}',
    );
  });

  it("leaves the index to the token when none is configured", () => {
    expect(envelope(small)).not.toContain("index");
  });

  it("is from the W&B instance and its address when nothing else is configured", () => {
    const { host, source } = JSON.parse(envelope(small, { host: undefined, source: undefined }));
    expect([host, source]).toEqual([small.origin.instance, small.origin.baseUrl]);
  });

  it("writes the time with exactly three decimals, cut and never rounded", () => {
    const time = (nanos: number) =>
      /^\{"time":([^,]*),/.exec(envelope({ ...small, time: { seconds: 0, nanos } }))?.[1];
    expect(time(999_999_999)).toBe("0.999");
    expect(time(1_000_000)).toBe("0.001");
    expect(time(123_456_789)).toBe("0.123");
    fc.assert(
      fc.property(fc.nat(999_999_999), (nanos) => {
        expect(time(nanos)).toMatch(/^0\.\d{3}$/);
      }),
    );
  });

  it("holds one event with flat fields, whatever the event and the settings hold", () => {
    fc.assert(
      fc.property(events, texts, fc.constantFrom("cim", "raw", "ecs", "ocsf"), (event, name, format) => {
        const text = envelope(event, { host: name, index: name, format });
        const parsed = JSON.parse(text);
        expect(parsed.event).toEqual(JSON.parse(formats[format](agent)(event)));
        expect(Object.values(parsed.fields).every((value) => typeof value === "string" && value !== "")).toBe(
          true,
        );
        expect(parsed.fields.event_uid).toBe(event.uid);
        expect(text).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 200 },
    );
  });
});
