import fc from "fast-check";
import { actionTable } from "../../src/event/action-table.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { documentedKeys, type KnownKey, undocumentedKeys } from "../../src/record/known-keys.ts";
import type { Origin } from "../../src/record/origin.ts";

export const origin: Origin = {
  source: "prod",
  instance: "mycompany.wandb.io",
  baseUrl: "https://mycompany.wandb.io",
  anonymize: false,
};
export const agent = { name: "wandb-audit-forwarder", version: "0.0.0" };

/** What attackers and broken encoders put into names. */
const hostile = [
  "\r\n<134>1 2026-08-01T00:00:00Z h a - - - forged",
  '"] [x@1 a="',
  "a|b=c\\d",
  "x cs1=spoof",
  '","admin":true,"x":"',
  "\u001b[2J\u009b\u007f\u0000",
  "\u202e\u2066\u2028\u2029\u0085",
  "\ud800 lone",
  "trailing\\",
  "__proto__",
  "constructor",
  "é😀 \t",
];

export const texts = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 40 }) },
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.nat(0xffff), { minLength: 1, maxLength: 20 })
      .map((units) => String.fromCharCode(...units)),
  },
);

const actions = fc.oneof(
  fc.constantFrom(...actionTable.map((row) => row.action)),
  fc.constantFrom(
    "unknown",
    "registry:promote_model",
    "organization:delete_member",
    "user:start_sso_login",
    "constructor:create",
  ),
  texts,
);
const instants = fc.record({ seconds: fc.nat(9_223_372_035), nanos: fc.nat(999_999_999) });
const addresses = fc.oneof(fc.ipV4(), fc.constantFrom("2001:db8::1", "fe80::1"));
const keys = fc.record(
  Object.fromEntries([...documentedKeys, ...undocumentedKeys].map((key) => [key, texts])) as Record<
    KnownKey,
    fc.Arbitrary<string>
  >,
  { requiredKeys: [] },
);
const jsonTexts = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    "9007199254740993",
    "1e400",
    "-0",
    "[ 1,\n\t2 ]",
    '{"__proto__":{"a":1}}',
    "null",
    '"\\ud800"',
    "18446744073709551616",
  ),
  texts.map((text) => JSON.stringify(text)),
);

/** Any event that decoding could produce, and many that it could not. */
export const events: fc.Arbitrary<AuditEvent> = fc
  .record({
    time: fc.option(instants, { nil: undefined }),
    observed: instants,
    action: actions,
    keys,
    code: fc.option(fc.constantFrom(100, 200, 204, 302, 400, 401, 403, 404, 500, 599), { nil: undefined }),
    ips: fc.uniqueArray(addresses, { maxLength: 3 }),
    port: fc.option(fc.nat(65_535), { nil: undefined }),
    unmapped: fc.uniqueArray(fc.tuple(texts, jsonTexts), { selector: ([key]) => key, maxLength: 4 }),
    tags: fc.subarray([
      "wandb_unknown_action",
      "wandb_ip_list",
      "wandb_schema_extra",
      "wandb_timestamp_invalid",
    ]),
    fault: fc.option(fc.constantFrom("not_json", "line_too_long"), { nil: undefined, freq: 8 }),
    text: texts,
  })
  .map(({ time, code, ips, port, fault, text, unmapped, ...rest }) => ({
    ...rest,
    uid: "0123456789abcdef0123456789abcdef",
    origin,
    ips,
    unmapped: unmapped.sort(([a], [b]) => (a < b ? -1 : 1)),
    raw: fault === undefined ? rawOf(rest.keys, unmapped) : text,
    ...(time === undefined ? {} : { time }),
    ...(code === undefined ? {} : { code }),
    ...(ips[0] === undefined ? {} : { ip: ips[0] }),
    ...(port === undefined ? {} : { port }),
    ...(fault === undefined ? {} : { fault, action: "unknown", keys: {}, ips: [], unmapped: [] }),
  }));

function rawOf(
  known: Readonly<Record<string, string>>,
  unmapped: readonly (readonly [string, string])[],
): string {
  const members = [
    ...Object.entries(known).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    ...unmapped.map(([key, json]) => `${JSON.stringify(key)}:${json}`),
  ];
  return `{${members.join(",\t")}}`;
}

/** An ordinary event, changed as a test needs it. */
export function eventWith(changes: Partial<AuditEvent> = {}): AuditEvent {
  const keys = changes.keys ?? {};
  return {
    uid: "c0512a32672044b2969474de45b8a721",
    origin,
    observed: { seconds: 1_785_592_800, nanos: 123_456_789 },
    time: { seconds: 1_785_589_934, nanos: 0 },
    raw: JSON.stringify(keys),
    action: keys.action ?? "project:read",
    keys,
    ips: [],
    unmapped: [],
    tags: [],
    ...changes,
  };
}

/** Without its event time: `undefined` cannot be given as a change. */
export function undated(event: AuditEvent): AuditEvent {
  const { time: _, ...rest } = event;
  return rest;
}

export const faulty: AuditEvent = undated(
  eventWith({ fault: "not_json", raw: 'not json "at all"\\', action: "unknown", keys: {} }),
);
