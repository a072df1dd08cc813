import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  faultIdentity,
  faultUid,
  identityOf,
  ledgerIdentity,
  uidOf,
  uidText,
} from "../../src/ingest/identity.ts";
import { type Entry, entryTime } from "../../src/record/entry.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";

const instance = "mycompany.wandb.io";
const vectors = readFileSync(new URL("../data/vectors.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as { input: string; ordinal: number; uid: string });
const observedDay = 20_666;

function read(text: string): Entry {
  const entry = parseEntry(Buffer.from(text));
  if (entry === undefined) throw new Error(`not an entry: ${text}`);
  return entry;
}

function dayOf(entry: Entry): number {
  const time = entryTime(entry);
  return time === undefined ? observedDay : Math.floor(time.seconds / 86_400);
}

function identity(text: string, scope = instance): string {
  const entry = read(text);
  return uidText(identityOf(entry, entryTime(entry), scope, dayOf(entry)));
}

describe("identity", () => {
  test.each(vectors.map((vector, at) => [at + 1, vector] as const))(
    "gives vector %i its uid",
    (_, { input, ordinal, uid }) => {
      const entry = read(input);
      expect(uidText(uidOf(entry, entryTime(entry), instance, dayOf(entry), ordinal))).toBe(uid);
      if (ordinal === 1) expect(identity(input)).toBe(uid);
    },
  );

  test("is what the ledger keeps of a dated entry", () => {
    for (const { input } of vectors) {
      const entry = read(input);
      if (entryTime(entry) !== undefined)
        expect(uidText(ledgerIdentity(entry, entryTime(entry), instance))).toBe(identity(input));
    }
  });

  test("does not depend on key order, white space, escapes, number or string, empty or null keys", () => {
    const forms = [
      '{"timestamp":"2026-08-01T13:12:14Z","action":"project:read","actor_user_id":1042,"x":{"b":1,"a":[ 2 ]}}',
      '{"x":{"a":[2],"b":1},"actor_user_id":"1042","action":"project:read","timestamp":"2026-08-01T15:12:14.000+02:00"}',
      ' { "x" : { "b" : 1 , "a" : [2] } , "action" : "project\\u003aread", "user_asset": null, "entity_asset":"",\n"timestamp":"2026-08-01T13:12:14Z","actor_user_id":1042}',
    ];
    expect(new Set(forms.map((text) => identity(text))).size).toBe(1);
  });

  test("does not depend on what is filled in when the entry is read", () => {
    const bare = '{"timestamp":"2026-08-01T13:12:14Z","action":"project:read"';
    for (const key of [
      "actor_email",
      "user_email",
      "entity_name",
      "project_name",
      "report_name",
      "artifact_digest",
      "artifact_qualified_name",
      "artifact_sequence_name",
      "artifact_version_index",
      "audit_log_error",
    ])
      for (const value of ['"a\\nb"', "3", "true", "{}"])
        expect(identity(`${bare},"${key}":${value}}`)).toBe(identity(`${bare}}`));
  });

  test("differs by time, action, any other key, instance and day", () => {
    const texts = [
      '{"timestamp":"2026-08-01T13:12:14Z","action":"a"}',
      '{"timestamp":"2026-08-01T13:12:14.000000001Z","action":"a"}',
      '{"timestamp":"2026-08-01T13:12:14Z","action":"b"}',
      '{"timestamp":"2026-08-01T13:12:14Z","action":"a","some_future_key":1}',
      '{"timestamp":"2026-08-01T13:12:14Z","action":"a","some_future_key":true}',
      '{"timestamp":"2026-08-01T13:12:14Z","action":"a","some_future_key":"tru\\u0065"}',
      '{"timestamp":"2026-08-01T13:12:14Z","action":"a","some_future_key":["1"]}',
      '{"timestamp":"2026-08-01T13:12:14Z","action":"a","some_future_key":[1]}',
    ];
    const identities = [
      ...texts.map((text) => identity(text)),
      identity(texts[0] as string, "other.example"),
    ];
    expect(new Set(identities).size).toBe(texts.length + 1);
    const undated = read('{"action":"a"}');
    expect(identityOf(undated, undefined, instance, 1)).not.toBe(identityOf(undated, undefined, instance, 2));
  });

  test("tells undated entries apart by the timestamp they claim", () => {
    const ledgerKey = (text: string) => ledgerIdentity(read(text), undefined, instance);
    expect(ledgerKey('{"timestamp":"soon","action":"a"}')).not.toBe(
      ledgerKey('{"timestamp":"later","action":"a"}'),
    );
  });

  test("gives one answer by the quick and by the general way", () => {
    const key = fc.constantFrom(
      "timestamp",
      "action",
      "actor_ip",
      "actor_user_id",
      "project_asset",
      "run_asset",
      "actor_email",
    );
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant("2026-08-01T13:12:14Z"));
    fc.assert(
      fc.property(fc.dictionary(key, value), (record) => {
        // An escape in a key's value is what the quick way leaves to the general one.
        const text = JSON.stringify(record);
        const escaped = text.replaceAll("a", "\\u0061");
        expect(identity(text)).toBe(identity(escaped));
      }),
    );
  });

  test("takes any entry", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), (record) => {
        expect(identity(JSON.stringify(record))).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
    expect(identity('{"x":"\\ud800"}')).not.toBe(identity('{"x":"\\ud801"}'));
  });
});

describe("identity of a record that is no entry", () => {
  test("comes from its bytes, not from their text", () => {
    const [one, two] = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
    expect(uidText(faultIdentity(one, instance))).toMatch(/^[0-9a-f]{32}$/);
    expect(faultIdentity(one, instance)).toBe(faultIdentity(Buffer.from(one), instance));
    expect(faultIdentity(one, instance)).not.toBe(faultIdentity(two, instance));
    expect(
      new Set([faultUid(one, instance, 1, 1), faultUid(one, instance, 1, 2), faultUid(one, instance, 2, 1)])
        .size,
    ).toBe(3);
  });
});
