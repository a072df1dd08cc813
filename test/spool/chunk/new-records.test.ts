import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeChunk, isChunk } from "../../../src/spool/chunk/chunk-codec.ts";
import { NewRecords } from "../../../src/spool/chunk/new-records.ts";
import { misdatedDay } from "../../../src/spool/spool-state.ts";
import { viewOf } from "../../../src/text/copy.ts";
import { rawRecords } from "../../fake/kept-lines.ts";
import { idOfText, newRecords, record, today, uidOfText } from "../../fake/records.ts";

const place = { firstSeq: 1, source: "prod", observed: { seconds: 1, nanos: 2 } };
const ms = today * 86_400_000;

function texts(records: NewRecords): string[] {
  return records.chunks.flatMap(({ count, bytes }) => {
    expect(isChunk(bytes, count)).toBe(true);
    const { record: found } = decodeChunk({ ...place, count, bytes: Uint8Array.from(bytes) });
    return Array.from({ length: count }, (_, at) => found(1 + at).bytes.toString());
  });
}

describe("new records", () => {
  it("are one chunk until the next one would make it larger than 1.25 MiB, or it has 8,192", () => {
    const large = { bytes: Buffer.alloc(640_000, "x") };
    const three = newRecords(record("a", large), record("b", large), record("c", large));
    expect(three.chunks.map(({ count }) => count)).toEqual([2, 1]);
    expect(texts(three).map(({ length }) => length)).toEqual([640_000, 640_000, 640_000]);
    expect(newRecords(record("a", { bytes: Buffer.alloc(3e6) })).chunks.map(({ count }) => count)).toEqual([
      1,
    ]);
    const many = newRecords(...Array.from({ length: 8_193 }, (_, at) => record(`${at}`)));
    expect(many.chunks.map(({ count }) => count)).toEqual([8_192, 1]);
  });

  it("fit where the memory that a chunk begins with is full, or nearly", () => {
    for (let length = 32_700; length < 32_900; length++) {
      const [first, second] = [Buffer.alloc(length - 200, "x"), Buffer.alloc(100, "y")];
      const both = newRecords(record("a", { bytes: first }), record("b", { bytes: second }));
      expect(texts(both)).toEqual([first.toString(), second.toString()]);
    }
  });

  it("are counted for the books of each day, and the newest that can be is known", () => {
    const time = { seconds: 4e9, nanos: 0 };
    const some = newRecords(
      record("a", { late: true }),
      record("b", { fault: "not_json" }),
      record("c", { day: today - 1, time: { seconds: 5, nanos: 250_000_000 } }),
      record("d", { day: misdatedDay, time }),
    );
    expect([some.count, some.bytes, some.newest]).toEqual([4, 48, ms]);
    expect([...some.days]).toEqual([
      [today, { new: 2, late: 1, unparseable: 1 }],
      [today - 1, { new: 1, late: 0, unparseable: 0 }],
      [misdatedDay, { new: 1, late: 0, unparseable: 0 }],
    ]);
    expect([...(some.chunks[0]?.days ?? [])]).toEqual([
      [today, 2],
      [today - 1, 1],
      [misdatedDay, 1],
    ]);
  });

  it("may stand anywhere in the bytes they came in", () => {
    const one = new NewRecords();
    const memory = viewOf(Buffer.from(Uint8Array.from(Buffer.from("..entry..")).buffer));
    one.addEntry(idOfText("a"), today, true, ms, memory, 2, 7);
    expect(texts(one)).toEqual(["entry"]);
    expect([one.count, one.bytes, one.newest]).toEqual([1, 5, ms]);
    expect(one.days.get(today)).toEqual({ new: 1, late: 1, unparseable: 0 });
    const [chunk] = one.chunks;
    const bytes = Uint8Array.from(chunk?.bytes ?? []);
    expect(decodeChunk({ ...place, count: 1, bytes }).record(1)).toMatchObject({
      uid: uidOfText("a"),
      day: today,
      late: true,
    });
  });

  it("are written as they are, whatever their length, where they stand and what stands behind them", () => {
    const one = fc.record({
      length: fc.oneof(fc.nat(40), fc.nat(600), fc.integer({ min: 1000, max: 1050 }), fc.nat(5_000)),
      before: fc.nat(9),
      behind: fc.nat(9),
      fault: fc.option(fc.string({ maxLength: 9 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 60 }), (wanted) => {
        const made = new NewRecords();
        const all = wanted.map(({ length, before, behind, fault }, at) => {
          const memory = Buffer.from(new ArrayBuffer(before + length + behind));
          memory.forEach((_, place) => {
            memory[place] = place + at;
          });
          const bytes = memory.subarray(before, before + length);
          if (fault === undefined && behind % 2 === 0) {
            const view = new DataView(memory.buffer);
            made.addEntry(idOfText(`${at}`), today, false, ms, view, before, before + length);
          } else
            made.add({ uid: idOfText(`${at}`), day: today, late: false, ...(fault && { fault }), bytes });
          return { bytes: Buffer.from(bytes), uid: uidOfText(`${at}`), ...(fault && { fault }) };
        });
        const [chunk] = made.chunks;
        const { record } = decodeChunk({
          ...{ firstSeq: 1, count: all.length, source: "prod", observed: { seconds: 1, nanos: 2 } },
          bytes: Uint8Array.from(chunk?.bytes ?? []),
        });
        expect(made.chunks).toHaveLength(1);
        for (const [at, { bytes, ...rest }] of all.entries()) {
          expect(record(1 + at)).toMatchObject(rest);
          expect(bytes.equals(record(1 + at).bytes)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("are none once they were kept, and the next ones take the memory of the first chunk", () => {
    const some = newRecords(record("a"), record("b"));
    const memory = some.chunks[0]?.bytes.buffer;
    some.clear();
    expect([some.count, some.bytes, some.newest, [...some.days], some.chunks]).toEqual([
      0,
      0,
      undefined,
      [],
      [],
    ]);
    some.add(record("c"));
    expect(texts(some)).toEqual(['{"name":"c"}']);
    expect([...some.days]).toEqual([[today, { new: 1, late: 0, unparseable: 0 }]]);
    expect([...(some.chunks[0]?.days ?? [])]).toEqual([[today, 1]]);
    expect(some.chunks[0]?.bytes.buffer).toBe(memory);
  });
});

it("forgets who was active when it begins anew", () => {
  const [raw] = rawRecords(['{"timestamp":"2026-07-31T10:00:00Z","action":"a:b","actor_user_id":7}']);
  const made = new NewRecords();
  const time = { seconds: 20_665 * 86_400 + 5, nanos: 0 };
  made.add({ ...raw, uid: "u".repeat(16), day: 20_665, late: false, time, bytes: Buffer.from("{}") });
  expect([...made.active.days()].map(([day, users]) => [day, [...users]])).toEqual([
    [20_665, [{ user: "7", second: 5, name: undefined }]],
  ]);
  made.clear();
  expect([...made.active.days()]).toEqual([]);
});
