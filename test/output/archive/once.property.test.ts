import fc from "fast-check";
import { expect, it } from "vitest";
import { packings } from "../../../src/archive/packing.ts";
import { deliver } from "../../../src/deliver/deliver.ts";
import { shapeOf } from "../../../src/deliver/shape.ts";
import { archiveOutput } from "../../../src/output/archive/archive-output.ts";
import { Wakeup } from "../../../src/time/wakeup.ts";
import { cloningSpool } from "../../fake/cloning-spool.ts";
import { ManualClock } from "../../fake/manual-clock.ts";
import { MemoryArchive } from "../../fake/memory-archive.ts";
import { MemoryStore } from "../../fake/memory-store.ts";
import { acme, newRecords } from "../../fake/records.ts";
import { retryOf } from "./archiving.ts";

const origin = { source: "prod", instance: acme, baseUrl: "https://acme.example", anonymize: false };
const labels: [string, string][] = [["environment", "other"]];
const dayMs = 86_400_000;

type Step =
  | { readonly type: "append"; readonly days: readonly number[] }
  | { readonly type: "trouble"; readonly trouble: "fail" | "late" | "cut" }
  | { readonly type: "land" | "resend" | "wait" }
  /** The process dies after so many calls of the spool and the archive, and another begins with such limits. */
  | { readonly type: "crash"; readonly after: number; readonly events: number; readonly other: boolean };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("append" as const),
      days: fc.array(fc.nat(2), { minLength: 1, maxLength: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("trouble" as const),
      trouble: fc.constantFrom("fail" as const, "late" as const, "cut" as const),
    }),
  },
  fc.record({ type: fc.constantFrom("land" as const, "resend" as const, "wait" as const) }),
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("crash" as const),
      after: fc.nat(12),
      events: fc.integer({ min: 1, max: 7 }),
      other: fc.boolean(),
    }),
  },
);

/** One life of a process: a loop that stops in the middle of whatever it does when it may make no more calls. */
class Life {
  readonly #stop = new AbortController();
  readonly #never = new AbortController().signal;
  readonly #running: Promise<void>;
  readonly kept: Wakeup;
  calls = Number.POSITIVE_INFINITY;

  constructor(
    store: MemoryStore,
    archive: MemoryArchive,
    clock: ManualClock,
    events: number,
    other: boolean,
    guid: () => string,
  ) {
    const output = archiveOutput({
      store: this.#mortal(archive),
      packing: packings.ndjson.none,
      clock,
      guid,
      failed: retryOf,
    });
    this.kept = new Wakeup(clock);
    const loop = deliver({
      name: "store",
      output,
      spool: this.#mortal(cloningSpool(store)),
      shape: shapeOf({ name: "store", ...(other && { labels }) }, [origin], output.encode),
      limit: { events, bytes: 4000 },
      maxWaitMs: 0,
      sendTimeoutMs: 1e9,
      backoff: { minMs: 1, maxMs: 2 },
      holdIntervalMs: 5,
      replayWindowMs: 0,
      clock,
      random: () => 0,
      tell: () => {},
      reload: () => false,
      kept: this.kept,
    });
    const stop = this.#stop.signal;
    this.#running = loop.run({ drain: stop, halt: stop, deadline: this.#never });
    this.#running.catch(() => {});
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #mortal<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (from, key) => {
        const member = Reflect.get(from, key);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (this.calls <= 0)
            return key === "list"
              ? (async function* () {
                  await new Promise(() => {});
                })()
              : new Promise(() => {});
          this.calls--;
          return Reflect.apply(member, from, args);
        };
      },
    });
  }
}

async function turns(clock: ManualClock, count = 60): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1);
  }
}

it("whatever fails, comes late or dies, every record is in the archive once, in a file that is known", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 14 }), async (plan) => {
      const clock = new ManualClock(Date.parse("2026-08-03T00:00:00Z"));
      const store = new MemoryStore(["store"]);
      const archive = new MemoryArchive();
      let guids = 0;
      const guid = () => `${++guids}`.padStart(8, "0");
      let life = new Life(store, archive, clock, 5, true, guid);
      const append = (days: readonly number[]) => {
        const records = days.map((day, index) => ({
          uid: `${store.head() + index}`.padStart(16, "0"),
          day: 20_666 + day,
          bytes: Buffer.from(
            JSON.stringify({ timestamp: new Date((20_666 + day) * dayMs).toISOString(), action: "a" }),
          ),
          late: false,
        }));
        const counts = records.map(({ day }) => ({ day, fetched: 1, known: 0 }));
        store.append(
          "prod",
          newRecords(...records),
          { instance: acme, known: new Map(), counts },
          { seconds: 1, nanos: 0 },
        );
      };
      for (const step of plan) {
        if (step.type === "append") append(step.days);
        else if (step.type === "trouble") archive.troubles.push(step.trouble);
        else if (step.type === "land") archive.land();
        else if (step.type === "resend") store.resend("store");
        else if (step.type === "crash") {
          life.calls = step.after;
          await turns(clock);
          life.calls = 0;
          life = new Life(store, archive, clock, step.events, step.other, guid);
        }
        life.kept.wake();
        await turns(clock, 10);
      }
      archive.troubles.length = 0;
      for (let round = 0; round < 40 && !isDone(store); round++) await turns(clock);
      archive.land();
      await turns(clock);
      await life.end();
      expect(isDone(store)).toBe(true);
      const uids: string[] = [];
      for (const bytes of archive.files.values())
        for (const { uid } of await packings.ndjson.none.unpack(bytes)) uids.push(uid);
      expect(uids.toSorted()).toEqual(
        store
          .read(0, { events: 1e6, bytes: 1e9 })
          .map(({ uid }) => uid)
          .toSorted(),
      );
      expect(
        store.archives
          .unattested("store")
          .files.map(({ name }) => name)
          .toSorted(),
      ).toEqual([...archive.files.keys()].toSorted());
      expect(store.standing("store").planned).toBeUndefined();
    }),
    { numRuns: 60 },
  );
}, 60_000);

function isDone(store: MemoryStore): boolean {
  return store.backlog("store").events === 0 && store.standing("store").stretch === undefined;
}
