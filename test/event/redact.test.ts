import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactor } from "../../src/event/redact.ts";
import type { RedactConfig } from "../../src/schema/redact.ts";
import { Secret } from "../../src/secret/secret.ts";
import { texts } from "../format/arbitrary-event.ts";
import { eventOf } from "../format/vectors.ts";

const key = new Secret("pepper");
const uid = "c0512a32672044b2969474de45b8a721";
const record =
  '{"timestamp":"2026-08-01T13:12:14Z","action":"project:read","actor_user_id":9007199254740993,"actor_email":"Secret","user_email":"Secret","actor_ip":"203.0.113.24","entity_name":"","project_name":null,"note":{"a":[ 1.0 ]}}';

function config(drop: string[], pseudonymize: string[] = []): RedactConfig {
  return { drop, pseudonymize, key };
}

function pseudonym(text: string): string {
  return createHmac("sha256", "pepper").update(text).digest("hex").slice(0, 32);
}

describe("redactor", () => {
  test("leaves what an anonymised source withholds already as it is", () => {
    const shown = eventOf("no JSON at all", uid);
    const withheld = {
      ...shown,
      origin: { ...shown.origin, anonymize: true },
      raw: "(14 characters withheld)",
    };
    expect(redactor(config(["actor_email"]))(withheld).raw).toBe("(14 characters withheld)");
    expect(redactor(config(["actor_email"]))(shown).raw).toMatch(/^\(14 characters withheld/);
  });

  test("drops keys from the fields, the unmapped and the original", () => {
    const event = redactor(config(["actor_email", "user_email", "note", "actor_ip"]))(eventOf(record, uid));
    expect(event).toMatchObject({
      uid,
      raw: '{"timestamp":"2026-08-01T13:12:14Z","action":"project:read","actor_user_id":9007199254740993,"entity_name":"","project_name":null}',
      ips: [],
      unmapped: [],
      tags: [],
    });
    expect(event.keys).toEqual({
      timestamp: "2026-08-01T13:12:14Z",
      action: "project:read",
      actor_user_id: "9007199254740993",
    });
    expect(event.ip).toBeUndefined();
  });

  test("puts a keyed hash in the place of a value: the same for the same, and for a number and its text", () => {
    const redact = redactor(
      config([], ["actor_email", "user_email", "actor_user_id", "note", "entity_name", "project_name"]),
    );
    const event = redact(eventOf(record, uid));
    expect(event.keys.actor_email).toBe(pseudonym("Secret"));
    expect(event.keys.user_email).toBe(event.keys.actor_email);
    expect(event.keys.actor_user_id).toBe(pseudonym("9007199254740993"));
    expect(redact(eventOf('{"actor_user_id":"9007199254740993"}', uid)).keys.actor_user_id).toBe(
      event.keys.actor_user_id,
    );
    expect([event.keys.entity_name, event.keys.project_name]).toEqual([undefined, undefined]);
    expect(event.raw).toContain('"entity_name":"","project_name":null');
    expect(event.raw).not.toContain("Secret");
  });

  test("makes nobody of an id of zero, which is how an absent one is written", () => {
    const keys = [
      { id: "k2", key: new Secret("new") },
      { id: "k1", key: new Secret("old") },
    ];
    const pseudonymize = ["actor_user_id", "user_asset", "response_code"];
    const redact = redactor({ drop: [], pseudonymize, keys } as RedactConfig);
    const event = redact(eventOf('{"actor_user_id":0,"user_asset":-0.0}', uid));
    expect(event.raw).toBe('{"actor_user_id":0,"user_asset":-0.0}');
    expect(event.keys).toEqual({});
    expect(redact(eventOf('{"response_code":0}', uid)).raw).toMatch(/^\{"response_code":"k2_/);
  });

  test("drops rather than pseudonymises a key that is named twice", () => {
    expect(
      redactor(config(["actor_email"], ["actor_email"]))(eventOf(record, uid)).keys.actor_email,
    ).toBeUndefined();
  });

  test("leaves an event alone that has none of the keys", () => {
    const event = eventOf(record, uid);
    expect(redactor(config(["report_name"], ["project_asset"]))(event)).toBe(event);
    expect(redactor(config([]))(event)).toBe(event);
  });

  test("withholds the text of a record that cannot be read", () => {
    const event = redactor(config(["actor_email"]))(eventOf('{"actor_email":"Secret"', uid));
    expect([event.fault, event.uid]).toEqual(["not_json", uid]);
    expect(JSON.stringify(event)).not.toContain("Secret");
  });

  test("leaves nothing of the values anywhere, repeated keys and escaped names included", () => {
    const redact = redactor(config(["actor_email"], ["project_name", "extra"]));
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const line = `{"actor\\u005femail":${JSON.stringify(`${before}canary`)},"actor_email":"canary","project_name":"canary","extra":{"deep":["canary"]},"actor_email":null,"entity_name":${JSON.stringify(after)}}`;
        expect(JSON.stringify(redact(eventOf(line, uid)))).not.toContain("canary");
      }),
    );
  });

  describe("with keys that have ids", () => {
    const day = Date.UTC(2026, 7, 1) / 1000 + 86_400;
    const rotated = (until?: number): RedactConfig => ({
      drop: [],
      pseudonymize: ["actor_email", "project_name", "note"],
      keys: [
        { id: "k2", key: new Secret("salt") },
        { id: "k1", key, ...(until !== undefined && { until }) },
        { key: new Secret("older"), until: 0 },
      ],
    });
    const known = '{"action":"project:read","actor_email":"Secret","user_email":"Secret","project_name":""}';
    const hmac = (secret: string) => createHmac("sha256", secret).update("Secret").digest("hex").slice(0, 32);

    test("says by which key a pseudonym was made, and carries those of older keys beside it", () => {
      const event = redactor(rotated())(eventOf(known, uid));
      expect(event.keys.actor_email).toBe(`k2_${hmac("salt")}`);
      expect(Object.fromEntries(event.unmapped)).toEqual({
        pseudonyms: JSON.stringify({ actor_email: [`k1_${hmac("pepper")}`] }),
      });
      expect(event.tags).toEqual(["wandb_timestamp_invalid"]);
      expect(event.raw).toContain(`"pseudonyms":{"actor_email":["k1_${hmac("pepper")}"]}`);
    });

    test("carries them until their day, by when the event was first seen", () => {
      const carried = (until: number, seconds: number) => {
        const event = { ...eventOf(known, uid), raw: known, observed: { seconds, nanos: 0 } };
        return redactor(rotated(until))(event).raw.includes("k1_");
      };
      expect(carried(day, day - 1)).toBe(true);
      expect(carried(day, day)).toBe(false);
    });

    test("keeps the tag of a record that has a key of its own that nobody knows", () => {
      expect(redactor(rotated())(eventOf(record, uid)).tags).toContain("wandb_schema_extra");
    });

    test("makes the same pseudonyms after a change of keys as the key alone did before", () => {
      const before = redactor(config([], ["actor_email"]))(eventOf(known, uid)).keys.actor_email;
      const redact = {
        drop: [],
        pseudonymize: ["actor_email"],
        keys: [{ id: "k2", key: new Secret("x") }, { key }],
      };
      const event = redactor(redact)(eventOf(known, uid));
      expect(JSON.parse(event.raw).pseudonyms.actor_email).toEqual([before]);
    });

    test("leaves nothing of the values anywhere", () => {
      fc.assert(
        fc.property(texts, (before) => {
          const line = `{"actor_email":${JSON.stringify(`${before}canary`)},"note":{"deep":["canary"]}}`;
          expect(JSON.stringify(redactor(rotated())(eventOf(line, uid)))).not.toContain("canary");
        }),
      );
    });
  });
});
