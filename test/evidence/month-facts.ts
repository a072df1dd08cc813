import type { MonthDay, MonthFacts } from "../../src/evidence/month.ts";
import type { MonthArchive } from "../../src/evidence/month-archive.ts";

/** What a day was closed with. */
export const closing = {
  ...{ at: "2026-08-08T01:00:00.000Z", closings: 1, records: 5, identities: 4 },
  digest: "ab".repeat(32),
};

/** A day that is as it should be. */
export function monthDay(day: string, fields: Partial<MonthDay> = {}): MonthDay {
  const none = { filtered: 0, dead: 0, dropped: 0, skipped: 0, lost: 0, pending: 0 };
  return {
    ...{ source: "prod", day: `2026-08-${day}`, state: "closed", gap: null, closed: closing },
    ...{ kept: 5, late: 1, outputs: [{ output: "siem", delivered: 5, ...none }] },
    ...fields,
  };
}

/** A report of two such days. */
export function monthOf(fields: Partial<MonthFacts> = {}): MonthFacts {
  const days = fields.days ?? [monthDay("01"), monthDay("02")];
  const [total] = days[0]?.outputs ?? [];
  return {
    ...{ month: "2026-08", to_come: 0, made: "2026-09-10T00:00:00.000Z", version: "1.2.3", host: "box" },
    sources: [{ name: "prod", instance: "acme", beside: null }],
    ...{
      days,
      totals: total === undefined ? [] : [{ ...total, delivered: 10, configured: true, left: 0 }],
      dead_letters: [],
    },
    ...{ witnessed: [], losses: [] },
    replaced: [],
    archive: null,
    ...fields,
  };
}

/** An archive that has both of them. */
export function archiveOf(fields: Partial<MonthArchive> = {}): MonthArchive {
  const { digest } = closing;
  const hash = "12".repeat(32);
  const fingerprint = "cd".repeat(32);
  return {
    ...{ where: "file:///srv/audit", trouble: null, head: hash, ahead: 0 },
    chain: {
      ...{ faults: [], manifests: 9, files: 20, records: 300, fingerprints: [fingerprint], unattested: 0 },
      newest: { number: 8, date: "2026-09-09", hash },
    },
    manifests: [
      {
        ...{ number: 8, date: "2026-08-09", hash, fingerprint },
        ...{ files: 2, records: 10, days: 2, recovered: null, after_other_key: false },
      },
    ],
    days: ["2026-08-01", "2026-08-02"].map((day) => ({
      ...{ source: "prod", day, closing: 1, digest, manifest: 8 },
    })),
    stored: { files: 2, records: 10, bytes: 2048 },
    ...fields,
  };
}
