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
  const gathered = gatherMonth("2026-08");
  for (const each of [
    signed(0, { date: "2026-07-31", days: [day("2026-07-20", 1)] }),
    signed(1, { date: "2026-08-31" }),
    signed(2, { days: [day("2026-08-31", 1)] }),
    signed(3, { files: [file("old/year=2026/month=08/day=31/a.ndjson.gz")] }),
    signed(4, { files: [file("year=2026/month=09/day=01/a.ndjson.gz")] }),
    signed(5, { days: [day("2026-08-31", 2)], recovered: "an older state was restored" }),
  ])
    gathered.add(each);
  const archive = gathered.archive({ where: "memory", head: "x", chain });
  expect(archive.manifests.map(({ number }) => number)).toEqual([1, 2, 3, 5]);
  expect(archive.manifests.at(-1)).toMatchObject({ days: 1, recovered: "an older state was restored" });
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
