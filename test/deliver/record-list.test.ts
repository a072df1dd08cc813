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

  it("says so when it is asked for one that it has not", () => {
    expect(() => RecordList.of([]).at(0)).toThrow("this is a bug");
    expect(() => RecordList.of([recordOf(1)]).source(1)).toThrow("this is a bug");
  });
});
