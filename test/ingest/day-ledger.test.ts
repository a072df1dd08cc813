import { describe, expect, it } from "vitest";
import { DayLedger } from "../../src/ingest/day-ledger.ts";
import { uidOfText } from "../fake/records.ts";

const identity = (n: number) => uidOfText(String(n));

/** A ledger of one day in its first read. */
function opened(): DayLedger {
  const day = new DayLedger();
  day.begin(1);
  return day;
}

describe("a day's ledger", () => {
  it("gives a new record its ordinal among its twins, and a known one 0", () => {
    const day = opened();
    day.add(Buffer.from(identity(1), "hex"));
    expect([1, 1, 1, 2].map((n) => day.see(identity(n)))).toEqual([0, 2, 3, 1]);
    expect({ known: day.known, seen: day.seen }).toEqual({ known: 4, seen: 4 });
  });

  it("gives away what became new, once, twins repeated", () => {
    const day = opened();
    for (const n of [1, 1, 2]) day.see(identity(n));
    expect(day.takeFresh().toString("hex")).toBe(identity(1) + identity(1) + identity(2));
    expect(day.takeFresh()).toHaveLength(0);
  });

  it("remembers every identity while it grows", () => {
    const day = opened();
    for (let n = 0; n < 5000; n++) expect(day.see(identity(n))).toBe(1);
    day.begin(2);
    for (let n = 0; n < 5000; n++) expect(day.see(identity(n))).toBe(0);
    expect(day.known).toBe(5000);
  });

  it("counts each read anew, also after more reads than its counters can number", () => {
    const day = opened();
    day.see(identity(1));
    for (let read = 2; read < 70_000; read++) {
      day.begin(read);
      if (read % 1000 === 0 || read > 65_000) expect(day.see(identity(1))).toBe(0);
    }
    expect(day.known).toBe(1);
  });

  it("takes about 36 bytes an identity", () => {
    const day = opened();
    for (let n = 0; n < 65_536; n++) day.see(identity(n));
    expect(day.byteLength / 65_536).toBeLessThan(40);
  });
});
