import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelBytes, kernelPlaces } from "../../../src/kernel/kernel.ts";
import { EntryRows } from "../../../src/record/entry-rows.ts";
import { readRows } from "../../../src/source/wandb-log/read-rows.ts";
import { decodeChunk, isChunk } from "../../../src/spool/chunk/chunk-codec.ts";
import { NewRecords } from "../../../src/spool/chunk/new-records.ts";
import { misdatedDay } from "../../../src/spool/spool-state.ts";
import type { Instant } from "../../../src/time/clock.ts";
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
    const bytes = Buffer.from(Uint8Array.from(Buffer.from("..entry..")).buffer).subarray(2, 7);
    one.add(record("a", { late: true, bytes }));
    expect(texts(one)).toEqual(["entry"]);
    expect([one.count, one.bytes, one.newest]).toEqual([1, 5, ms]);
    expect(one.days.get(today)).toEqual({ new: 1, late: 1, unparseable: 0 });
    const [chunk] = one.chunks;
    expect(
      decodeChunk({ ...place, count: 1, bytes: Uint8Array.from(chunk?.bytes ?? []) }).record(1),
    ).toMatchObject({
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

  it("are the same from rows, whatever their length and how many fit, for the books of any day", () => {
    const line = fc.record({
      second: fc.integer({ min: 10, max: 59 }),
      user: fc.constantFrom("7", '"QXJ0"', "0", '"7"', '"null"', `"${"u".repeat(33)}"`, undefined),
      action: fc.constantFrom("a", "a", "team:create_service_account", "team:create_service_accounx"),
      filler: fc.oneof(fc.nat(40), fc.nat(600), fc.constantFrom(12_000, 16_000)),
    });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 15 }),
        fc.constantFrom(1, 30, 100),
        fc.constantFrom(today, misdatedDay),
        fc.boolean(),
        (wanted, times, day, late) => {
          const lines = wanted.map(
            ({ second, user, action, filler }) =>
              `{"timestamp":"2026-08-01T10:00:${second}Z","action":"${action}",${user === undefined ? "" : `"actor_user_id":${user},`}"user_asset":${second},"cli_version":"${"x".repeat(filler)}"}\n`,
          );
          const rows = new EntryRows();
          readRows(rows, [Buffer.from(lines.join(""))], 20_000);
          const uids = lines.map((_, at) => idOfText(`${at}`));
          const [fromRows, others] = [new NewRecords(), new NewRecords()];
          const middle = Math.floor(lines.length / 2);
          for (let time = 0; time < times; time++) {
            expect(rows.toKernel()).toBe(true);
            kernelBytes.write(uids.join(""), kernelPlaces.rowUidsAt, "latin1");
            fromRows.addRows(rows, 0, middle, day, late);
            fromRows.addRows(rows, middle, rows.count, day, !late);
            for (const [at, uid] of uids.entries()) {
              const { bytes, entry } = rows.record(at);
              const made = { uid, day, late: late === at < middle, time: rows.times[at] as Instant, bytes };
              others.add({ ...made, ...(entry && { entry }) });
            }
          }
          const all = ({ chunks, count, bytes, newest, days, active }: NewRecords) => ({
            ...{ count, bytes, newest, days: [...days] },
            chunks: chunks.map((chunk) => ({
              ...chunk,
              bytes: chunk.bytes.toString("latin1"),
              days: [...chunk.days],
            })),
            active: [...active.days()].map(([of, users]) => [of, [...users]]),
            services: [...active.serviceAccounts()],
          });
          expect(all(fromRows)).toEqual(all(others));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are as many in a chunk as otherwise, also of the smallest rows", () => {
    const line = '{"timestamp":"2026-08-01T10:00:00Z","action":"a"}\n';
    const rows = new EntryRows();
    readRows(rows, [Buffer.from(line.repeat(3_000))], 1_000);
    expect(rows.toKernel()).toBe(true);
    const made = new NewRecords();
    for (let time = 0; time < 6; time++) made.addRows(rows, 0, rows.count, today, false);
    expect(made.chunks.map(({ count }) => count)).toEqual([8_192, 8_192, 1_616]);
    expect(texts(made)).toEqual(Array.from({ length: 18_000 }, () => line.trimEnd()));
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
