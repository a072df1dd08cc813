import fc from "fast-check";
import { knownKeys } from "../../src/record/known-keys.ts";
import { writtenTexts } from "../record/written-texts.ts";

/** A value as it stands in the line. */
class Written {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

const written = writtenTexts.map((json) => new Written(json));
const people = fc.constantFrom("ann@example.com", "bob@example.com", "é😀", "two words ", "x", "");
const names = fc.oneof(
  { weight: 3, arbitrary: people },
  { weight: 1, arbitrary: written },
  { weight: 1, arbitrary: fc.constantFrom("a=b\\c|d]", 'the "final" one') },
);
const others = fc.oneof(
  { weight: 15, arbitrary: people },
  { weight: 1, arbitrary: written },
  { weight: 1, arbitrary: fc.constant("a=b\\c|d]") },
);
const ids = fc.oneof(
  { weight: 10, arbitrary: fc.nat(99_999) },
  { weight: 9, arbitrary: fc.constantFrom(0, "0", "77", "abc=", 1e15, 1e300) },
  { weight: 1, arbitrary: written },
);
const digest = fc.constantFrom("6f1ed002ab5595859014ebf0951522d9", "a", "y".repeat(300), "z".repeat(1_100));
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  timestamp: fc.constantFrom(
    "2026-08-01T13:12:14Z",
    "2026-08-01T13:12:14Z",
    "2026-08-01T13:12:15Z",
    "2026-08-01T13:12:15.25Z",
    "1970-01-01T00:00:00Z",
    "never",
    new Written('"2026-08-01T13:12:14\\u005a"'),
  ),
  action: fc.constantFrom(
    "artifact:read",
    "user:login",
    "team:invite_user",
    "api_key:create",
    "x:y z",
    "odd one ",
    new Written('"artifact\\u003aread"'),
    new Written('"x:\\"y\\""'),
  ),
  response_code: fc.constantFrom(200, 302, 403, 500, 99, "200", 1000),
  actor_ip: fc.constantFrom(
    ...[
      "203.0.113.24",
      "10.0.0.1",
      "2001:db8::1",
      "2001:DB8::1",
      "1.2.3.4, 5.6.7.8",
      "1.2.3.4:80",
      "01.2.3.4",
      "?",
      new Written('"10.0.0.\\u0031"'),
    ],
  ),
  cli_version: fc.constantFrom("0.21.0", "0.22.1rc1", " 1"),
  artifact_digest: digest,
};

/** Written in the order of `knownKeys`, with few sets of keys and few values: kinds come again and again. */
const sets = fc.constantFrom<readonly string[]>(
  ["timestamp", "action", "actor_user_id", "actor_email", "actor_ip", "response_code", "cli_version"],
  [
    "timestamp",
    "action",
    "actor_user_id",
    "actor_email",
    "user_asset",
    "user_email",
    "response_code",
    "actor_ip",
  ],
  [
    "timestamp",
    "action",
    "actor_email",
    "entity_asset",
    "entity_name",
    "project_name",
    "report_name",
    "actor_ip",
  ],
  ["timestamp", "action", "artifact_asset", "artifact_digest", "artifact_qualified_name", "response_code"],
  ["timestamp", "action"],
  [...knownKeys],
);

function anyOf(key: string): fc.Arbitrary<unknown> {
  if (key.endsWith("_name")) return names;
  return values[key] ?? (key.endsWith("_asset") || key.endsWith("_id") ? ids : others);
}

type Line = readonly (readonly [key: string, value: unknown])[];

function bytesOf(line: Line): Buffer {
  const members = line.map(
    ([key, value]) => `"${key}":${value instanceof Written ? value.json : JSON.stringify(value)}`,
  );
  return Buffer.from(`{${members.join(",")}}`);
}

const noExtra = ["", "", "", "", "", ""];

/** A line as servers write them, odd values among them, and now and then another key. */
const line: fc.Arbitrary<Line> = sets
  .chain((keys) =>
    fc.tuple(
      fc.constant(keys),
      fc.tuple(...keys.map(anyOf)),
      fc.constantFrom(...noExtra, "extra", "entity_n\\u0061me"),
    ),
  )
  .map(([keys, all, extra]) => [
    ...keys.map((key, at): [string, unknown] => [key, all[at]]),
    ...(extra === "" ? [] : [[extra, "value"] as const]),
  ]);

/** One such line. */
export const lines: fc.Arbitrary<Buffer> = line.map(bytesOf);

/** What a kind settles; the other values of a log's lines differ. */
const settled: ReadonlySet<string> = new Set(["action", "response_code"]);

/** Lines of one set of keys, one action and one code. */
export const logs: fc.Arbitrary<readonly Buffer[]> = line.chain((first) =>
  fc
    .array(fc.tuple(...first.map(([key, value]) => (settled.has(key) ? fc.constant(value) : anyOf(key)))), {
      minLength: 10,
      maxLength: 60,
    })
    .map((all) => all.map((each) => bytesOf(first.map(([key], at) => [key, each[at]])))),
);
