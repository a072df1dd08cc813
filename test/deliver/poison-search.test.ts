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

  it("sends less than four batches again for one bad event, and none of them more than 2 log₂ n times", () => {
    for (const size of [2, 7, 64, 100]) {
      const batches = Array.from({ length: size + 1 }, (_, length) => batchOf(spooled(length)));
      for (let bad = 0; bad < size; bad++) {
        const search = poisonSearch(size);
        const sent = new Array<number>(3 * size).fill(0);
        for (let at = 0; at < sent.length; ) {
          const length = Math.min(search.limit(), sent.length - at);
          for (let index = at; index < at + length; index++) sent[index] = (sent[index] ?? 0) + 1;
          const batch = batches[length] ?? expect.unreachable();
          const refused = bad >= at && bad < at + length;
          if (refused) search.refused(batch, refusal());
          else search.taken(batch, new Map());
          if (!refused || length === 1) at += length;
        }
        const again = sent.reduce((sum, times) => sum + times - 1, 0);
        expect(again, `${bad} of ${size}`).toBeLessThan(4 * size);
        expect(Math.max(...sent)).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size)) + 1);
      }
    }
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

  it("sends as many as before once an event was found that is too large alone", () => {
    const search = poisonSearch(64);
    for (let size = 64; size >= 1; size = size > 1 ? search.limit() : 0)
      search.refused(batchOf(spooled(size)), refusal({ reason: "too_large" }));
    expect([...search.givenUp.keys()]).toEqual([1]);
    for (let send = 0; send < 6; send++) search.taken(batchOf(spooled(search.limit())), new Map());
    expect(search.limit()).toBe(64);
  });

  it("sends as many as before once one was named as too large among others that were taken", () => {
    const search = poisonSearch(64);
    for (const size of [64, 32]) search.refused(batchOf(spooled(size)), refusal({ reason: "too_large" }));
    search.taken(batchOf(spooled(16)), new Map([[3, { reason: "too_large", detail: "" }]]));
    search.taken(batchOf(spooled(32)), new Map());
    expect(search.limit()).toBe(64);
  });

  it("sends fewer when a remote names events that were not in the batch", () => {
    const search = poisonSearch(100);
    search.refused(batchOf(spooled(10)), refusal({ named: [99] }));
    expect([search.givenUp.size, search.limit()]).toEqual([0, 5]);
  });

  it("holds when more than ten in a row were refused, and once more for every ten after them", () => {
    const search = poisonSearch(100);
    const answers = spooled(35).map((record) => search.refused(batchOf([record]), refusal()));
    expect(answers.flatMap((answer, index) => (answer === undefined ? [] : [index + 1]))).toEqual([
      11, 21, 31,
    ]);
    expect(answers[10]).toMatchObject({ status: "retry", hold: true, reason: "refuses_everything" });
    expect(search.limit()).toBe(1);
  });

  it("goes on counting where an earlier run of the program stopped", () => {
    const search = poisonSearch(100);
    search.remember(4);
    expect(search.limit()).toBe(100);
    search.remember(12);
    expect(search.limit()).toBe(1);
    expect(search.refused(batchOf(spooled(1)), refusal())).toMatchObject({ hold: true });
    expect(search.refused(batchOf(spooled(2).slice(1)), refusal())).toBeUndefined();
  });

  it("holds as well when a remote takes the batch and rejects every event in it", () => {
    const search = poisonSearch(100);
    const all = new Map(spooled(10).map((_, index) => [index, cause]));
    expect(search.taken(batchOf(spooled(10)), all)).toBeUndefined();
    expect(search.taken(batchOf(spooled(10)), all)).toMatchObject({ hold: true });
  });

  it("counts afresh once anything is accepted, in the run or elsewhere", () => {
    const search = poisonSearch(100);
    const refuse = (times: number) => {
      const answers = spooled(times).map((record) => search.refused(batchOf([record]), refusal()));
      return answers.some((answer) => answer !== undefined);
    };
    expect(refuse(10)).toBe(false);
    search.taken(batchOf(spooled(1)), new Map());
    expect(refuse(10)).toBe(false);
    search.tookSomething();
    expect(refuse(10)).toBe(false);
    expect(refuse(1)).toBe(true);
  });

  it("forgets what is settled", () => {
    const search = poisonSearch(100);
    search.refused(batchOf(spooled(1)), refusal());
    search.settled(batchOf(spooled(1), undefined, search.givenUp));
    expect(search.givenUp.size).toBe(0);
  });
});
