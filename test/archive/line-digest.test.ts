import { expect, it } from "vitest";
import type { ArchiveLine } from "../../src/archive/line.ts";
import { lineDigest } from "../../src/archive/line-digest.ts";

const entry = {
  timestamp: "2026-08-01T10:00:00Z",
  action: "run:delete",
  actor_user_id: 7,
  project_name: "vision",
};
const line = (record: string, changes: Partial<ArchiveLine> = {}): ArchiveLine => ({
  ...{ date: "2026-08-01", uid: "ab".repeat(16), source: "prod", instance: "acme" },
  ...{ firstSeen: "2026-08-01T10:05:00.000000000Z", isText: true, record: Buffer.from(record) },
  ...changes,
});
const plain = lineDigest(line(JSON.stringify(entry)));

it("is the same whoever saw the record, when, under which names, and in what order of its keys", () => {
  const { action, ...others } = entry;
  const other = line(JSON.stringify({ ...others, action, project_name: "renamed" }), {
    source: "copy",
    firstSeen: "",
    labels: {},
  });
  expect(lineDigest(other)).toBe(plain);
  expect(plain).toHaveLength(16);
});

it("is the same however a nested value was written", () => {
  const nested = (value: string) => lineDigest(line(`{"action":"run:delete","inputs":${value}}`));
  expect(nested('{"a":1,"b":[2,{"d":3,"c":4}]}')).toBe(nested('{ "b": [2, {"c":4, "d":3}], "a": 1 }'));
  expect(nested('[["a",1]]')).not.toBe(nested('{"a":1}'));
  expect(nested("[9007199254740993]")).not.toBe(nested("[9007199254740992]"));
});

it.each([
  ["another value", line(JSON.stringify({ ...entry, actor_user_id: 8 }))],
  ["another day", line(JSON.stringify(entry), { date: "2026-08-02" })],
  ["another instance", line(JSON.stringify(entry), { instance: "other" })],
  ["a fault", line(JSON.stringify(entry), { fault: "not_json" })],
  ["what is no entry", line("no entry", { fault: "not_json" })],
])("%s is something else, whatever its uid says", (_, other) => {
  expect(lineDigest(other)).not.toBe(plain);
});

it("of what is no entry the bytes count", () => {
  const fault = { fault: "not_json" };
  expect(lineDigest(line("no entry", fault))).toBe(lineDigest(line("no entry", fault)));
  expect(lineDigest(line("no entry", fault))).not.toBe(lineDigest(line("no entry.", fault)));
});
