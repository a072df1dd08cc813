import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordList } from "../../src/deliver/record-list.ts";
import type { SpooledRecord, SpooledRecords } from "../../src/record/record.ts";

function recordOf(seq: number, source = "prod"): SpooledRecord {
  const observed = { seconds: 0, nanos: 0 };
  return { seq, source, uid: "", day: 100 + seq, bytes: Buffer.from(`${seq}`), late: false, observed };
}

describe("a list of records", () => {
  it("makes each record anew, from where it was had", () => {
    let made = 0;
    const records: SpooledRecords = {
      length: 3,
      at: (index) => {
        made += 1;
        return recordOf(11 + index);
      },
    };
    const list = new RecordList();
    for (const place of [0, 2]) list.add(records.at(place) as SpooledRecord, records, place);
    expect([list.length, made]).toEqual([2, 2]);
    expect([list.day(0), list.day(1), list.source(1)]).toEqual([111, 113, "prod"]);
    expect(made).toBe(2);
    expect([...list].map(({ seq }) => seq)).toEqual([11, 13]);
    expect(list.at(1)).toEqual(recordOf(13));
  });

  it("has those of several reads and sources one behind the other", () => {
    const one = [recordOf(1), recordOf(2, "other")];
    const two = [recordOf(3, "other")];
    const list = new RecordList();
    one.forEach((record, at) => {
      list.add(record, one, at);
    });
    list.add(two[0] as SpooledRecord, two, 0);
    expect([...list]).toEqual([...one, ...two]);
    expect([0, 1, 2].map((at) => [list.source(at), list.day(at)])).toEqual([
      ["prod", 101],
      ["other", 102],
      ["other", 103],
    ]);
  });

  it("is the same records as a list of each of them", () => {
    const step = fc.record({
      day: fc.nat(1),
      source: fc.constantFrom("a", "b"),
      list: fc.nat(1),
      gap: fc.nat(1),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const lists: SpooledRecord[][] = [[], []];
        const list = new RecordList();
        const each: SpooledRecord[] = [];
        for (const { day, source, list: which, gap } of steps) {
          const records = lists[which] as SpooledRecord[];
          for (let skipped = 0; skipped < gap; skipped += 1) records.push(recordOf(0));
          const record = { ...recordOf(each.length), day, source };
          list.add(record, records, records.push(record) - 1);
          each.push(record);
        }
        expect([...list]).toEqual(each);
        expect(each.map((_, index) => [list.source(index), list.day(index)])).toEqual(
          each.map(({ source, day }) => [source, day]),
        );
        const told: unknown[] = [];
        list.forEachStretch((source, day, count) => {
          for (let index = 0; index < count; index += 1) told.push([source, day]);
        });
        expect(told).toEqual(each.map(({ source, day }) => [source, day]));
      }),
    );
  });

  it("says so when it is asked for one that it has not", () => {
    expect(() => RecordList.of([]).at(0)).toThrow("this is a bug");
    expect(() => RecordList.of([recordOf(1)]).source(1)).toThrow("this is a bug");
  });
});
