import fc from "fast-check";
import { expect, it } from "vitest";
import { decode } from "../../src/event/decode.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { writeQuotedRecord } from "../../src/format/quoted-record.ts";
import { Writer } from "../../src/text/writer.ts";
import { inPlace } from "../fake/in-place.ts";
import { lines } from "../layout/lines.ts";
import { origin } from "./arbitrary-event.ts";

const observed = { seconds: 1, nanos: 2 };
const uid = "0123456789abcdef0123456789abcdef";

it("writes every record as JSON quotes its text, put together again or copied", () => {
  const regular = new RegularEvent();
  let together = 0;
  let escaped = 0;
  fc.assert(
    fc.property(lines, fc.constantFrom("", '","next":"'), (bytes, behind) => {
      const record = { seq: 1, source: "prod", uid, day: 0, bytes, late: false, observed };
      const written = [decode(record, origin).asWritten];
      if (regular.read(inPlace(record, behind), origin)) written.push(regular);
      together += written.length - 1;
      if (written.length > 1 && regular.escaped !== 0) escaped++;
      for (const asWritten of written) {
        if (!asWritten?.copyable) continue;
        const into = new Writer(1);
        writeQuotedRecord(into, asWritten);
        expect(`"${into.toText()}"`).toBe(JSON.stringify(bytes.toString()));
      }
    }),
    { numRuns: 10_000 },
  );
  expect(together).toBeGreaterThan(200);
  expect(escaped).toBeGreaterThan(50);
});
