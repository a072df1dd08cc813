import { describe, expect, it } from "vitest";
import { doubted, known, Showing, waits } from "../../src/ingest/showing.ts";
import { Twins } from "../../src/ingest/twins.ts";

/** A read of an identity of which twins with these digests are known. */
function begin(digests: readonly number[], before = 0) {
  const twins = new Twins();
  for (const digest of digests) twins.add(digest);
  const key = "5 a" as const;
  const showing = new Showing({
    key,
    shownBefore: () => before,
    earlier: 0,
    earlierDigest: 0,
    page: 0,
    unsure: false,
  });
  const see = (digest: number, page = 0) => {
    const sighting = showing.see(digest, page, twins);
    if (sighting === waits) showing.wait(digest, { bytes: Buffer.from(String(digest)) });
    const { released } = showing.release(twins);
    return [sighting, ...released.map(({ digest, ordinal }) => `${digest} ${ordinal}`)];
  };
  return { twins, showing, see };
}

describe("what a read shows of one identity", () => {
  it("knows the known one by its name, and gives out what waited as soon as that was seen", () => {
    const { see } = begin([1]);
    expect(see(2)).toEqual([waits]);
    expect(see(3)).toEqual([waits]);
    expect(see(1)).toEqual([known, "2 2", "3 3"]);
    expect(see(1)).toEqual([4]);
  });

  it("takes as many for renamed as known ones were not seen", () => {
    const { twins, showing, see } = begin([1, 4]);
    expect([see(2), see(1)]).toEqual([[waits], [known]]);
    const { renamed, released, known: knownOnes, undecided } = showing.end(twins, 0);
    expect({ renamed, released, knownOnes, undecided }).toEqual({
      renamed: [[2, 2]],
      released: [],
      knownOnes: 1,
      undecided: 0,
    });
  });

  it("never lets a name that is not shown replace one that is known", () => {
    const { twins, showing, see } = begin([1]);
    see(0);
    expect(showing.end(twins, 0)).toMatchObject({ renamed: [], known: 1 });
    expect([...twins.tally().known]).toEqual([[1, 1]]);
  });

  it("says of how many it cannot tell which they are: renamed and new in one read", () => {
    const { twins, showing, see } = begin([1]);
    see(2);
    see(3);
    const { undecided, renamed, released } = showing.end(twins, 0);
    expect({ undecided, renamed, released: released.map(({ digest }) => digest) }).toEqual({
      undecided: 1,
      renamed: [[1, 2]],
      released: [3],
    });
    const alike = begin([1]);
    alike.see(2);
    alike.see(2);
    expect(alike.showing.end(alike.twins, 0)).toMatchObject({ undecided: 0, released: [{ digest: 2 }] });
  });

  it("gives what was lost back its own ordinal, whatever comes first", () => {
    const { twins, see } = begin([1, 2, 3]);
    twins.put(1, 1, true);
    twins.put(3, 3, true);
    expect(see(9)).toEqual([waits]);
    expect(see(3)).toEqual([3]);
    expect(see(2)).toEqual([known]);
    expect(see(1)).toEqual([1, "9 4"]);
  });

  it("follows what another read keeps meanwhile", () => {
    const { twins, showing, see } = begin([1]);
    expect(see(2)).toEqual([waits]);
    twins.add(2);
    expect(see(1)).toEqual([known]);
    expect(showing.end(twins, 0)).toMatchObject({ released: [], renamed: [], undecided: 0 });
    expect(twins.known).toBe(2);
  });

  it("takes fewer for renamed where others have kept some meanwhile", () => {
    const { twins, showing, see } = begin([1, 4]);
    see(2);
    expect(showing.end(twins, 1)).toMatchObject({ renamed: [[1, 2]], released: [] });
    const all = begin([1, 4]);
    all.see(2);
    expect(all.showing.end(all.twins, 2)).toMatchObject({
      renamed: [],
      released: [{ digest: 2, ordinal: 3 }],
    });
  });

  it("believes no twin of a digest that shows on two pages only, and decides the others all the same", () => {
    const { twins, showing, see } = begin([1]);
    expect([see(2, 0), see(3, 1), see(2, 1)]).toEqual([[waits], [waits], [doubted]]);
    expect(showing.timesOf(2)).toBe(2);
    expect(see(1, 1)).toEqual([known, "2 2", "3 3"]);
    expect(twins.known).toBe(3);
    const again = begin([1], 2);
    expect([again.see(2, 0), again.see(2, 1), again.see(1, 1)]).toEqual([
      [waits],
      [waits],
      [known, "2 2", "2 3"],
    ]);
    // Known twice, and shown twice on two pages: perhaps once, and the other one has another name now.
    const moved = begin([1, 1]);
    expect([moved.see(1, 0), moved.see(1, 1), moved.see(2, 1)]).toEqual([[known], [known], [waits]]);
    expect(moved.showing.doubts(1)).toBe(true);
    expect(moved.showing.end(moved.twins, 0)).toMatchObject({ known: 1, released: [], postponed: true });
    const onePage = begin([1]);
    expect([onePage.see(2, 4), onePage.see(2, 4), onePage.see(1, 4)]).toEqual([
      [waits],
      [waits],
      [known, "2 2", "2 3"],
    ]);
  });
});
