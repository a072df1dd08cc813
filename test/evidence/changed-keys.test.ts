import { expect, it } from "vitest";
import { changedEntries } from "../../src/evidence/changed-keys.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";

const at = "2026-08-01T10:00:00Z";
const entry = (id: string, members: object) => ({
  id,
  entry: parseEntry(Buffer.from(JSON.stringify(members))) ?? expect.unreachable(),
});
const read = { timestamp: at, action: "run:read", actor_user_id: 7, response_code: 200 };

it("pairs what has the same moment and action, the least changed first, each once", () => {
  const gone = [entry("a", read), entry("b", { ...read, actor_user_id: 8 })];
  const there = [
    entry("x", { ...read, actor_user_id: 8, response_code: 403 }),
    entry("y", { ...read, run_asset: 5 }),
  ];
  expect(changedEntries(gone, there)).toEqual([
    { was: "a", is: "y", keys: ["run_asset"] },
    { was: "b", is: "x", keys: ["response_code"] },
  ]);
});

it("pairs nothing of another moment or action", () => {
  const others = [
    entry("x", { ...read, timestamp: "2026-08-01T10:00:01Z" }),
    entry("y", { ...read, action: "run:delete" }),
  ];
  expect(changedEntries([entry("a", read)], others)).toEqual([]);
  expect(changedEntries([], others)).toEqual([]);
});
