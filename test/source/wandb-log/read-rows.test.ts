import { expect, it } from "vitest";
import { EntryRows } from "../../../src/record/entry-rows.ts";
import { readRows } from "../../../src/source/wandb-log/read-rows.ts";

const time = '"timestamp":"2026-08-20T00:00:00Z"';
const regular = `{${time},"action":"user:login"}`;

function read(...lines: readonly string[]): readonly string[] | false {
  const rows = new EntryRows();
  const whole = readRows(rows, [Buffer.from(lines.map((line) => `${line}\n`).join(""))], 200);
  if (!whole) return false;
  return Array.from({ length: rows.count }, (_, at) => rows.record(at).bytes.toString());
}

it("dated entries of all kinds become rows, in their order, and blank lines none", () => {
  const escaped = `{${time},"action":"a\\u0041"}`;
  const spaced = `{ ${time}, "action": "x", "unknown": [1] }`;
  const plain = `{${time}}`;
  expect(read(regular, escaped, "", " ", `${regular}\r`, "\r", spaced, plain, regular)).toEqual([
    ...[regular, escaped, regular, spaced, plain, regular],
  ]);
});

it("a line that is anything else leaves all of them to be read one by one", () => {
  for (const other of [
    "{broken",
    '{"action":"undated"}',
    `{${time},"error":"refused"}`,
    `{${time.replace("2026", "2150")},"action":"x"}`,
    `{${time},"action":"${"x".repeat(200)}"}`,
  ])
    expect(read(regular, other, regular), other).toBe(false);
  expect(read("")).toBe(false);
});
