import { describe, expect, it } from "vitest";
import { decode } from "../../src/event/decode.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { origin } from "./arbitrary-event.ts";
import { readCef } from "./cef-reader.ts";
import { cef } from "./texts.ts";

const start = '{"timestamp":"2026-08-01T13:12:14Z","action":"report:read"';

function recordOf(members: string) {
  const at = { seq: 1, source: "prod", uid: "0".repeat(32), day: 0, late: false };
  const observed = { seconds: 1_785_592_800, nanos: 0 };
  return { ...at, bytes: Buffer.from(`${start},${members}}`), observed };
}

/** The additional data: the same whether it is copied from the record or made of its texts. */
function dataOf(members: string): unknown {
  const record = recordOf(members);
  const line = cef(decode(record, origin));
  expect(cef(Object.create(decode(record, origin), { asWritten: { value: undefined } }))).toBe(line);
  const regular = new RegularEvent();
  if (regular.read(record, origin)) expect(cef(regular)).toBe(line);
  const { extension } = readCef(line);
  expect(extension.has("cs6Label")).toBe(extension.has("cs6"));
  const text = extension.get("cs6");
  return text === undefined ? undefined : JSON.parse(text);
}

describe("what CEF has no key for", () => {
  it("is the id of a report, as W&B wrote it", () => {
    expect(dataOf('"report_asset":3301')).toEqual({ report_asset: 3301 });
    expect(dataOf('"report_asset":"UmVwb3J0OjE="')).toEqual({ report_asset: "UmVwb3J0OjE=" });
    expect(dataOf('"report_asset":"a\\\\b\\"c"')).toEqual({ report_asset: 'a\\b"c' });
    expect(dataOf('"report_asset":0')).toBeUndefined();
  });

  it("is everything else beside it, sorted by name", () => {
    expect(dataOf('"report_asset":3301,"zeta":1,"alpha":2,"artifact_version_index":3')).toEqual({
      ...{ alpha: 2, artifact_version_index: 3, report_asset: 3301, zeta: 1 },
    });
    expect(dataOf('"report_asset":3301,"artifact_version_index":3')).toEqual({
      ...{ artifact_version_index: 3, report_asset: 3301 },
    });
    expect(dataOf('"report_asset":3301,"actor_ip":"1.2.3.4,5.6.7.8"')).toEqual({
      ...{ actor_ip: "1.2.3.4,5.6.7.8", report_asset: 3301 },
    });
  });

  it("is not the id of a run, which has a name of its own", () => {
    const { extension } = readCef(cef(decode(recordOf('"run_asset":771020'), origin)));
    expect([extension.get("flexString1"), extension.get("flexString1Label")]).toEqual(["771020", "runId"]);
    expect(extension.has("cs6")).toBe(false);
  });

  it("is an id that is too long for it no more", () => {
    expect(dataOf(`"report_asset":"${"x".repeat(3_990)}"`)).toEqual({ _omitted: 1 });
  });
});
