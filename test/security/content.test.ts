import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { events } from "../format/arbitrary-event.ts";
import { eventOf, origin } from "./event-of.ts";
import { hostile, obeyed } from "./hostile.ts";
import { outputFor, type Receiving, type Way, ways } from "./receivers.ts";

/** Formats that are the record itself, or that an envelope adds the uid to. */
const withoutUid = /^(stdout|file|http \w+,) (raw|cim)$|rfc3164, json$/;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function through({ start }: Way) {
  const receiving: Receiving = await start();
  const output = outputFor(receiving);
  closing.push(
    () => receiving.close(),
    () => output.close(),
  );
  let seen = 0;
  /** Sends them in one batch and gives back what arrived of it. */
  return async (batch: readonly AuditEvent[]): Promise<readonly string[]> => {
    const outgoing = payloadsOf(output, batch);
    const result = await output.send(outgoing, AbortSignal.timeout(10_000));
    if (result.status !== "delivered") throw new Error(JSON.stringify(result));
    const count = batch.length - result.rejected.length;
    await expect
      .poll(() => receiving.taken().length - seen, { timeout: 5_000 })
      .toBeGreaterThanOrEqual(count);
    const taken = receiving.taken().slice(seen);
    seen += taken.length;
    return taken;
  };
}

describe.each(ways)("hostile content through $name", (way) => {
  // A datagram cannot carry the largest.
  const rows = way.name.includes("udp") ? hostile.filter(({ line }) => line.length < 10_000) : hostile;

  it("arrives as exactly one event each, and as nothing that is obeyed", async () => {
    const send = await through(way);
    const sent = rows.map(({ line }) => eventOf(line));
    const taken = await send(sent);
    expect(taken).toHaveLength(rows.length);
    for (const [index, text] of taken.entries()) {
      const { id, name } = rows[index] as (typeof rows)[number];
      // OTLP carries bytes with a length, or JSON between programs: nothing is shown, and texts arrive as they are.
      const shown = way.name.startsWith("otlp") ? "" : text;
      expect({ id, obeyed: obeyed.exec(shown)?.[0] }).toEqual({ id, obeyed: undefined });
      const read = way.read(text);
      if (read !== undefined && name !== undefined) expect({ id, read }).toEqual({ id, read: name });
      if (!withoutUid.test(way.name))
        expect({ id, uid: text.includes((sent[index] as AuditEvent).uid) }).toEqual({ id, uid: true });
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("is one event for one event, whatever it holds", async () => {
    const send = await through(way);
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 1, maxLength: 12 }), async (batch) => {
        const instanced = batch.map((event) => ({ ...event, origin }));
        const taken = await send(instanced);
        expect(taken).toHaveLength(batch.length);
        for (const text of taken) way.read(text);
      }),
      { numRuns: way.name.includes("udp") ? 15 : 40 },
    );
  });
});
