import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordInPlace } from "../../../src/record/record-in-place.ts";
import { decodeChunk, isChunk } from "../../../src/spool/chunk/chunk-codec.ts";
import { newRecords, record, uidOfText } from "../../fake/records.ts";

const place = { firstSeq: 7, count: 2, source: "prod", observed: { seconds: 1, nanos: 2 } };
const two = [
  record("a", { bytes: Buffer.from("first"), late: true }),
  record("b", { bytes: Buffer.from("zweit\u00e9"), fault: "not_json" }),
] as const;
/** The same as a chunk. */
const chunkOfTwo = () => newRecords(...two).chunks[0]?.bytes as Buffer;

describe("a chunk", () => {
  it("gives back every record as it was put in, numbered from its first", () => {
    const [first, second] = two;
    const { record } = decodeChunk({ ...place, bytes: Uint8Array.from(chunkOfTwo()) });
    const decoded = [record(7), record(8)];
    expect(decoded.map(({ bytes, ...rest }) => ({ ...rest, text: bytes.toString() }))).toEqual([
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

  it("shows every record in place as it gives it back", () => {
    const { record, look } = decodeChunk({ ...place, bytes: Uint8Array.from(chunkOfTwo()) });
    const one = new RecordInPlace();
    for (const seq of [7, 8, 7]) {
      look(seq, one);
      const { source, uid, day, bytes, late, fault, observed } = one;
      const shown = { seq: one.seq, source, uid, day, bytes, late, observed };
      expect(fault === undefined ? shown : { ...shown, fault }).toStrictEqual(record(seq));
      expect(one.uidAt).toBeGreaterThan(0);
    }
  });

  it("shows each where it begins, whoever said before where some of them do, and in whatever order", () => {
    const records = Array.from({ length: 20 }, (_, at) =>
      record(`r${at}`, {
        bytes: Buffer.from("x".repeat(at * 7)),
        ...(at % 3 === 0 && { fault: "not_json" }),
      }),
    );
    const bytes = Uint8Array.from(newRecords(...records).chunks[0]?.bytes as Buffer);
    const decoded = () => decodeChunk({ ...place, count: records.length, bytes });
    const one = new RecordInPlace();
    const alone = records.map((_, at) => {
      decoded().look(7 + at, one);
      return { uidAt: one.uidAt, from: one.from, to: one.to };
    });
    const step = fc.tuple(fc.nat(records.length), fc.boolean());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { look, reached, size } = decoded();
        for (const [at, isSaid] of steps)
          if (isSaid || at === records.length) reached(7 + at, alone[at]?.uidAt ?? bytes.length);
          else {
            look(7 + at, one);
            expect({ uidAt: one.uidAt, from: one.from, to: one.to }).toEqual(alone[at]);
            expect(size(7 + at)).toBe(at * 7);
          }
      }),
    );
  });

  it("is none when it is cut anywhere, has something behind it, or holds another number of records", () => {
    const chunk = chunkOfTwo();
    expect(isChunk(chunk, 2)).toBe(true);
    for (let length = 0; length < chunk.length; length++)
      expect(isChunk(chunk.subarray(0, length), 2), `${length}`).toBe(false);
    expect(isChunk(Buffer.concat([chunk, Buffer.from([0])]), 2)).toBe(false);
    expect(isChunk(chunk, 1)).toBe(false);
    expect(isChunk(chunk, 3)).toBe(false);
    expect(isChunk(Buffer.concat([Buffer.from([9]), chunk.subarray(1)]), 2)).toBe(false);
  });

  it("never throws, whatever the disk made of it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(3), (bytes, count) => {
        const chunk = Uint8Array.from([1, ...bytes]);
        if (!isChunk(chunk, count)) return;
        const { record } = decodeChunk({ ...place, count, bytes: chunk });
        for (let at = 0; at < count; at++) record(place.firstSeq + at);
      }),
    );
  });

  it("takes no uid that is none", () => {
    expect(() => newRecords({ ...record("a"), uid: "xyz" })).toThrow("not a uid");
    expect(() => newRecords({ ...record("a"), uid: "g".repeat(32) })).toThrow("not a uid");
  });
});
