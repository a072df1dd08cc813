import { describe, expect, it } from "vitest";
import { compareArchived } from "../../src/evidence/archived-uids.ts";
import { MemoryArchive } from "../fake/memory-archive.ts";

const day = Date.parse("2026-08-01T00:00:00Z") / 86_400_000;
const folder = "year=2026/month=08/day=01/";
const hex = (number: number) => number.toString(16).padStart(32, "0");
const key = (number: number) => Buffer.from(hex(number), "hex").toString("latin1");

function line(uid: number, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    ...{ date: "2026-08-01", uid: hex(uid), source: "prod", instance: "acme" },
    ...{ first_seen: "2026-08-01T10:00:01.000000000Z" },
    record: '{"timestamp":"2026-08-01T10:00:00Z","action":"run:delete"}',
    ...more,
  });
}

function archiveOf(files: Readonly<Record<string, readonly string[]>>): MemoryArchive {
  const archive = new MemoryArchive();
  for (const [name, lines] of Object.entries(files))
    archive.files.set(name, Buffer.from(lines.map((each) => `${each}\n`).join("")));
  return archive;
}

async function compared(store: MemoryArchive, expected: readonly number[]) {
  const seen: number[] = [];
  const { signal: stop } = new AbortController();
  const progress = (records: number) => void seen.push(records);
  const of = { output: "vault", store, instance: "acme", day, stop, progress };
  return { ...(await compareArchived(of, new Set(expected.map(key)))), seen };
}

describe("what is archived of a day", () => {
  it("is compared by uid, over all files of the day and none of another", async () => {
    const store = archiveOf({
      [`${folder}a.ndjson`]: [line(1), line(2)],
      [`${folder}b.ndjson`]: [line(2), line(3)],
      "year=2026/month=08/day=02/a.ndjson": [line(4)],
    });
    expect(await compared(store, [1, 2, 4])).toEqual({
      ...{ output: "vault", files: 2, lines: 4, uids: 3, seen: [2, 4] },
      ...{ missing: 1, missingUids: [hex(4)], unknown: 1, unknownUids: [hex(3)] },
    });
    expect(store.reads).toEqual([`${folder}a.ndjson`, `${folder}b.ndjson`]);
  });

  it("is that of the instance alone, and only entries that have a time in the day", async () => {
    const others = [
      line(2, { instance: "other" }),
      line(3, { fault: "bad_json", record: "x" }),
      line(4, { record: '{"action":"team:delete"}' }),
      line(5, { record: '{"timestamp":"2026-09-01T10:00:00Z","action":"run:delete"}' }),
    ];
    const store = archiveOf({ [`${folder}a.ndjson`]: [line(1), ...others] });
    expect(await compared(store, [1])).toMatchObject({ lines: 1, missing: 0, unknown: 0 });
  });

  it("needs no time of a record that the day has: it may have been taken out", async () => {
    const store = archiveOf({ [`${folder}a.ndjson`]: [line(1, { record: '{"action":"run:delete"}' })] });
    expect(await compared(store, [1])).toMatchObject({ lines: 1, missing: 0, unknown: 0 });
  });

  it("is not made up where a file cannot be read", async () => {
    const store = archiveOf({ [`${folder}a.ndjson`]: ["broken"] });
    await expect(compared(store, [1])).rejects.toMatchObject({ reason: "bad_answer" });
  });
});
