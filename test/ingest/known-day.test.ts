import { describe, expect, it } from "vitest";
import { KnownDay } from "../../src/ingest/known-day.ts";
import { knownBytes } from "../../src/spool/store.ts";
import { knownRecord } from "../fake/records.ts";
import { CountedScratch } from "../fake/scratch.ts";
import { identity } from "./ledger-reading.ts";

const identities = (numbers: readonly number[]) => Buffer.from(numbers.map(identity).join(""), "latin1");
/** Of the identity with the number 1: the digest of each ordinal. */
function twinsOf(day: KnownDay): number[] {
  const at = day.numberOf(identity(1));
  return [...day.twinsOf(at).tally().known].flatMap(([digest, count]) => Array(count).fill(digest));
}

describe("what is known of a day", () => {
  it("gives a record its ordinal among its twins", () => {
    const day = new KnownDay();
    const [one, two] = [day.numberOf(identity(1)), day.numberOf(identity(2))];
    expect([day.add(one, 0), day.add(one, 0), day.add(two, 5), day.add(one, 7)]).toEqual([1, 2, 1, 3]);
    expect([day.count, day.knownOf(one), day.digestOf(one), day.digestOf(two)]).toEqual([4, 3, undefined, 5]);
  });

  it("writes a record as it is loaded", () => {
    const day = new KnownDay();
    const written = new DataView(new ArrayBuffer(knownBytes));
    day.write(day.numberOf(identity(1)), 2, 7, written, 0);
    expect(Buffer.from(written.buffer)).toEqual(knownRecord(identity(1), 7, 2));
    expect(day.identityOf(0)).toBe(identity(1));
  });

  it("of one record believes what was kept last: lost, kept again, renamed", () => {
    const day = new KnownDay();
    const both = Buffer.concat([knownRecord(identity(1), 7, 1), knownRecord(identity(1), 8, 2)]);
    const known = { form: "known", bytes: both } as const;
    const due = { form: "due", bytes: knownRecord(identity(1), 8, 2) } as const;
    const again = { form: "known", bytes: knownRecord(identity(1), 9, 2) } as const;
    const names = { form: "names", bytes: knownRecord(identity(1), 5, 1) } as const;
    day.load([known, due]);
    expect([day.count, ...twinsOf(day)]).toEqual([1, 7]);
    day.load([known, due, again]);
    expect([day.count, ...twinsOf(day)]).toEqual([2, 7, 9]);
    day.load([known, due, again, names]);
    expect([day.count, ...twinsOf(day)]).toEqual([2, 5, 9]);
    // Names of records that are not known say nothing.
    day.load([names]);
    expect([day.count, ...twinsOf(day)]).toEqual([0]);
    expect(day.knownOf(1)).toBe(0);
  });

  it("believes no digest of what is not known any more", () => {
    const day = new KnownDay();
    const at = day.numberOf(identity(1));
    day.add(at, 7);
    day.load([]);
    expect([day.digestOf(at), day.firstDigestOf(at), day.add(at, 7), day.digestOf(at)]).toEqual([0, 0, 1, 7]);
  });

  it("takes what two sources had kept of one log for the same records", () => {
    const day = new KnownDay();
    day.load([
      { form: "identities", source: "a", bytes: identities([1, 1]) },
      { form: "identities", source: "b", bytes: identities([1, 2]) },
      { form: "identities", source: "a", bytes: identities([1]) },
      { form: "identities", source: "b", bytes: identities([1, 1, 1]) },
    ]);
    expect([1, 2, 3].map((n) => day.knownOf(day.numberOf(identity(n))))).toEqual([4, 1, 0]);
    expect(day.add(day.numberOf(identity(1)), 0)).toBe(5);
  });

  it("needs no list for twins that do not differ any more", () => {
    const day = new KnownDay();
    const at = day.numberOf(identity(1));
    day.add(at, 7);
    day.add(at, 8);
    day.change(at, (twins) => twins.rename(new Map([[8, [7]]])));
    expect(day.digestOf(at)).toBeUndefined();
    day.tidy(at);
    expect([day.digestOf(at), day.knownOf(at), day.firstDigestOf(at), day.namesOf(at)]).toEqual([7, 2, 7, 1]);
    day.put(at, 4, 9);
    expect([day.knownOf(at), day.firstDigestOf(at), day.namesOf(at), day.add(at, 1)]).toEqual([3, 7, 3, 3]);
  });

  it("remembers every identity while it grows, in 26 to 32 bytes each", () => {
    const day = new KnownDay();
    const all = Array.from({ length: 65_536 }, (_, n) => identity(n));
    expect(all.every((each, n) => day.add(day.numberOf(each), n) === 1)).toBe(true);
    expect(all.every((each, n) => day.digestOf(day.numberOf(each)) === n)).toBe(true);
    expect(day.count).toBe(65_536);
    expect(day.byteLength / 65_536).toBeLessThan(33);
  });

  it("takes two bytes an identity in memory where there is scratch, beside what is recent", () => {
    const scratch = new CountedScratch();
    const day = new KnownDay(scratch.new, 4_096);
    const count = 200_000;
    for (let n = 0; n < count; n++) expect(day.add(day.numberOf(identity(n)), n & 3)).toBe(1);
    const again = Array.from({ length: count }, (_, n) => day.digestOf(day.numberOf(identity(n))));
    expect(again.every((digest, n) => digest === (n & 3))).toBe(true);
    expect(day.byteLength).toBeLessThan(count * 2.5 + 300_000);
    day.close();
    expect(scratch.open).toBe(0);
  });
});
