import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { identityOfFile, isSameFile, type RunNote, readMarker, writeMarker } from "../../src/spool/marker.ts";
import { stateFiles } from "../../src/spool/state-directory.ts";

const folder = mkdtempSync(join(tmpdir(), "marker-"));
afterAll(() => rmSync(folder, { recursive: true }));
const files = stateFiles(folder);
const id = "0123456789abcdef0123456789abcdef";
const note: RunNote = {
  run: 1,
  next: 2,
  host: { id: "00000000000000aa", name: "siem-1.example" },
  file: { inode: 12n, born: 34n },
  ended: false,
};

describe("the marker of a state", () => {
  it("gives back what was written, whatever the numbers", () => {
    const number = fc.integer({ min: 1, max: 0x7fffffff });
    const big = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(
        number,
        fc.option(number, { nil: undefined }),
        big,
        big,
        fc.boolean(),
        (run, next, inode, born, ended) => {
          const written: RunNote = {
            run,
            ...(next !== undefined && { next }),
            host: note.host,
            file: { inode, born },
            ended,
          };
          writeMarker(files, id, written);
          expect(readMarker(files)).toEqual({ existed: true, id, note: written, seenAt: expect.any(Number) });
        },
      ),
      { numRuns: 30 },
    );
  });

  it("of a run is no longer believed when a part of it is missing; the state's id is", () => {
    writeMarker(files, id, note);
    const text = readFileSync(files.marker, "utf8");
    for (const [index] of text.trimEnd().split("\n").slice(2).entries()) {
      const lines = text.split("\n");
      lines.splice(index + 2, 1);
      writeFileSync(files.marker, lines.join("\n"));
      expect(readMarker(files)).toEqual({ existed: true, id });
    }
    writeFileSync(files.marker, Buffer.alloc(100));
    expect(readMarker(files)).toEqual({ existed: true });
    rmSync(files.marker);
    expect(readMarker(files)).toEqual({ existed: false });
  });

  it("tells a file from its copy", () => {
    const [one, other] = [join(folder, "one"), join(folder, "other")];
    writeFileSync(one, "same");
    writeFileSync(other, "same");
    expect(isSameFile(identityOfFile(one), identityOfFile(one))).toBe(true);
    expect(isSameFile(identityOfFile(one), identityOfFile(other))).toBe(false);
    expect(identityOfFile(join(folder, "none"))).toBeUndefined();
  });
});
