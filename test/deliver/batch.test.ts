import { describe, expect, it } from "vitest";
import { type Cause, GrowingBatch, usualBytes } from "../../src/deliver/batch.ts";
import { shapeOf } from "../../src/deliver/shape.ts";
import { formats } from "../../src/format/all.ts";
import type { Encode } from "../../src/layout/learnt.ts";
import { sentOf } from "../fake/payloads.ts";
import { agent, origin } from "../format/arbitrary-event.ts";
import { chunkOf, delivered, inRunsAndOneByOne } from "../layout/in-batches.ts";
import { batchOf, shape, spooled } from "./spooled.ts";

const seqs = (records: Iterable<{ seq: number }>) => Array.from(records, ({ seq }) => seq);

describe("a batch", () => {
  it("takes records up to its number of events, and its position goes no further than they do", () => {
    const batch = batchOf(spooled(5), { events: 3, bytes: 1e6 });
    expect(batch.full).toBe(true);
    const four = batchOf(spooled(2), { events: 3, bytes: 1e6 });
    expect([four.full, four.through]).toEqual([false, 2]);
  });

  it("takes no record that makes it too heavy, but always one", () => {
    const batch = batchOf(spooled(5, 10), { events: 100, bytes: 25 });
    expect([seqs(batch.sent), batch.through, batch.full]).toEqual([[1, 2], 2, true]);
    const heavy = batchOf(spooled(2, 1000), { events: 100, bytes: 25 });
    expect([seqs(heavy.sent), heavy.through]).toEqual([[1], 1]);
  });

  it("takes no more memory than it may carry and an event more, however it grew", () => {
    const batch = batchOf(spooled(1_100, 1_000), { events: 10_000, bytes: 1024 * 1024 });
    expect([batch.full, batch.payloads.byteLength]).toEqual([true, 1_048_000]);
    expect(batch.payloads.capacity).toBe(1024 * 1024 + usualBytes);
  });

  it("passes over what its filter leaves out, without a payload of it", () => {
    const wanted = (event: { uid: string }) => Number(event.uid) % 2 === 0;
    const batch = batchOf(spooled(4), undefined, undefined, shape({ wanted }));
    expect([seqs(batch.sent), seqs(batch.filtered), batch.through]).toEqual([[2, 4], [1, 3], 4]);
    expect(sentOf(batch.payloads).map(({ uid }) => Number(uid))).toEqual([2, 4]);
  });

  it("gives up an event that is known to be refused, without looking at it", () => {
    const cause = { reason: "bad_event", detail: "no" } as const;
    const decode = () => {
      throw new Error("not looked at");
    };
    const known = new Map([[1, cause]]);
    const batch = batchOf(spooled(1), undefined, known, shape({ decode }));
    expect(batch.givenUp).toMatchObject([{ record: { seq: 1 }, cause }]);
    expect(batch.through).toBe(1);
  });

  it("gives up an event whose format throws, and says no more of it than the kind of error", () => {
    const encode = () => {
      throw new TypeError("with content of the event");
    };
    const batch = batchOf(spooled(1), undefined, undefined, shape({ encode }));
    expect(batch.givenUp[0]?.cause).toEqual({
      reason: "bad_event",
      detail: "cannot be formatted: TypeError",
    });
  });

  it("grows, and formats each record once", () => {
    let formatted = 0;
    const encode = () => {
      formatted++;
    };
    const batch = new GrowingBatch(0, shape({ encode }), { events: 4, bytes: 1e6 }, new Map());
    expect([batch.empty, batch.room.events]).toEqual([true, 4]);
    const records = spooled(4);
    batch.add(records.slice(0, 2));
    expect([batch.size, batch.room.events, batch.full]).toEqual([2, 2, false]);
    batch.add(records.slice(2));
    expect([batch.through, batch.full, formatted]).toEqual([4, true, 4]);
  });
});

describe("a batch whose events go in runs", () => {
  const line = (action: string) => Buffer.from(`{"timestamp":"2026-08-01T13:12:14Z","action":"${action}"}`);
  const log = Array.from({ length: 300 }, (_, at) => line(at === 200 ? "user:login" : "artifact:read"));
  const chunks = [chunkOf(log, [""], 1)];
  const write = formats.cim(agent);
  /** The same batches twice: in runs, and each event by itself. */
  async function both(encode: Encode, known?: ReadonlyMap<number, Cause>) {
    const shapes = inRunsAndOneByOne(shapeOf({ name: "siem" }, [origin], encode));
    const inRuns = await delivered(chunks, shapes.inRuns, 1e6, 1_000, known);
    expect(inRuns).toEqual(await delivered(chunks, shapes.oneByOne, 1e6, 1_000, known));
    return { followed: shapes.followed(), inRuns };
  }

  it("gives up an event that is known to be refused", async () => {
    const cause = { reason: "bad_event", detail: "no" } as const;
    const { inRuns } = await both(write, new Map([[150, cause]]));
    expect(inRuns.map(({ givenUp, sent }) => [givenUp, sent.length])).toEqual([[[150], 299]]);
  });

  it("gives up an event whose format throws, and goes on behind it", async () => {
    const { inRuns, followed } = await both((event, into) => {
      if (event.action === "user:login") throw new Error("no");
      write(event, into);
    });
    expect(inRuns.map(({ givenUp, sent }) => [givenUp, sent.length])).toEqual([[[201], 299]]);
    expect(followed).toBeGreaterThan(250);
  });
});
