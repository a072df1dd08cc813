import { afterEach, describe, expect, it } from "vitest";
import { outputTap } from "../../src/deliver/output-tap.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { systemRandom } from "../../src/random.ts";
import type { OutputConfig } from "../../src/schema/output-base.ts";
import { Secret } from "../../src/secret/secret.ts";
import { spoolOfStore } from "../../src/spool/spool-of-store.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import type { OpenStore } from "../../src/spool/store.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { acme, knownRecord, move, newRecords, settled } from "../fake/records.ts";

const stores: OpenStore[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

/** A store with so many records, of which so many are delivered; counts what is read of it. */
function begin(records: number, position: number, bytes = (at: number) => entryText(at)) {
  const clock = new ManualClock(Date.UTC(2026, 7, 1, 12));
  const store = openStore({
    ...{ stateDir: ":memory:", maxBytes: 1e9, keepDelivered: 1e12, outputs: ["soc"], sources: ["prod"] },
    ...{ clock, random: systemRandom },
  });
  stores.push(store);
  for (let first = 1; first <= records; first += 10) {
    const ten = Array.from({ length: Math.min(10, records - first + 1) }, (_, at) => ({
      ...{ uid: `${first + at}`.padStart(16, "0"), day: 20666, late: false },
      bytes: Buffer.from(bytes(first + at)),
    }));
    const counts = [{ day: 20666, fetched: ten.length, known: 0 }];
    const known = new Map([[20666, Buffer.concat(ten.map(({ uid }) => knownRecord(uid)))]]);
    const seen = { seconds: first, nanos: 0 };
    store.append("prod", newRecords(...ten), { instance: acme, known, counts }, seen);
  }
  for (let at = 0; at < position; ) {
    const some = store.read(at, { events: Math.min(500, position - at), bytes: 1e12 });
    at = some.at(-1)?.seq ?? position;
    store.settle("soc", move(at, settled(some).counts));
  }
  const spool = spoolOfStore(store);
  let read = 0;
  let bytesRead = 0;
  const counting = {
    standing: spool.standing,
    readAgain: async (...asked: Parameters<typeof spool.readAgain>) => {
      const found = await spool.readAgain(...asked);
      read += found.length;
      bytesRead += found.reduce((sum, record) => sum + record.bytes.length, 0);
      return found;
    },
  };
  const tapped = (config: Partial<OutputConfig> = {}) =>
    outputTap({
      config: { name: "soc", labels: {}, ...config } as OutputConfig,
      preview: (event: AuditEvent) => `${event.action} ${event.raw}`,
      origins: [{ source: "prod", instance: acme, baseUrl: "", anonymize: false }],
      spool: counting,
    });
  return { store, tapped, read: () => read, bytesRead: () => bytesRead };
}

const entryText = (at: number, action = "run:create") =>
  JSON.stringify({ action, timestamp: "2026-08-01 12:00:00", user_email: `u${at}@example.com`, number: at });
const seqs = ({ events }: { readonly events: readonly { readonly seq: number }[] }) =>
  events.map(({ seq }) => seq);

describe("the tap of an output", () => {
  it("shows the last fifty that were delivered, oldest first, and nothing behind the position", async () => {
    const { tapped } = begin(80, 70);
    const { position, events, output } = await tapped()();
    expect([output, position, events.length]).toEqual(["soc", 70, 50]);
    expect([events[0]?.seq, events.at(-1)?.seq]).toEqual([21, 70]);
    expect(events.at(-1)).toMatchObject({
      ...{ source: "prod", seen: "1970-01-01T00:01:01.000Z", cut: 0 },
      text: `run:create ${entryText(70)}`,
    });
  });

  it("goes on from where the last look ended", async () => {
    const { tapped } = begin(80, 70);
    expect(seqs(await tapped()(68))).toEqual([69, 70]);
    expect(seqs(await tapped()(70))).toEqual([]);
    expect(seqs(await tapped()(99))).toEqual([]);
  });

  it("leaves out what the filter does, and looks farther back for it, but not without end", async () => {
    const rare = (at: number) => entryText(at, at % 10 === 0 ? "run:create" : "run:read");
    const { tapped } = begin(300, 300, rare);
    const filter = { actions: ["run:create"] } as never;
    expect(seqs(await tapped({ filter })())).toEqual(Array.from({ length: 30 }, (_, at) => (at + 1) * 10));
    const none = begin(5_000, 5_000);
    expect((await none.tapped({ filter: { actions: ["team:delete"] } as never })()).events).toEqual([]);
    expect(none.read()).toBeLessThan(3_200);
  });

  it("reads no more than a few megabytes, however large records are", async () => {
    const { tapped, bytesRead } = begin(60, 60, (at) => entryText(at, "x".repeat(1_000_000)));
    const { events } = await tapped()();
    expect(bytesRead()).toBeLessThan(10_000_000);
    expect(events.length).toBeGreaterThan(5);
    for (const { text, cut } of events) expect([text.length, cut > 1_000_000]).toEqual([4_096, true]);
  });

  it("redacts as the output is, also what stands in the original", async () => {
    const { tapped } = begin(1, 1);
    const redact = {
      drop: ["number"],
      pseudonymize: ["user_email"],
      key: new Secret("k".repeat(32)),
    } as never;
    const [event] = (await tapped({ redact })()).events;
    expect(event?.text).toContain("run:create");
    expect(event?.text).not.toContain("u1@example.com");
    expect(event?.text).not.toContain("number");
  });

  it("leaves out what was given up", async () => {
    const { store, tapped } = begin(3, 0);
    const [first, second] = store.read(0, { events: 2, bytes: 1e6 });
    if (first === undefined || second === undefined) throw new Error("nothing is there");
    const { counts, dead } = settled([first, second], ({ seq }) => (seq === 1 ? "dead" : "delivered"));
    store.settle("soc", move(2, counts, dead));
    expect(seqs(await tapped()())).toEqual([2]);
  });
});
