import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  greatestTransaction,
  mostAroundData,
  NotRelp,
  type RelpFrame,
  relpFrames,
  writeRelpFrame,
} from "../../../src/output/syslog/relp-frame.ts";

/** Everything that pieces say. */
function heard(...pieces: (string | Buffer)[]): RelpFrame[] {
  const frames: RelpFrame[] = [];
  const parser = relpFrames((frame) => frames.push(frame));
  for (const piece of pieces) parser.push(Buffer.from(piece as string, "latin1"));
  return frames;
}

function written(frame: RelpFrame): Buffer {
  const into = Buffer.alloc(frame.data.length + mostAroundData);
  return into.subarray(0, writeRelpFrame(into, 0, frame));
}

const frame = (transaction: number, command: string, data: string) => ({
  transaction,
  command,
  data: Buffer.from(data),
});

describe("frames of RELP", () => {
  it("are written as the specification has them", () => {
    expect(written(frame(1, "open", "relp_version=0")).toString()).toBe("1 open 14 relp_version=0\n");
    expect(written(frame(2, "syslog", "é")).toString()).toBe("2 syslog 2 é\n");
    expect(written(frame(greatestTransaction, "close", "")).toString()).toBe("999999999 close 0\n");
  });

  it("are heard one behind the other, with and without data", () => {
    expect(heard("1 rsp 6 200 OK\n0 serverclose 0\n7 rsp 0 \n")).toEqual([
      frame(1, "rsp", "200 OK"),
      frame(0, "serverclose", ""),
      frame(7, "rsp", ""),
    ]);
    expect(heard("1 rsp 12 200 OK\nx=1 2\n")).toEqual([frame(1, "rsp", "200 OK\nx=1 2")]);
  });

  it("are heard however they are cut, and are what was written", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            transaction: fc.integer({ min: 0, max: greatestTransaction }),
            command: fc.constantFrom("rsp", "serverclose"),
            data: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
          }),
          { maxLength: 8 },
        ),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }),
        (frames, sizes) => {
          const bytes = Buffer.concat(frames.map(written));
          const pieces: Buffer[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] as number;
            pieces.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(heard(...pieces)).toEqual(frames);
        },
      ),
    );
  });

  it.each([
    ["another protocol", "220 mail.example ESMTP\r\n"],
    ["letters in the number", "x1 rsp 6 200 OK\n"],
    ["a number of ten digits", "1234567890 rsp 0\n"],
    ["leading zeros", "01 rsp 0\n"],
    ["more than it says", "1 rsp 6 200 OK and more\n"],
    ["a promise of a megabyte", "1 rsp 1000000 2"],
    ["an endless word", "1 ".padEnd(100, "a")],
    ["no number at all", "\n"],
  ])("are not: %s", (_, text) => {
    expect(() => heard(text)).toThrow(NotRelp);
  });

  it("are never anything but frames or NotRelp, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
        try {
          heard(...pieces.map((piece) => Buffer.from(piece)));
        } catch (error) {
          expect(error).toBeInstanceOf(NotRelp);
        }
      }),
    );
  });
});
