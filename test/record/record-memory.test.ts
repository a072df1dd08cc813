import { expect, it } from "vitest";
import { parseEntry } from "../../src/record/parse-entry.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { recordMemory } from "../../src/record/record-memory.ts";
import { keptMemory } from "../fake/kept-memory.ts";

function recordOf(text: string): RawRecord {
  const bytes = Buffer.from(text);
  const entry = parseEntry(bytes);
  return entry === undefined ? { bytes, fault: "not_json" } : { bytes, entry };
}

const wide = `{${Array.from({ length: 4000 }, (_, at) => `"${at}":1`).join()}}`;

it.each([
  ["a byte", "7", 50_000],
  ["an empty object", "{}", 50_000],
  ["an entry", '{"timestamp":"2026-08-01T00:00:00Z","action":"project:read","a":1,"b":2}', 20_000],
  ["an entry that is not in Latin letters", `{"action":"${"欠".repeat(2000)}"}`, 2000],
  ["thousands of members", wide, 300],
])("%s takes no more memory than it is counted with", (_, text, count) => {
  const before = keptMemory();
  const records = Array.from({ length: count }, () => recordOf(text));
  const took = (keptMemory() - before) / count;
  expect(took).toBeLessThan(recordMemory(records[0] as RawRecord) * 1.2);
});

it("what is ordinary is not counted many times over", () => {
  const ordinary = `{"timestamp":"2026-08-01T00:00:00Z",${Array.from({ length: 12 }, (_, at) => `"some_key_${at}":"a value of it"`).join()}}`;
  expect(recordMemory(recordOf(ordinary))).toBeLessThan(5 * ordinary.length);
});
