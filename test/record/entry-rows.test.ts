import { describe, expect, it } from "vitest";
import { entryTime } from "../../src/record/entry.ts";
import { EntryRows } from "../../src/record/entry-rows.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";

const regular = (at: number, more = "") =>
  `{"timestamp":"2026-08-20T00:00:0${at % 10}Z","action":"user:login","actor_user_id":${at}${more}}`;

function rowsOf(text: string): EntryRows {
  const rows = new EntryRows();
  rows.begin([Buffer.from(text)]);
  return rows;
}

describe("rows of entries", () => {
  it("show each entry as it is read alone, however many there are, in whatever parts they came", () => {
    const lines = Array.from({ length: 3_000 }, (_, at) => regular(at));
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    const rows = new EntryRows();
    for (const cut of [0, 1, 77, bytes.length - 1]) {
      rows.begin([bytes.subarray(0, cut), bytes.subarray(cut)]);
      for (let at = 0; at < rows.size; ) at = rows.takeRegular(at, 1_000);
      expect(rows.count).toBe(lines.length);
      for (const at of [0, 1, 255, 256, 2_999]) {
        const { bytes: own, entry } = rows.record(at);
        const alone = parseEntry(Buffer.from(lines[at] as string));
        expect(own.toString()).toBe(lines[at]);
        expect(entry?.values).toEqual(alone?.values);
        expect(rows.times[at]).toEqual(alone && entryTime(alone));
        const member = rows.spans[rows.bases[at] as number] as number;
        expect(member).toBe(1);
      }
    }
  });

  it("take no line that is not regular, says not what happened or when, or is too long", () => {
    const odd = [
      regular(1, ',"actor_email":"a\\u0040b"'),
      regular(1, ',"unknown":1'),
      regular(1, ',"action":"again"'),
      `${regular(1)} `,
      `${regular(1)}x`,
      regular(1).slice(0, -1),
      regular(1).replace("user:login", ""),
      regular(1).replace('"user:login"', "7"),
      regular(1).replace("2026", "2150"),
      regular(1).replace("2026-08-20T", "yesterday"),
      regular(1, `,"actor_email":"${"x".repeat(1_000)}"`),
      "",
    ];
    for (const line of odd) expect(rowsOf(`${line}\n`).takeRegular(0, 1_000), line).toBe(-1);
    expect(rowsOf(regular(1)).takeRegular(0, 1_000)).toBe(-1);
  });

  it("see nothing of what was there before", () => {
    const rows = rowsOf(`${regular(1)}\n${regular(2)}\n`);
    for (let at = 0; at < rows.size; ) at = rows.takeRegular(at, 1_000);
    expect(rows.count).toBe(2);
    rows.begin([Buffer.from(regular(3))]);
    expect([rows.count, rows.takeRegular(0, 1_000)]).toEqual([0, -1]);
  });
});
