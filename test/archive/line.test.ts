import fc from "fast-check";
import { expect, it } from "vitest";
import { placeOfLine, readArchiveLine, writeArchiveLine } from "../../src/archive/line.ts";
import { decode } from "../../src/event/decode.ts";
import { redactor } from "../../src/event/redact.ts";
import { withLabels } from "../../src/record/origin.ts";
import type { SpooledRecord } from "../../src/record/record.ts";
import { Writer } from "../../src/text/writer.ts";

const origin = {
  source: "prod",
  instance: "acme.example",
  baseUrl: "https://acme.example",
  anonymize: false,
};

function spooledRecord(bytes: Buffer, fields: Partial<SpooledRecord> = {}): SpooledRecord {
  const observed = { seconds: 1_785_600_000, nanos: 5 };
  return {
    seq: 1,
    source: "prod",
    uid: "0123456789abcdef".repeat(2),
    day: 0,
    bytes,
    late: false,
    observed,
    ...fields,
  };
}

function lineOf(event: Parameters<typeof writeArchiveLine>[0]): string {
  const into = new Writer();
  writeArchiveLine(event, into);
  return into.toText();
}

it("keeps the exact bytes of whatever was received, on one line, and where it is from", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 }).map((each) => Buffer.from(each));
  const json = fc
    .record({
      action: fc.string({ unit: "binary" }),
      timestamp: fc.constantFrom("2026-08-01T13:12:14Z", "x"),
    })
    .map((each) => Buffer.from(JSON.stringify(each)));
  const bytes = fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each));
  fc.assert(
    fc.property(fc.oneof(text, json, bytes), (record) => {
      const line = lineOf(decode(spooledRecord(record), origin));
      expect(line.indexOf("\n")).toBe(line.length - 1);
      const read = readArchiveLine(line);
      expect(Buffer.compare(read.record, record)).toBe(0);
      expect(read).toMatchObject({
        uid: "0123456789abcdef".repeat(2),
        source: "prod",
        instance: "acme.example",
      });
      expect(read.firstSeen).toBe("2026-08-01T16:00:00.000000005Z");
      const { day, uid } = placeOfLine(Buffer.from(line));
      expect([new Date(day * 86_400_000).toISOString().slice(0, 10), uid]).toEqual([read.date, read.uid]);
    }),
  );
});

it.each([
  ['{"timestamp":"2026-07-30T23:59:59Z","action":"a"}', "2026-07-30", "its own day"],
  ['{"timestamp":"9999-01-01T00:00:00Z","action":"a"}', "2026-08-01", "a day that cannot be"],
  ['{"action":"a"}', "2026-08-01", "no time"],
  ["no json", "2026-08-01", "no entry"],
])("files %s under %s: %s", (text, day) => {
  expect(readArchiveLine(lineOf(decode(spooledRecord(Buffer.from(text)), origin))).date).toBe(day);
});

it("keeps what is left of a redacted record, why one is no entry, the replay and the labels", () => {
  const record = Buffer.from(
    '{"timestamp":"2026-08-01T13:12:14Z","action":"a","actor_email":"jo@example.com"}',
  );
  const clean = redactor({ drop: ["actor_email"], pseudonymize: [] } as never);
  const event = clean(decode(spooledRecord(record), withLabels(origin, [["tenant", 'a "b"']])));
  const read = readArchiveLine(lineOf(Object.assign(event, { replayId: "7" })));
  expect(read).toMatchObject({ labels: { tenant: 'a "b"' }, replayId: "7" });
  expect(read.record.toString()).toBe('{"timestamp":"2026-08-01T13:12:14Z","action":"a"}');
  const odd = readArchiveLine(
    lineOf(decode(spooledRecord(Buffer.from("x"), { fault: "line_too_long" }), origin)),
  );
  expect(odd.fault).toBe("line_too_long");
});

it.each(["", "{}", "null", '{"date":"2026-08-01","uid":1}', "x"])("refuses %s", (line) => {
  expect(() => readArchiveLine(line)).toThrow();
});
