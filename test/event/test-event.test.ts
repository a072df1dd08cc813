import { expect, test } from "vitest";
import { decode } from "../../src/event/decode.ts";
import { isTestEvent, testRecord } from "../../src/event/test-event.ts";
import { Unfinished } from "../../src/ingest/allowance.ts";
import { deduplicator } from "../../src/ingest/deduplicate.ts";
import { uidText } from "../../src/ingest/identity.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";
import { agent, origin } from "../format/arbitrary-event.ts";
import { textOnly } from "../format/text-only.ts";
import { formats } from "../format/texts.ts";

const now = Date.UTC(2026, 7, 1, 12);
const record = testRecord(origin, "0e0e0e0e-0000-4000-8000-000000000001", now);

test("decodes like any record, without a tag of something odd", () => {
  expect(decode(record, origin)).toMatchObject({
    uid: "test-0e0e0e0e-0000-4000-8000-000000000001",
    time: { seconds: now / 1000, nanos: 0 },
    tags: [],
  });
});

test.each(Object.keys(formats) as (keyof typeof formats)[])("can be told from others in %s", (format) => {
  const payload = formats[format](agent);
  expect(isTestEvent(payload(decode(record, origin)))).toBe(true);
  expect(
    isTestEvent(payload({ ...textOnly(decode(record, origin)), action: "user:login", keys: {}, raw: "{}" })),
  ).toBe(false);
});

test("the same record from W&B would have another kind of uid", () => {
  const read = ledger({ load: () => [] }).read(new Unfinished());
  const entry = parseEntry(Buffer.from(record.bytes));
  const records = deduplicator({
    read,
    instance: origin.instance,
    stateId: "",
    watermark: undefined,
  });
  const real = records.newRecordOf({ bytes: Buffer.from(record.bytes), ...(entry && { entry }) }, record.day);
  expect(uidText(real?.uid ?? "")).toMatch(/^[0-9a-f]{32}$/);
  expect(record.uid).not.toMatch(/^[0-9a-f]{32}$/);
});
