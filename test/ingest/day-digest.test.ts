import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { dayDigest, emptyDigest } from "../../src/ingest/day-digest.ts";
import { uidText } from "../../src/ingest/identity.ts";
import { KnownDay } from "../../src/ingest/known-day.ts";
import { NumberColumn } from "../../src/ingest/number-column.ts";
import { systemClock } from "../../src/time/clock.ts";
import { today } from "../fake/records.ts";
import { identity } from "./ledger-reading.ts";

const never = new AbortController().signal;
const sha = (text: string) => createHash("sha256").update(text).digest("hex");

function shownDay(counts: ReadonlyMap<string, number>) {
  const shown = { known: new KnownDay(), times: new NumberColumn(4) };
  for (const [key, count] of counts) shown.times.set(shown.known.numberOf(key), count);
  return shown;
}

it("is what sort and sha256sum make of the uids and how often each was shown", async () => {
  const identities = fc.oneof(
    fc.integer({ min: 0, max: 500 }).map(identity),
    // Alike in their first words, as none are by chance.
    fc.integer({ min: 0, max: 255 }).map((last) => `${"\u0007".repeat(15)}${String.fromCharCode(last)}`),
  );
  const days = fc.array(fc.tuple(identities, fc.integer({ min: 1, max: 40 })), { maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(days, fc.constantFrom(1, 3, 1000), async (pairs, atOnce) => {
      const counts = new Map(pairs);
      const lines = [...counts].map(([key, count]) => `${uidText(key)} ${count}\n`).sort();
      const digest = await dayDigest(today, shownDay(counts), { clock: systemClock, stop: never, atOnce });
      expect(digest).toEqual({
        day: today,
        records: [...counts.values()].reduce((sum, count) => sum + count, 0),
        identities: counts.size,
        digest: sha(lines.join("")),
      });
    }),
  );
});

it("of nothing is that of an empty text", async () => {
  const digest = await dayDigest(today, shownDay(new Map()), { clock: systemClock, stop: never });
  expect(digest).toEqual(emptyDigest(today));
  expect(digest).toEqual({ day: today, records: 0, identities: 0, digest: sha("") });
});

it("ends when it is told to", async () => {
  const stop = AbortSignal.abort(new Error("it is late"));
  const made = dayDigest(today, shownDay(new Map([[identity(1), 1]])), { clock: systemClock, stop });
  await expect(made).rejects.toThrow("it is late");
});
