import fc from "fast-check";
import { expect, it } from "vitest";
import { KindTable } from "../../src/event/kind.ts";
import { origin } from "../format/arbitrary-event.ts";

const elsewhere = { ...origin, source: "other" };
const traits = fc.record({
  origin: fc.constantFrom(origin, elsewhere),
  present: fc.nat(15),
  code: fc.constantFrom(undefined, 200, 403),
  address: fc.constantFrom(0, 4, 6),
  same: fc.nat(3),
  late: fc.boolean(),
});
const actions = fc.constantFrom("user:login", "user:logout", "project:read", "no:such_action");

it("finds the kind that was asked for, however many there are", () => {
  const kinds = new KindTable(2);
  fc.assert(
    fc.property(fc.array(fc.tuple(traits, actions), { minLength: 500, maxLength: 2_000 }), (asked) => {
      for (const [wanted, action] of asked) {
        const bytes = Buffer.from(`<${action}>`);
        const found = kinds.of(wanted, bytes, 1, bytes.length - 1);
        const { written, tags, ...rest } = found;
        expect(rest).toEqual({ ...wanted, action });
        expect(rest.origin).toBe(wanted.origin);
        expect(written.toString()).toBe(action);
        expect(tags).toEqual([
          ...(action === "no:such_action" ? ["wandb_unknown_action"] : []),
          ...(wanted.late ? ["wandb_late"] : []),
        ]);
        expect(kinds.of(wanted, bytes, 1, bytes.length - 1)).toBe(found);
      }
    }),
    { numRuns: 20 },
  );
});
