import { expect, it } from "vitest";
import type { Manifest, SignedManifest } from "../../src/archive/manifest.ts";
import { gatherMonth, unseenArchive } from "../../src/evidence/month-archive.ts";

function signed(number: number, fields: Partial<Manifest>): SignedManifest {
  return {
    manifest: {
      ...{ version: 1, number, date: "2026-09-09", written: "2026-09-09T01:00:00Z", previous: null },
      ...{ recovered: null, days: [], files: [], gaps: [], dead_letters: [] },
      ...fields,
    },
    ...{ hash: `hash ${number}`, fingerprint: "ef", isSigned: true },
  };
}
const file = (name: string) => ({ name, size: 100, sha256: "ab", records: 4 });
const day = (text: string, closing: number) => ({
  ...{ source: "prod", instance: "acme", day: text, closing, closed_at: "2026-09-01T00:00:00Z" },
  ...{ records: 5, identities: 4, digest: `digest ${closing}`, kept: 5, outputs: [] },
});
const chain = { faults: [], manifests: 5, files: 3, records: 12, fingerprints: ["ef"], unattested: 0 };

it("has the manifests that are of the month, or name a day or a file of it", () => {
  const gathered = gatherMonth("2026-08", { head: "hash 2", at: Date.parse("2026-09-09T02:00:00Z") });
  for (const each of [
    signed(0, { date: "2026-07-31", days: [day("2026-07-20", 1)] }),
    signed(1, { date: "2026-08-31" }),
    signed(2, { days: [day("2026-08-31", 1)] }),
    signed(3, { files: [file("old/year=2026/month=08/day=31/a.ndjson.gz")] }),
    signed(4, { files: [file("year=2026/month=09/day=01/a.ndjson.gz")] }),
    signed(5, { days: [day("2026-08-31", 2)], recovered: "an older state was restored" }),
    signed(6, { written: "2026-09-09T03:00:00Z" }),
  ])
    gathered.add(each);
  const archive = gathered.archive("memory", chain);
  expect(archive.manifests.map(({ number }) => number)).toEqual([1, 2, 3, 5]);
  expect(archive.manifests.at(-1)).toMatchObject({ days: 1, recovered: "an older state was restored" });
  // Of those behind the known one the last was written after the state was asked.
  expect(archive).toMatchObject({ head: "hash 2", ahead: 3 });
  // The later closing supersedes the earlier one.
  expect(archive.days).toEqual([
    { source: "prod", day: "2026-08-31", closing: 2, digest: "digest 2", manifest: 5 },
  ]);
  expect(archive.stored).toEqual({ files: 1, records: 4, bytes: 100 });
});

it("says why it could not be looked at", () => {
  expect(unseenArchive("memory", "not_found: gone")).toMatchObject({
    chain: null,
    trouble: "not_found: gone",
  });
});

it("knows which manifests follow one that is signed with another key, and none to be ahead of no known one", () => {
  const gathered = gatherMonth("2026-09", { head: undefined, at: Date.now() });
  gathered.add(signed(0, {}));
  gathered.add({ ...signed(1, {}), fingerprint: "01" });
  gathered.add({ ...signed(2, {}), fingerprint: "01" });
  const { manifests, head, ahead } = gathered.archive("memory", chain);
  expect(manifests.map((each) => each.after_other_key)).toEqual([false, true, false]);
  expect([head, ahead]).toEqual([null, 0]);
});
