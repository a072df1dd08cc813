import { expect, it } from "vitest";
import { isManifest } from "../../src/archive/manifest-form.ts";

const day = {
  ...{ source: "prod", instance: "acme", day: "2026-08-01", closing: 1, closed_at: "2026-08-08T00:00:00Z" },
  ...{ records: 1, identities: 1, digest: "ab", kept: 1 },
  outputs: [
    ...[{ output: "siem", delivered: 1, filtered: 0, dead: 0, dropped: 0, skipped: 0, lost: 0, pending: 0 }],
  ],
};
const manifest = {
  ...{ version: 1, number: 0, date: "2026-08-08", written: "2026-08-08T01:00:00Z" },
  ...{ previous: null, recovered: null, days: [day] },
  files: [{ name: "a", size: 1, sha256: "ab", records: 1 }],
  gaps: [{ source: "prod", day: "2026-08-02", reason: "gone" }],
  dead_letters: [{ output: "siem", reason: "too_large", events: 2 }],
};

it("knows a manifest, with members that a later version may add", () => {
  expect(isManifest(manifest)).toBe(true);
  expect(isManifest({ ...manifest, days: [{ ...day, more: 1 }], more: [] })).toBe(true);
});

it.each([
  null,
  [],
  "text",
  { ...manifest, number: -1 },
  { ...manifest, number: 1.5 },
  { ...manifest, date: "yesterday" },
  { ...manifest, written: 7 },
  { ...manifest, previous: undefined },
  { ...manifest, files: [null] },
  { ...manifest, files: [{ ...manifest.files[0], size: "1" }] },
  { ...manifest, files: [{ ...manifest.files[0], name: 1 }] },
  { ...manifest, files: { length: 1 } },
  { ...manifest, days: [{ ...day, day: "x" }] },
  { ...manifest, days: [{ ...day, outputs: [7] }] },
  { ...manifest, gaps: [1] },
  { ...manifest, dead_letters: "none" },
])("and nothing else: %j", (value) => {
  expect(isManifest(value)).toBe(false);
});
