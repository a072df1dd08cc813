import { describe, expect, it } from "vitest";
import { poisonSearch } from "../../src/deliver/poison-search.ts";
import { batchOf, spooled } from "./spooled.ts";

const refusal = (more: { named?: number[]; reason?: "too_large" } = {}) =>
  ({ status: "refused", reason: "bad_event", detail: "no", ...more }) as const;
const cause = { reason: "bad_event", detail: "no" } as const;

describe("the search for poison", () => {
  it("halves what it sends until one event is left, and gives that one up", () => {
    const search = poisonSearch(100);
    const limits: number[] = [];
    for (let size = 100; size > 1; size = search.limit()) {
      expect(search.refused(batchOf(spooled(size)), refusal())).toBeUndefined();
      limits.push(search.limit());
    }
    expect(limits).toEqual([50, 25, 12, 6, 3, 1]);
    expect(search.givenUp.size).toBe(0);
    search.refused(batchOf(spooled(1)), refusal());
    expect([...search.givenUp]).toEqual([[1, cause]]);
  });

  it("believes a remote that names the event, and sends no fewer for it", () => {
    const search = poisonSearch(100);
    search.refused(batchOf(spooled(10)), refusal({ named: [3, 99] }));
    expect([...search.givenUp.keys()]).toEqual([4]);
    expect(search.limit()).toBe(100);
  });

  it("gives nothing up for a batch that is too large while it holds more than one event", () => {
    const search = poisonSearch(100);
    search.refused(batchOf(spooled(10)), refusal({ reason: "too_large", named: [0] }));
    expect(search.givenUp.size).toBe(0);
    expect(search.limit()).toBe(5);
  });

  it("grows back as batches are taken, to the most it may send", () => {
    const search = poisonSearch(100);
    search.refused(batchOf(spooled(100)), refusal());
    for (let times = 0; times < 3; times++) search.taken(batchOf(spooled(5)), new Map());
    expect(search.limit()).toBe(100);
  });

  it("holds when ten in a row were refused, and gives up no more of them", () => {
    const search = poisonSearch(100);
    for (let seq = 0; seq < 10; seq++)
      expect(search.refused(batchOf(spooled(20).slice(seq, seq + 1)), refusal())).toBeUndefined();
    expect(search.refused(batchOf(spooled(20).slice(10, 11)), refusal())).toMatchObject({
      status: "retry",
      hold: true,
      reason: "refuses_everything",
    });
    expect(search.givenUp.size).toBe(10);
    expect(search.limit()).toBe(1);
  });

  it("holds as well when a remote takes the batch and rejects every event in it", () => {
    const search = poisonSearch(100);
    const all = new Map(spooled(10).map((_, index) => [index, cause]));
    expect(search.taken(batchOf(spooled(10)), all)).toBeUndefined();
    expect(search.taken(batchOf(spooled(10)), all)).toMatchObject({ hold: true });
  });

  it("counts afresh once anything is accepted, or somebody changed something", () => {
    const search = poisonSearch(100);
    const single = (seq: number) => batchOf(spooled(30).slice(seq, seq + 1));
    for (let seq = 0; seq < 10; seq++) search.refused(single(seq), refusal());
    search.taken(single(10), new Map());
    expect(search.refused(single(11), refusal())).toBeUndefined();
    for (let seq = 12; seq < 21; seq++) search.refused(single(seq), refusal());
    search.startAfresh();
    expect(search.refused(single(22), refusal())).toBeUndefined();
  });

  it("forgets what is settled", () => {
    const search = poisonSearch(100);
    search.refused(batchOf(spooled(1)), refusal());
    search.settled(batchOf(spooled(1), undefined, search.givenUp));
    expect(search.givenUp.size).toBe(0);
  });
});
