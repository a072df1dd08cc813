import { describe, expect, it } from "vitest";
import { decodeChunk, isChunk } from "../../../src/spool/chunk/chunk-codec.ts";
import { NewRecords } from "../../../src/spool/chunk/new-records.ts";
import { misdatedDay } from "../../../src/spool/spool-state.ts";
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
  it("are one chunk until the next one would make it larger than 1 MiB, or it has 8,192", () => {
    const large = { bytes: Buffer.alloc(400_000, "x") };
    const three = newRecords(record("a", large), record("b", large), record("c", large));
    expect(three.chunks.map(({ count }) => count)).toEqual([2, 1]);
    expect(texts(three).map(({ length }) => length)).toEqual([400_000, 400_000, 400_000]);
    expect(newRecords(record("a", { bytes: Buffer.alloc(3e6) })).chunks.map(({ count }) => count)).toEqual([
      1,
    ]);
    const many = newRecords(...Array.from({ length: 8_193 }, (_, at) => record(`${at}`)));
    expect(many.chunks.map(({ count }) => count)).toEqual([8_192, 1]);
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
    one.addEntry(idOfText("a"), today, true, ms, Buffer.from("..entry.."), 2, 7);
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
