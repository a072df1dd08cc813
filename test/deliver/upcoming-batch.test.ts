import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch, Cause, Shape } from "../../src/deliver/batch.ts";
import { UpcomingBatch } from "../../src/deliver/upcoming-batch.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import type { SpooledRecord } from "../../src/record/record.ts";
import type { Limit } from "../../src/spool/spool.ts";
import { textsOf } from "../fake/payloads.ts";

/** A spool of `texts` that grows, and counts what is asked and what is formatted. */
function subject(limit: Limit, givenUp: ReadonlyMap<number, Cause> = new Map()) {
  const texts: string[] = [];
  const encoded: string[] = [];
  const reads = { begun: 0, done: 0 };
  const shape: Shape = {
    decode: (record) => ({ raw: Buffer.from(record.bytes).toString(), tags: [] }) as unknown as AuditEvent,
    wanted: ({ raw }) => !raw.startsWith("unwanted"),
    encode({ raw }, into) {
      encoded.push(raw);
      into.text(raw);
    },
    replayed: () => shape,
  };
  const upcoming = new UpcomingBatch({
    spool: {
      async read(after, { events, bytes }) {
        reads.begun++;
        const done = () => void reads.done++;
        return Object.assign(recordsOf(texts, after, events, bytes), { done });
      },
    },
    shape,
    maxBytes: limit.bytes,
    search: { limit: () => limit.events, givenUp },
  });
  return { texts, encoded, upcoming, reads };
}

function recordsOf(texts: readonly string[], after: number, events: number, bytes: number): SpooledRecord[] {
  const found: SpooledRecord[] = [];
  let size = 0;
  for (let at = after; at < texts.length && found.length < events; at++) {
    size += Buffer.byteLength(texts[at] as string);
    if (found.length > 0 && size > bytes) break;
    found.push({
      seq: at + 1,
      source: "prod",
      uid: String(at),
      day: 1,
      bytes: Buffer.from(texts[at] as string),
      late: false,
      observed: { seconds: 1, nanos: 0 },
    });
  }
  return found;
}

const textsIn = (batch: Batch | undefined) => (batch === undefined ? [] : textsOf(batch.payloads));

describe("the upcoming batch", () => {
  it("is formatted once, however often it is looked at while it grows", async () => {
    const { texts, encoded, upcoming } = subject({ events: 100, bytes: 1e6 });
    for (let step = 0; step < 10; step++) {
      texts.push(`event ${step}`);
      const batch = await upcoming.look(0);
      expect(textsIn(batch)).toEqual(texts);
      await upcoming.look(0);
    }
    expect(encoded).toEqual(texts);
  });

  it("is done with all that was read for it once it has arrived", async () => {
    const { texts, upcoming, reads } = subject({ events: 100, bytes: 10 });
    texts.push("abcd");
    await upcoming.look(0);
    texts.push("efgh", "ijkl");
    const batch = await upcoming.look(0);
    expect(textsIn(batch)).toEqual(["abcd", "efgh"]);
    expect(reads.done).toBe(0);
    upcoming.arrived(batch as Batch);
    // A read that brings nothing takes nothing.
    expect(reads).toEqual({ begun: 3, done: 2 });
  });

  it("gives up memory that waits for a batch when nobody knows when one comes, and nothing else", async () => {
    const { texts, encoded, upcoming } = subject({ events: 1, bytes: 1e6 });
    texts.push("x".repeat(200_000), "y");
    const large = (await upcoming.look(0)) as Batch;
    upcoming.arrived(large);
    const next = (await upcoming.look(1)) as Batch;
    expect(next.payloads).toBe(large.payloads);
    upcoming.rest();
    expect(await upcoming.look(1)).toBe(next);
    upcoming.arrived(next);
    expect(await upcoming.look(2)).toBeUndefined();
    upcoming.rest();
    texts.push("z");
    const small = (await upcoming.look(2)) as Batch;
    expect(small.payloads).not.toBe(large.payloads);
    expect(small.payloads.capacity).toBeLessThan(200_000);
    expect([textsIn(small), encoded.length]).toEqual([["z"], 3]);
  });

  it("is made in the memory of those before it, where two of them arrive before the next is begun", async () => {
    const { texts, upcoming } = subject({ events: 1, bytes: 1e6 });
    texts.push(..."abcdefgh");
    const made: Batch[] = [];
    for (let at = 0; at < 3; at += 1) made.push((await upcoming.look(at)) as Batch);
    for (const each of made) upcoming.arrived(each);
    const again: Batch[] = [];
    for (let at = 3; at < 6; at += 1) again.push((await upcoming.look(at)) as Batch);
    const memory = new Set([...made, ...again].map(({ payloads }) => payloads));
    expect(memory.size).toBe(4);
    expect(again.map(textsIn)).toEqual([["d"], ["e"], ["f"]]);
  });

  it("that is being made goes on when its thread is told to rest", async () => {
    const { texts, encoded, upcoming } = subject({ events: 1, bytes: 1e6 });
    texts.push("x".repeat(200_000), "y");
    upcoming.arrived((await upcoming.look(0)) as Batch);
    const looking = upcoming.look(1);
    upcoming.rest();
    const next = await looking;
    expect(textsIn(next)).toEqual(["y"]);
    expect(await upcoming.look(1)).toBe(next);
    expect(encoded).toHaveLength(2);
  });

  it("is none when nothing follows", async () => {
    expect(await subject({ events: 10, bytes: 1000 }).upcoming.look(0)).toBeUndefined();
  });

  it("begins anew when the position is another one", async () => {
    const { texts, upcoming } = subject({ events: 2, bytes: 1000 });
    texts.push("a", "b", "c");
    expect((await upcoming.look(0))?.through).toBe(2);
    expect(textsIn(await upcoming.look(2))).toEqual(["c"]);
    expect(textsIn(await upcoming.look(0))).toEqual(["a", "b"]);
  });

  it("ends where it was planned to, whatever the limits are and whatever has come since", async () => {
    const { texts, upcoming } = subject({ events: 2, bytes: 3 });
    texts.push("ab", "cd", "unwanted", "ef", "gh");
    const planned = await upcoming.look(0, 4);
    expect([textsIn(planned), planned?.through, planned?.full]).toEqual([["ab", "cd", "ef"], 4, true]);
    expect(await upcoming.look(0, 4)).toBe(planned);
    expect((await upcoming.look(4))?.through).toBe(5);
  });

  it("does not grow any more once it is planned", async () => {
    const { texts, upcoming } = subject({ events: 100, bytes: 1e6 });
    texts.push("a", "b");
    expect((await upcoming.look(0))?.full).toBe(false);
    texts.push("c");
    const planned = await upcoming.look(0, 2);
    expect([textsIn(planned), planned?.full]).toEqual([["a", "b"], true]);
  });

  it("covers every record exactly once, within its limits, in whatever pieces they come", async () => {
    const text = fc
      .tuple(fc.constantFrom("event", "unwanted"), fc.nat(30))
      .map(([kind, size]) => kind + "x".repeat(size));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(text, { maxLength: 6 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 5, max: 60 }),
        async (pieces, events, bytes) => {
          const { texts, upcoming } = subject({ events, bytes });
          const seen: string[] = [];
          let position = 0;
          for (const piece of [...pieces, []]) {
            texts.push(...piece);
            for (
              let batch = await upcoming.look(position);
              batch?.full;
              batch = await upcoming.look(position)
            ) {
              const size = batch.payloads.byteLength;
              expect(batch.size).toBeLessThanOrEqual(events);
              if (batch.payloads.count > 1) expect(size).toBeLessThanOrEqual(bytes);
              seen.push(...textsIn(batch));
              expect(batch.through).toBe(position + batch.size);
              position = batch.through;
            }
          }
          const rest = await upcoming.look(position);
          seen.push(...textsIn(rest));
          expect(seen).toEqual(texts.filter((each) => !each.startsWith("unwanted")));
        },
      ),
    );
  });
});
