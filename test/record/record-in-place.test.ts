import { expect, it } from "vitest";
import { RecordInPlace } from "../../src/record/record-in-place.ts";
import { inPlace } from "../fake/in-place.ts";

const own = {
  seq: 5,
  source: "prod",
  uid: "0123456789abcdef0123456789abcdef",
  day: 20_000,
  bytes: Buffer.from("an entry"),
  late: true,
  fault: "not_json",
  observed: { seconds: 7, nanos: 8 },
};
const seen = ({ seq, source, uid, day, bytes, late, fault, observed }: RecordInPlace) =>
  ({ seq, source, uid, day, bytes, late, fault, observed }) as const;

it("becomes a record that has memory of its own, of whatever kind", () => {
  const place = new RecordInPlace();
  place.become(own);
  expect(seen(place)).toEqual(own);
  expect(place.memory).toBe(own.bytes);
  expect(place.uidAt).toBe(-1);
  const list = Uint8Array.from([9, 8, 7]).subarray(1);
  place.become({ ...own, bytes: list, fault: undefined });
  expect(seen(place)).toEqual({ ...own, bytes: Buffer.from([8, 7]), fault: undefined });
  expect([place.from, place.to, place.memory[0], place.memory.length]).toEqual([0, 2, 8, 2]);
});

it("reads uid and bytes of one among others where they stand", () => {
  for (const behind of ["", "others"]) expect(seen(inPlace(own, behind))).toEqual(own);
});
