import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NewRecords } from "../../../src/spool/chunk/new-records.ts";
import { LatenessTally, latenessBounds } from "../../../src/spool/lateness.ts";
import type { Store } from "../../../src/spool/store.ts";
import { acme, dayMs, knownRecord, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const open = () => state.open({ sources: ["prod"] });
const latenessOf = (store: Store) => store.sources()[0]?.lateness ?? [];

/** One record, as late as that, that becomes known on a day. */
function keepLate(store: Store, day: number, seconds: number): void {
  const at = day * dayMs + 5_000;
  const tally = new LatenessTally({ from: 0, to: Number.POSITIVE_INFINITY, shownAt: at });
  const records = new NewRecords(tally);
  const name = `${day} ${seconds} ${Math.trunc(store.head())}`;
  records.add(record(name, { time: { seconds: day * 86_400 + 5 - seconds, nanos: 0 } }));
  const known = new Map([[today, knownRecord(uidOfText(name))]]);
  const counts = [{ day: today, fetched: 1, known: 0 }];
  store.append("prod", records, { instance: acme, known, counts }, { seconds: at / 1000, nanos: 0 });
}

describe("how late records came", () => {
  it("is kept with the records, by day", () => {
    const store = open();
    keepLate(store, today, 30);
    keepLate(store, today, 7_000);
    keepLate(store, today + 1, 10);
    const [first, second] = latenessOf(open());
    expect(first).toMatchObject({ day: today, latest: 7_000 });
    expect(first?.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(first?.counts).toHaveLength(latenessBounds.length + 1);
    expect(second).toMatchObject({ day: today + 1, latest: 10 });
  });

  it("is kept of thirty days, the newest", () => {
    const store = open();
    for (let day = 0; day < 35; day++) keepLate(store, today + day, day);
    const days = latenessOf(open());
    expect([days.length, days[0]?.day, days.at(-1)?.latest]).toEqual([30, today + 5, 34]);
  });
});
