import fc from "fast-check";
import { expect, it } from "vitest";
import { Unfinished } from "../../src/ingest/allowance.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import type { LookedDay } from "../../src/ingest/looked-day.ts";
import { known } from "../../src/ingest/showing.ts";
import { WitnessRead } from "../../src/ingest/witness-read.ts";
import { type KnownPiece, knownBytes } from "../../src/spool/store.ts";
import { idOfText, today } from "../fake/records.ts";

const names = ["a", "b", "c", "d", "e"] as const;
const counts = fc.tuple(...names.map(() => fc.nat(4)));
type Counts = readonly number[];
const never = () => expect.unreachable("nobody has to look at it");
const raw = () => ({ bytes: Buffer.from("{}") });

/** A ledger that knows so many of each on disk. */
function ledgerOf(onDisk: Counts) {
  const records = names.flatMap((name, at) =>
    Array.from({ length: onDisk[at] ?? 0 }, (_, twin) => {
      const bytes = Buffer.alloc(knownBytes);
      bytes.write(idOfText(name), "latin1");
      bytes.writeUInt32LE(twin + 1, 20);
      return bytes;
    }),
  );
  const load = (): KnownPiece[] => [{ form: "known", bytes: Buffer.concat(records) }];
  return ledger({ load });
}

const shownIn = (part: Counts) => names.flatMap((name, at) => new Array<string>(part[at] ?? 0).fill(name));

/** What is there more of in one than in the other. */
function more(one: Counts, other: Counts): number {
  return names.reduce((sum, _, at) => sum + Math.max(0, (one[at] ?? 0) - (other[at] ?? 0)), 0);
}

it("counts as multisets what is missing and what is too much, however the day is shown", () => {
  fc.assert(
    fc.property(
      counts,
      fc.array(fc.record({ part: counts, order: fc.infiniteStream(fc.nat()) }), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.array(fc.nat(names.length - 1), { maxLength: 6 }),
      (onDisk, parts, meanwhile) => {
        const own = ledgerOf(onDisk);
        const days = new Map<number, LookedDay>();
        // Another source keeps more while it is read.
        const primary = own.read(new Unfinished());
        const kept = [...onDisk];
        const late = [...meanwhile];
        for (const { part, order } of parts) {
          const read = new WitnessRead({ ...own.look(), close: () => {} }, () => {}, days);
          const shown = shownIn(part).map((name) => [name, order.next().value] as const);
          for (const [name] of shown.sort((a, b) => a[1] - b[1])) {
            expect(read.see(today, idOfText(name), 0, 0, raw)).toBe(known);
            const next = late.pop();
            if (next === undefined) continue;
            // The n-th time it shows an identity, that is new when fewer than n are known.
            if (primary.see(today, idOfText(names[next] as string), 0, 0, raw) > 0)
              kept[next] = (kept[next] ?? 0) + 1;
          }
          read.end();
          expect([read.takeDelta().size, read.takeRenamed().size, read.takeDecided()]).toEqual([0, 0, []]);
        }
        const most = names.map((_, at) => Math.max(...parts.map(({ part }) => part[at] ?? 0)));
        const looked = days.get(today);
        if (looked === undefined) return;
        const found = looked.difference(true);
        expect(found).toMatchObject({
          shown: most.reduce((sum, each) => sum + each, 0),
          known: kept.reduce((sum, each) => sum + each, 0),
          missing: { total: more(most, kept) },
          extra: { total: more(kept, most) },
        });
        for (const side of [found.missing, found.extra])
          expect([...side.each.values()].reduce((sum, each) => sum + each, 0)).toBe(side.total);
        expect(looked.difference(false).extra.total).toBe(0);
      },
    ),
  );
});

it("counts what it meets again without looking at it, and only as often as it is known", () => {
  const own = ledgerOf([2, 1, 0, 0, 0]);
  const read = new WitnessRead(own.look(), () => {});
  const numbers = names.slice(0, 2).map((name) => {
    read.see(today, idOfText(name), 0, 0, raw);
    return own.look().known(today).numberOf(idOfText(name));
  });
  expect(numbers).toEqual([0, 1]);
  // The first is known twice, the second has been shown as often as it is known.
  expect(read.seeKnown(today, 0, 2)).toBe(1);
  expect(read.seeKnown(today, 0, 2)).toBe(0);
  expect(read.see(today, idOfText("a"), 0, 0, raw)).toBe(known);
  expect(read.totals(today)).toEqual({ known: 3, seen: 4 });
  read.close();
});

it("takes one entry that is shown on two pages for one, unless two are known", () => {
  for (const [onDisk, missing] of [
    [0, 1],
    [1, 0],
    [2, 0],
  ] as const) {
    const own = ledgerOf([onDisk, 0, 0, 0, 0]);
    const days = new Map<number, LookedDay>();
    const read = new WitnessRead(own.look(), () => {}, days);
    read.see(today, idOfText("a"), 0, 0, raw);
    read.see(today, idOfText("a"), 0, 1, onDisk === 0 ? raw : never);
    expect(days.get(today)?.difference(true)).toMatchObject({
      missing: { total: missing },
      extra: { total: 0 },
    });
  }
});
