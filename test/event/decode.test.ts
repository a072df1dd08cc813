import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../../src/event/decode.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { documentedKeys, undocumentedKeys } from "../../src/record/known-keys.ts";
import { origin, texts } from "../format/arbitrary-event.ts";
import { textOnly } from "../format/text-only.ts";

const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };

function decoded(bytes: Buffer | string, options: { fault?: string; anonymize?: boolean } = {}): AuditEvent {
  const { fault, anonymize = false } = options;
  const record = {
    seq: 1,
    source: "prod",
    uid: "u",
    day: 0,
    bytes: Buffer.from(bytes),
    late: false,
    observed,
  };
  return decode(fault === undefined ? record : { ...record, fault }, { ...origin, anonymize });
}

describe("decode", () => {
  test("keeps the record's text, the known keys as strings and the event time", () => {
    const text =
      ' {"timestamp":"2026-08-01T13:12:14Z","action":"project:read","actor_user_id":9007199254740993,"response_code":200, "actor_ip":"203.0.113.24:99"}';
    expect(textOnly(decoded(text))).toEqual({
      uid: "u",
      origin,
      observed,
      raw: text,
      time: { seconds: 1_785_589_934, nanos: 0 },
      action: "project:read",
      keys: {
        timestamp: "2026-08-01T13:12:14Z",
        action: "project:read",
        actor_user_id: "9007199254740993",
        response_code: "200",
        actor_ip: "203.0.113.24:99",
      },
      code: 200,
      ip: "203.0.113.24",
      port: 99,
      ips: ["203.0.113.24"],
      unmapped: [],
      tags: [],
    });
  });

  test("takes null, empty text and a numeric id of 0 as absent, but not version 0 or the text 0", () => {
    const { keys, tags } = decoded(
      '{"timestamp":"2026-08-01T13:12:14Z","action":"run:stop","entity_asset":null,"user_email":"","actor_user_id":0,"project_asset":-0.0,"run_asset":0e1,"artifact_version_index":0,"report_asset":"0"}',
    );
    expect(keys).toEqual({
      timestamp: "2026-08-01T13:12:14Z",
      action: "run:stop",
      artifact_version_index: "0",
      report_asset: "0",
    });
    expect(tags).toEqual([]);
  });

  test.each(["true", "[1]", '{"a": 1}'])("moves %s in a known key to the unmapped", (value) => {
    const { keys, unmapped, tags } = decoded(
      `{"timestamp":"2026-08-01T13:12:14Z","action":"run:stop","user_asset":${value}}`,
    );
    expect(keys.user_asset).toBeUndefined();
    expect(unmapped).toEqual([["user_asset", value.replaceAll(" ", "")]]);
    expect(tags).toEqual(["wandb_type_mismatch"]);
  });

  test("keeps unknown keys as JSON of one line, sorted", () => {
    const { unmapped, tags } = decoded(
      '{"timestamp":"2026-08-01T13:12:14Z","action":"run:stop","z":null,"b":[ 1.0,\n2 ],"a":"x\\u2028\\ny","__proto__":{"polluted":1e400}}',
    );
    expect(unmapped).toEqual([
      ["__proto__", '{"polluted":1e400}'],
      ["a", '"x\\u2028\\ny"'],
      ["b", "[1.0,2]"],
      ["z", "null"],
    ]);
    expect(tags).toEqual(["wandb_schema_extra"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test.each(["1785589934", '"yesterday"', '"1969-12-31T23:59:59Z"', "true"])(
    "puts the timestamp %s where it can be seen",
    (value) => {
      const { time, keys, unmapped, tags } = decoded(`{"timestamp":${value},"action":"run:stop"}`);
      expect(time).toBeUndefined();
      expect(keys.timestamp).toBeUndefined();
      expect(unmapped).toEqual([["timestamp", value]]);
      expect(tags.at(-1)).toBe("wandb_timestamp_invalid");
    },
  );

  test("trims ASCII white space off the action and knows it in any case", () => {
    const { action, keys, tags } = decoded(
      '{"timestamp":"2026-08-01T13:12:14Z","action":" \\t\\u000bRun:Stop\\r\\n"}',
    );
    expect([action, keys.action, tags]).toEqual(["Run:Stop", "Run:Stop", []]);
    expect(decoded('{"timestamp":"2026-08-01T13:12:14Z","action":"\\u00a0run:stop"}').tags).toEqual([
      "wandb_unknown_action",
    ]);
  });

  test.each(['""', '"  "', "null", "{}"])("calls the action %s unknown", (value) => {
    const { action, keys, tags } = decoded(`{"timestamp":"2026-08-01T13:12:14Z","action":${value}}`);
    expect(action).toBe("unknown");
    expect(keys.action).toBeUndefined();
    expect(tags.slice(-2)).toEqual(["wandb_action_missing", "wandb_unknown_action"]);
  });

  test.each([
    ["200", 200],
    ['"200"', 200],
    ["200.0", 200],
    ["2e2", 200],
    ["599", 599],
    ["100", 100],
  ])("reads the response code %s", (value, code) => {
    const event = decoded(
      `{"timestamp":"2026-08-01T13:12:14Z","action":"run:stop","response_code":${value}}`,
    );
    expect([event.code, event.keys.response_code, event.tags]).toEqual([code, String(code), []]);
  });

  test.each(["99", "600", "999", "200.5", "-200", "1e400", '"200.0"', '" 200"', '"OK"', "true", "[]"])(
    "does not take %s for a response code",
    (value) => {
      const event = decoded(
        `{"timestamp":"2026-08-01T13:12:14Z","action":"run:stop","response_code":${value}}`,
      );
      expect([event.code, event.keys.response_code]).toEqual([undefined, undefined]);
      expect(event.unmapped).toEqual([["response_code", value]]);
      expect(event.tags).toEqual(["wandb_type_mismatch"]);
    },
  );

  test("tags lists and bad addresses and keeps their text", () => {
    const event = decoded(
      '{"timestamp":"2026-08-01T13:12:14Z","action":"run:stop","actor_ip":"nowhere, 10.0.0.0/8"}',
    );
    expect(event.tags).toEqual(["wandb_ip_list", "wandb_ip_invalid"]);
    expect([event.ip, event.ips, event.keys.actor_ip]).toEqual([undefined, [], "nowhere, 10.0.0.0/8"]);
  });

  test("makes a fault event of what is no entry, and of what the source gave up", () => {
    expect(decoded("<html>")).toEqual({
      uid: "u",
      origin,
      observed,
      raw: "<html>",
      bytes: Buffer.from("<html>"),
      fault: "not_json",
      action: "unknown",
      keys: {},
      ips: [],
      unmapped: [],
      tags: [],
    });
    expect(decoded('{"action":"run:stop"}', { fault: "line_too_long" }).fault).toBe("line_too_long");
    expect(decoded(Buffer.from([0xff, 0x22])).raw).toBe('\ufffd"');
  });

  test("decodes an entry with broken UTF-8 from what can be read of it", () => {
    const bytes = Buffer.concat([
      Buffer.from('{"action":"run:stop","project_name":"a'),
      Buffer.from([0xc3, 0x28, 0xf0]),
      Buffer.from('b"}'),
    ]);
    const event = decoded(bytes);
    expect([event.fault, event.keys.project_name]).toEqual([undefined, "a\ufffd(\ufffdb"]);
  });

  test("never throws, pollutes or loses a key", () => {
    const key = fc.oneof(
      fc.constantFrom<string>(...documentedKeys, ...undocumentedKeys, "__proto__", "constructor", "toString"),
      texts,
    );
    const value = fc.oneof(
      texts,
      fc.jsonValue(),
      fc.integer(),
      fc.constantFrom("200", "::1", "2026-08-01T13:12:14Z"),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 8 }),
        fc.boolean(),
        (members, anonymize) => {
          const text = `{${members.map(([name, json]) => `${JSON.stringify(name)}:${JSON.stringify(json)}`).join(",")}}`;
          const event = decoded(text, { anonymize });
          expect(event.fault).toBeUndefined();
          for (const [name, json] of event.unmapped)
            expect(typeof name === "string" && JSON.parse(json) !== undefined).toBe(true);
          if (!anonymize) {
            const seen = new Set([...Object.keys(event.keys), ...event.unmapped.map(([name]) => name)]);
            for (const [name, json] of members)
              if (json !== null && json !== "" && json !== 0)
                expect(
                  seen.has(name.toWellFormed()) || seen.has(name) || /^\s*$/.test(String(json)),
                  name,
                ).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("decode for a source that is read anonymised", () => {
  const text =
    '{"timestamp":"2026-08-01T13:12:14Z","action":"run:stop","actor_email":"secret@x.example","actor_email":null,"entity_name":"secret","project_name":"secret","report_name":"secret","user_email":"secret","artifact_qualified_name":"secret","artifact_sequence_name":"secret","artifact_digest":"d","actor_user_id":9007199254740993,"n":1.0}';

  test("takes personal data out of the fields and of the original", () => {
    const event = decoded(text, { anonymize: true });
    expect(JSON.stringify(event)).not.toContain("secret");
    expect(event.raw).toBe(
      '{"timestamp":"2026-08-01T13:12:14Z","action":"run:stop","artifact_digest":"d","actor_user_id":9007199254740993,"n":1.0}',
    );
    expect(event.tags).toEqual(["wandb_schema_extra", "wandb_anonymized"]);
  });

  test("leaves an entry alone that has none", () => {
    const bare = '{ "timestamp":"2026-08-01T13:12:14Z", "action":"run:stop" }';
    expect(decoded(bare, { anonymize: true })).toMatchObject({ raw: bare, tags: ["wandb_anonymized"] });
  });

  test("withholds a text that it cannot read", () => {
    const event = decoded('{"actor_email":"secret@x.example",', { anonymize: true });
    expect(event.fault).toBe("not_json");
    expect(event.raw).not.toContain("secret");
  });
});
