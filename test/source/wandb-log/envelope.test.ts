import { describe, expect, it } from "vitest";
import { Envelope } from "../../../src/source/wandb-log/envelope.ts";
import { collected, pieces } from "./collected.ts";

/** What comes out of a text, for every way in which its bytes may come. */
function read(text: string, maxBytes = 1000) {
  const outcomes = pieces(text).map((chunks) => {
    const { sink, all, long } = collected();
    const envelope = new Envelope(sink, maxBytes);
    for (const chunk of chunks) envelope.push(chunk);
    return { all, long, frame: envelope.frame, closed: envelope.closed, entered: envelope.entered };
  });
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  return outcomes[0] as (typeof outcomes)[number];
}

describe("Envelope", () => {
  it("takes the entries out untouched, and keeps what stands around them", () => {
    const { all, frame, closed } = read(
      '{ "audit_logs": [ {"a": "]}"},\n {"b": [1, {"c": "\\"}"}]} ], "next_cursor": "x,y" }',
    );
    expect(all).toEqual(['{"a": "]}"}', '{"b": [1, {"c": "\\"}"}]}']);
    expect(JSON.parse(frame)).toEqual({ audit_logs: [], next_cursor: "x,y" });
    expect(closed).toBe(true);
  });

  it("takes a bare array for entries", () => {
    expect(read('[{"a":1},{"b":2}]')).toMatchObject({
      all: ['{"a":1}', '{"b":2}'],
      frame: "[]",
      closed: true,
    });
    expect(read("[]")).toMatchObject({ all: [], entered: true, closed: true });
  });

  it("hands over elements that are no objects as they are", () => {
    expect(read('[1,"a\\",]",null,[2]]').all).toEqual(["1", '"a\\",]"', "null", "[2]"]);
  });

  it("does not take a list of another name, or a deeper one, for entries", () => {
    const { all, frame, entered } = read('{"x":[1],"deep":{"audit_logs":[2]},"audit_logs":[{"a":1}]}');
    expect(all).toEqual(['{"a":1}']);
    expect(JSON.parse(frame)).toEqual({ x: [1], deep: { audit_logs: [2] }, audit_logs: [] });
    expect(entered).toBe(true);
    expect(read('{"text":"audit_logs","other":[1]}')).toMatchObject({ all: [], entered: false });
  });

  it("stops behind an object that has no entries: it is a record itself", () => {
    const { sink } = collected();
    const envelope = new Envelope(sink, 1000);
    const text = Buffer.from('{"a":1}\n{"b":2}');
    expect(envelope.push(text)).toBe(7);
    expect(envelope.frame).toBe('{"a":1}');
  });

  it("is not closed when its end is missing", () => {
    for (const text of ['{"audit_logs":[{"a":1}', '{"audit_logs":[{"a":1}]', "[1", '{"audit_logs":[{"a":"x'])
      expect(read(text).closed).toBe(false);
  });

  it("cuts an entry that is too long, and bounds what it keeps around the entries", () => {
    const { all, long } = read(`[{"a":"${"x".repeat(60)}"},{"b":2}]`, 30);
    expect(all).toEqual(['{"b":2}']);
    expect(long).toHaveLength(1);
    const { sink } = collected();
    const envelope = new Envelope(sink, 30);
    envelope.push(Buffer.from(`{"x":"${"y".repeat(5000)}`));
    expect(envelope.frameSize).toBeLessThanOrEqual(32);
  });
});
