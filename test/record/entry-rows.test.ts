import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryTime, spanOf } from "../../src/record/entry.ts";
import { EntryRows } from "../../src/record/entry-rows.ts";
import { place } from "../../src/record/known-keys.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";

const regular = (at: number, more = "") =>
  `{"timestamp":"2026-08-20T00:00:0${at % 10}Z","action":"user:login","actor_user_id":${at}${more}}`;

function rowsOf(text: string): EntryRows {
  const rows = new EntryRows();
  rows.begin([Buffer.from(text)]);
  return rows;
}

/** The users' ids, from the numbers of the rows. */
function idsOf({ bytes, spans, bases, count }: EntryRows): string[] {
  return Array.from({ length: count }, (_, at) => {
    const span = spanOf(spans, bases[at] as number, place.actor_user_id);
    return bytes.toString("latin1", spans[span + 2], spans[span + 3]);
  });
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

  it("have each its own time, whatever came before it", () => {
    const most = 150;
    const one = regular(1);
    const other = regular(2);
    const long = `,"actor_email":"${"x".repeat(most)}"`;
    const lines = [
      one,
      other,
      one.replace("2026", "2150"),
      one.replace("2026-08-20T", "yesterday"),
      one.replace("2026-08-20T00:00:01Z", ""),
      one.replace('"2026-08-20T00:00:01Z"', "20260820"),
      one.replace("user:login", ""),
      regular(1, long),
      regular(2, long),
      one.replace("00:01Z", "00:01.5Z"),
    ];
    const alone = lines.map((line) => {
      const rows = rowsOf(`${line}\n`);
      return rows.takeRegular(0, most) === -1 ? undefined : rows.times[0];
    });
    expect(alone.filter((time) => time !== undefined)).toHaveLength(3);
    fc.assert(
      fc.property(fc.array(fc.nat(lines.length - 1), { minLength: 1, maxLength: 12 }), (which) => {
        const rows = rowsOf(which.map((at) => `${lines[at]}\n`).join(""));
        let next = 0;
        for (const at of which) {
          const from = next;
          next += (lines[at] as string).length + 1;
          expect(rows.takeRegular(from, most)).toBe(alone[at] === undefined ? -1 : next);
        }
        expect(rows.times).toEqual(which.map((at) => alone[at]).filter((time) => time !== undefined));
      }),
    );
  });

  it("see nothing of what was there before", () => {
    const rows = rowsOf(`${regular(1)}\n${regular(2)}\n`);
    for (let at = 0; at < rows.size; ) at = rows.takeRegular(at, 1_000);
    expect(rows.count).toBe(2);
    rows.begin([Buffer.from(regular(3))]);
    expect([rows.count, rows.takeRegular(0, 1_000)]).toEqual([0, -1]);
  });

  it("are those of their own lines, whatever is read or looked at of others in between", () => {
    // As long as each other, with values at other places, and other numbers of them.
    const wholes = [
      (id: number) => regular(id, ',"user_asset":"1234567890123"'),
      (id: number) => regular(1_000_000 + id, ',"user_asset":"123456789"'),
      (id: number) => regular(id, ',"user_asset":1,"run_asset":1'),
      (id: number) => regular(id, ',"user_asset":"123456789012"').replace("}", " }"),
    ].map((write, kind) => (id: number) => ({ line: write(id), id: kind === 1 ? 1_000_000 + id : id }));
    expect(new Set(wholes.map((write) => write(100).line.length)).size).toBe(1);
    const begun = (kinds: readonly number[]) => {
      const all = kinds.map((kind, at) => (wholes[kind] as (typeof wholes)[number])(100 + at));
      return { all, at: 0, next: 0, taken: [] as number[] };
    };
    const kinds = fc.array(fc.nat(3), { minLength: 3, maxLength: 12 });
    const step = fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({
          type: fc.constantFrom("take", "take", "look"),
          which: fc.nat(1),
          kinds: fc.constant([]),
        }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant("begin"), which: fc.nat(1), kinds }) },
    );
    const rows = [new EntryRows(), new EntryRows()];
    fc.assert(
      fc.property(kinds, kinds, fc.array(step, { minLength: 10, maxLength: 60 }), (one, other, steps) => {
        const models = [begun(one), begun(other)];
        const begin = (which: number) => {
          const { all } = models[which] as (typeof models)[number];
          rows[which]?.begin([Buffer.from(all.map(({ line }) => `${line}\n`).join(""))]);
        };
        begin(0);
        begin(1);
        for (const { type, which, kinds: anew } of steps) {
          const [model, own] = [models[which], rows[which]] as [(typeof models)[number], EntryRows];
          const next = model.all[model.next];
          if (type === "look") expect(own.toKernel()).toBe(true);
          else if (type === "begin") {
            models[which] = begun(anew);
            begin(which);
          } else if (next !== undefined) {
            const isOdd = next.line.endsWith(" }");
            model.next += 1;
            model.at += next.line.length + 1;
            expect(own.takeRegular(model.at - next.line.length - 1, 1_000)).toBe(isOdd ? -1 : model.at);
            if (!isOdd) model.taken.push(next.id);
          }
          for (const each of [0, 1])
            expect(idsOf(rows[each] as EntryRows)).toEqual(models[each]?.taken.map(String));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("take the line that they are told, also where one is passed over", () => {
    const lines = [1, 2, 3, 4].map((at) => `${regular(at)}\n`);
    const rows = rowsOf(lines.join(""));
    const size = lines[0]?.length ?? 0;
    for (const at of [0, 2, 3]) expect(rows.takeRegular(at * size, 1_000)).toBe((at + 1) * size);
    expect(idsOf(rows)).toEqual(["1", "3", "4"]);
  });
});
