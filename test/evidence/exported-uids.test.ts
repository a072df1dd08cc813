import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compareExported } from "../../src/evidence/exported-uids.ts";

const hex = (number: number) => number.toString(16).padStart(32, "0");
const key = (number: number) => Buffer.from(hex(number), "hex").toString("latin1");
const lines = (texts: readonly string[]) => Readable.from(texts) as AsyncIterable<string>;

it("takes the first uid of a line, whatever stands around it", async () => {
  const texts = [
    "event_uid,_time",
    hex(1),
    `"${hex(2)}",5`,
    `{"uid":"${hex(3).toUpperCase()}","hash":"${"ab".repeat(32)}"}`,
    `${hex(4)} ${hex(5)}`,
    `${"ab".repeat(32)}`,
    "",
  ];
  const found = await compareExported(lines(texts), new Set([1, 2, 3, 4, 5].map(key)));
  expect(found).toEqual({
    ...{ lines: 4, uids: 4, missing: 1, missingUids: [hex(5)], unknown: 0, unknownUids: [] },
  });
});

it("counts what set arithmetic counts, and names a hundred", async () => {
  const some = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 400 });
  await fc.assert(
    fc.asyncProperty(some, some, async (exported, day) => {
      const [there, wanted] = [new Set(exported), new Set(day)];
      const missing = [...wanted].filter((each) => !there.has(each));
      const unknown = [...there].filter((each) => !wanted.has(each));
      const found = await compareExported(lines(exported.map(hex)), new Set(day.map(key)));
      expect(found).toEqual({
        ...{ lines: exported.length, uids: there.size },
        ...{ missing: missing.length, missingUids: missing.slice(0, 100).map(hex) },
        ...{ unknown: unknown.length, unknownUids: unknown.slice(0, 100).map(hex) },
      });
    }),
    { numRuns: 50 },
  );
});
