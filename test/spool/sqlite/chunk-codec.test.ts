import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeChunk, encodeChunk } from "../../../src/spool/sqlite/chunk-codec.ts";
import { record, uidOfText } from "../../fake/records.ts";

const place = { firstSeq: 7, count: 2, source: "prod", observed: { seconds: 1, nanos: 2 } };
const two = () => [
  record("a", { bytes: Buffer.from("first"), late: true }),
  record("b", { bytes: Buffer.from("zweit\u00e9"), fault: "not_json" }),
];

describe("a chunk", () => {
  it("gives back every record as it was put in, numbered from its first", () => {
    const [first, second] = two();
    const decoded = decodeChunk(encodeChunk(two()), place);
    expect(decoded?.map(({ bytes, ...rest }) => ({ ...rest, text: bytes.toString() }))).toEqual([
      {
        seq: 7,
        source: "prod",
        uid: uidOfText("a"),
        day: first?.day,
        late: true,
        observed: place.observed,
        text: "first",
      },
      {
        seq: 8,
        source: "prod",
        uid: uidOfText("b"),
        day: second?.day,
        late: false,
        observed: place.observed,
        fault: "not_json",
        text: "zweité",
      },
    ]);
  });

  it("is none when it is cut anywhere, has something behind it, or holds another number of records", () => {
    const chunk = encodeChunk(two());
    for (let length = 0; length < chunk.length; length++)
      expect(decodeChunk(chunk.subarray(0, length), place), `${length}`).toBeUndefined();
    expect(decodeChunk(Buffer.concat([chunk, Buffer.from([0])]), place)).toBeUndefined();
    expect(decodeChunk(chunk, { ...place, count: 1 })).toBeUndefined();
    expect(decodeChunk(Buffer.concat([Buffer.from([9]), chunk.subarray(1)]), place)).toBeUndefined();
  });

  it("never throws, whatever the disk made of it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(3), (bytes, count) => {
        decodeChunk(Buffer.concat([Buffer.from([1]), bytes]), { ...place, count });
      }),
    );
  });

  it("takes no uid that is none", () => {
    expect(() => encodeChunk([{ ...record("a"), uid: "xyz" }])).toThrow("not a uid");
    expect(() => encodeChunk([{ ...record("a"), uid: "g".repeat(32) }])).toThrow("not a uid");
  });
});
