import fc from "fast-check";
import { expect, it } from "vitest";
import { KindTable } from "../../src/event/kind.ts";
import { viewOf } from "../../src/text/copy.ts";
import { origin } from "../format/arbitrary-event.ts";

const elsewhere = { ...origin, source: "other" };
const traits = fc.record({
  origin: fc.constantFrom(origin, elsewhere),
  present: fc.nat(15),
  escaped: fc.constantFrom(0, 0, 0, 1, 6),
  code: fc.constantFrom(undefined, 200, 403),
  address: fc.constantFrom(0, 4, 6),
  same: fc.nat(3),
  late: fc.boolean(),
});
const actions = fc.constantFrom("user:login", "user:logout", "project:read", "no:such_action");

it.each([2, 8, 2048])("finds the kind that was asked for, however many there are, in %i places", (places) => {
  const kinds = new KindTable(places);
  fc.assert(
    fc.property(fc.array(fc.tuple(traits, actions), { minLength: 500, maxLength: 2_000 }), (asked) => {
      for (const [wanted, action] of asked) {
        const bytes = Buffer.from(`<${action}>`);
        const find = () => kinds.of(wanted, viewOf(bytes), 1, bytes.length - 1);
        const found = find();
        const { number, written, length, tags, ...rest } = found;
        expect(number).toBeLessThan(places / 2);
        expect(rest).toEqual({ ...wanted, action });
        expect(rest.origin).toBe(wanted.origin);
        expect(Buffer.from(written.buffer).toString()).toBe(action);
        expect(length).toBe(action.length);
        expect(tags).toEqual([
          ...(action === "no:such_action" ? ["wandb_unknown_action"] : []),
          ...(wanted.late ? ["wandb_late"] : []),
        ]);
        expect(find()).toBe(found);
      }
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

it("remembers all kinds until half of its places are taken, each under a number of its own", () => {
  const kinds = new KindTable(512);
  const wanted = { origin, present: 1, escaped: 0, code: 200, address: 4, same: 0, late: false };
  const find = (at: number) => {
    const bytes = Buffer.from(`some:action_${at}`);
    return kinds.of(wanted, viewOf(bytes), 0, bytes.length);
  };
  const found = Array.from({ length: 256 }, (_, at) => find(at));
  expect(new Set(found.map(({ number }) => number)).size).toBe(256);
  for (const [at, kind] of found.entries()) expect(find(at)).toBe(kind);
  expect(find(256).number).toBe(0);
  expect(find(0)).not.toBe(found[0]);
});
