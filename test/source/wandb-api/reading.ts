import { onTestFinished } from "vitest";
import { ledgerIdentity } from "../../../src/ingest/identity.ts";
import { entryTime } from "../../../src/record/entry.ts";
import type { Piece } from "../../../src/record/passage.ts";
import type { Cursor, ReadDone } from "../../../src/record/reading.ts";
import type { RawRecord } from "../../../src/record/record.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { WandbBehaviour } from "../../../src/simulate/wandb-behaviour.ts";
import {
  startWandbServer,
  type WandbServer,
  type WandbServerOptions,
} from "../../../src/simulate/wandb-server.ts";
import type { Source } from "../../../src/source/source.ts";
import { wandbApiKind } from "../../../src/source/wandb-api/kind.ts";
import type { Clock } from "../../../src/time/clock.ts";
import { systemClock, utcDayOfMs } from "../../../src/time/clock.ts";
import { recordsOf } from "../../fake/records-of.ts";

export const noon = Date.parse("2026-08-20T12:00:00Z");
export const today = utcDayOfMs(noon);

/** Stands still until a test moves it. `faster` makes monotonic time and sleeping run that much quicker. */
export interface TestClock extends Clock {
  at: number;
  faster: number;
}

export function testClock(at = noon): TestClock {
  const clock: TestClock = {
    at,
    faster: 1,
    now: () => clock.at,
    monotonic: () => systemClock.monotonic() * clock.faster,
    sleep: (ms, stop) => systemClock.sleep(ms / clock.faster, stop),
  };
  return clock;
}

/** Same seed, same sequence (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Rehearsal {
  readonly clock: TestClock;
  readonly server: WandbServer;
  readonly key: Secret;
  source(changes?: Record<string, unknown>): Source;
  close(): Promise<void>;
}

/** A stand-in server and sources that read it. */
export async function rehearse(options: Partial<WandbServerOptions> = {}): Promise<Rehearsal> {
  const clock = testClock();
  const server = await startWandbServer({ clock, random: seeded(1), ...options });
  const sources: Source[] = [];
  const key = new Secret("local-0123456789");
  return {
    clock,
    server,
    key,
    source(changes = {}) {
      const config = wandbApiKind.schema.parse({
        name: "prod",
        type: "wandb_api",
        url: server.url,
        api_key: "x",
        ...changes,
      });
      const made = wandbApiKind.create(
        { ...config, api_key: key },
        { clock, agent: { name: "test", version: "1" }, environment: {}, random: seeded(2) },
      );
      sources.push(made);
      return made;
    },
    async close() {
      for (const made of sources) await made.close();
      await server.close();
    },
  };
}

/** A stand-in server that behaves like this and shows these lines, and what reads it; gone when the test ends. */
export async function begin(
  behaviour: Partial<WandbBehaviour>,
  lines: readonly string[],
  config: Record<string, unknown> = {},
) {
  const rehearsal = await rehearse();
  onTestFinished(() => rehearsal.close());
  rehearsal.server.behave(behaviour);
  rehearsal.server.log.append(...lines);
  return { ...rehearsal, keeper: new Keeper(rehearsal.source(config)) };
}

/** What a daemon would keep: known records, new ones counted against them read by read. */
export class Keeper {
  readonly kept: RawRecord[] = [];
  readonly dones: ReadDone[] = [];
  cursor: Cursor | undefined;
  /** Where the reads of single days are. */
  place: string | undefined;
  /** Days that are due once more. */
  owed: readonly number[] = [];
  /** Another one reads on from the same cursor, as after a restart. */
  source: Source;
  private readonly known = new Map<string, number>();

  constructor(source: Source) {
    this.source = source;
  }

  /** One read. Gives back the new records. */
  async read(stop = new AbortController().signal): Promise<RawRecord[]> {
    const { fresh, done } = await this.keep(this.source.read(this.cursor, stop, this.owed));
    this.cursor = done.next;
    this.dones.push(done);
    return fresh;
  }

  /** Reads until the day is whole, or a gap. Gives back the new records, and how many were shown. */
  async readDay(day: number, stop = new AbortController().signal) {
    const fresh: RawRecord[] = [];
    let shown = 0;
    for (;;) {
      const { cursor, place } = this;
      const read = await this.keep(this.source.readDay({ day, cursor, place }, stop));
      fresh.push(...read.fresh);
      shown += read.shown;
      this.place = read.done.place;
      if (read.done.whole) return { fresh, shown, gap: read.done.gap };
    }
  }

  private async keep<Done>(reading: AsyncGenerator<Piece, Done>) {
    const seen = new Map<string, number>();
    const fresh: RawRecord[] = [];
    let shown = 0;
    let step = await reading.next();
    while (step.done !== true) {
      for (const record of recordsOf(step.value)) {
        shown++;
        const id = identity(record);
        const count = (seen.get(id) ?? 0) + 1;
        seen.set(id, count);
        if (count <= (this.known.get(id) ?? 0)) continue;
        this.known.set(id, count);
        fresh.push(record);
        this.kept.push(record);
      }
      step = await reading.next();
    }
    return { fresh, shown, done: step.value };
  }

  /** Reads until the source has nothing more. */
  async poll(): Promise<RawRecord[]> {
    const fresh: RawRecord[] = [];
    for (let reads = 0; reads < 200; reads++) {
      fresh.push(...(await this.read()));
      if (this.dones.at(-1)?.caughtUp) return fresh;
    }
    throw new Error("the source never catches up");
  }

  get lines(): string[] {
    return this.kept.map(({ bytes }) => bytes.toString("utf8")).sort();
  }

  get gaps(): number[] {
    return this.dones.flatMap(({ gaps }) => gaps.map(({ day }) => day));
  }

  get notices(): string[] {
    return this.dones.flatMap(({ notices }) => notices);
  }
}

function identity({ entry, bytes }: RawRecord): string {
  return entry === undefined ? bytes.toString("latin1") : ledgerIdentity(entry, entryTime(entry), "test");
}

/** A small entry at a UTC day and second. */
export function line(day: number, second: number, more: Record<string, unknown> = {}): string {
  const timestamp = `${new Date(day * 86_400_000 + second * 1000).toISOString().slice(0, 19)}Z`;
  return JSON.stringify({
    timestamp,
    action: "project:read",
    actor_user_id: 1042,
    response_code: 200,
    project_name: "defect-detector",
    ...more,
  });
}

/** Entries over the days from `first` to today, several a day. */
export function history(first: number, perDay = 5): string[] {
  const lines: string[] = [];
  for (let day = first; day <= today; day++)
    for (let at = 0; at < perDay; at++) lines.push(line(day, at * 3000 + 7, { actor_user_id: at }));
  return lines;
}

export async function failure(
  promise: Promise<unknown>,
): Promise<{ reason?: string; message: string; fix?: string; retryAfterMs?: number }> {
  return promise.then(
    () => ({ message: "it did not fail" }),
    (error) => error,
  );
}
