import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cimEvent } from "../../../src/format/cim.ts";
import { raw } from "../../../src/format/raw.ts";
import { hecEnvelope, hecFields } from "../../../src/output/splunk-hec/envelope.ts";
import { events, eventWith, texts } from "../../format/arbitrary-event.ts";

const envelope = {
  event: '{"a":1}',
  time: { seconds: 1_785_589_934, nanos: 0 },
  host: "h",
  source: "s",
  sourcetype: "wandb:audit",
  fields: { event_uid: "u" },
};

describe("hecEnvelope", () => {
  it("writes the members in the order of Splunk's documentation", () => {
    expect(hecEnvelope({ ...envelope, index: "security" })).toBe(
      '{"time":1785589934.000,"host":"h","source":"s","sourcetype":"wandb:audit","index":"security","event":{"a":1},"fields":{"event_uid":"u"}}',
    );
  });

  it("leaves the index to the token when none is configured", () => {
    expect(hecEnvelope(envelope)).not.toContain("index");
    expect(hecEnvelope({ ...envelope, index: undefined })).not.toContain("index");
  });

  it("writes the time with exactly three decimals, cut and never rounded", () => {
    const time = (nanos: number) =>
      /^\{"time":([^,]*),/.exec(hecEnvelope({ ...envelope, time: { seconds: 0, nanos } }))?.[1];
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
      fc.property(events, texts, (event, name) => {
        for (const payload of [cimEvent(event), raw(event)]) {
          const text = hecEnvelope({
            ...envelope,
            event: payload,
            host: name,
            index: name,
            fields: hecFields(event),
          });
          const parsed = JSON.parse(text);
          expect(parsed.event).toEqual(JSON.parse(payload));
          expect(
            Object.values(parsed.fields).every((value) => typeof value === "string" && value !== ""),
          ).toBe(true);
          expect(parsed.fields.event_uid).toBe(event.uid);
          expect(text).not.toMatch(/[\r\n]/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("indexes the uid, the outcome and W&B's action", () => {
    expect(hecFields(eventWith({ code: 403 }))).toEqual({
      event_uid: eventWith().uid,
      outcome: "failure",
      wandb_action: "project:read",
    });
  });
});
