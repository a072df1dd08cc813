import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { Passages } from "../../src/ingest/passages.ts";
import type { HttpAnswer } from "../../src/net/http/http.ts";
import type { KnownPassages, Piece } from "../../src/record/passage.ts";
import type { Cursor, DayDone, ReadDone } from "../../src/record/reading.ts";
import type { Report } from "../../src/report/report.ts";
import { type Source, SourceError } from "../../src/source/source.ts";
import { readWindow } from "../../src/source/wandb-api/read-window.ts";
import { Spread } from "../../src/source/wandb-log/spread.ts";
import { knownBytes } from "../../src/spool/store.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { MemoryStore } from "../fake/memory-store.ts";

const midnight = Date.parse("2026-08-02T00:00:00Z");
const dayMs = 86_400_000;

/** A line of the log: an event by its number, under a name that may have no id, or what is no event at all. */
type Line =
  | { readonly event: number; name: string; readonly order: boolean; readonly twin?: number }
  | { readonly junk: string };

type Happening =
  | { readonly kind: "appear"; readonly events: readonly number[]; readonly name: string }
  | { readonly kind: "twin"; readonly of: number; readonly at: number; readonly name: string | undefined }
  | { readonly kind: "rename"; readonly name: string; readonly now: string }
  | { readonly kind: "vanish"; readonly at: number }
  | { readonly kind: "junk"; readonly at: number; readonly text: string }
  | { readonly kind: "shuffle"; readonly from: number }
  | { readonly kind: "returns" }
  | { readonly kind: "start"; readonly hours: number }
  | {
      readonly kind: "read";
      readonly chunk: number;
      readonly cut: number | undefined;
      readonly half: boolean;
      readonly times: number;
      /** What another copy of the log shows that is behind: as it was at an earlier read, in place or beside. */
      readonly elder: number | undefined;
      readonly beside: boolean;
    }
  | { readonly kind: "damage"; readonly at: number }
  | { readonly kind: "refresh" }
  | { readonly kind: "crash" };

const place = fc.nat(200);
const name = fc.constantFrom("", "a", "b", "c");
const one = <Kind extends string>(kind: Kind) => fc.constant(kind);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: one("appear"),
      events: fc.array(place, { minLength: 1, maxLength: 4 }),
      name,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: one("twin"),
      of: place,
      at: place,
      name: fc.option(name, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: one("rename"), name, now: name }) },
  { weight: 1, arbitrary: fc.record({ kind: one("vanish"), at: place }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: one("junk"),
      at: place,
      text: fc.constantFrom(
        "",
        " \r",
        '{"timestamp":"2026-08',
        "[1]",
        '{"note":"an entry?"}',
        '{"action":"undated"}',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: one("shuffle"), from: place }) },
  { weight: 1, arbitrary: fc.record({ kind: one("returns") }) },
  { weight: 1, arbitrary: fc.record({ kind: one("start"), hours: fc.integer({ min: -3, max: 1 }) }) },
  {
    weight: 8,
    arbitrary: fc
      .record({
        kind: one("read"),
        chunk: fc.constantFrom(997, 16_384, 65_536, 1_000_000),
        cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined, freq: 6 }),
        half: fc.boolean(),
        times: fc.integer({ min: 1, max: 3 }),
        elder: fc.option(place, { nil: undefined }),
        beside: fc.boolean(),
      })
      .map((read) => ({ ...read, times: read.cut === undefined ? read.times : 3 })),
  },
  { weight: 1, arbitrary: fc.record({ kind: one("damage"), at: place }) },
  { weight: 1, arbitrary: fc.record({ kind: one("refresh") }) },
  { weight: 1, arbitrary: fc.record({ kind: one("crash") }) },
);

/** What a server would send, and how it is cut. */
interface Body {
  readonly bytes: Buffer;
  readonly chunk: number;
  readonly cut: number | undefined;
  readonly start: number;
}

/** Shows one body a read, as the API's source would. `seen` is what it tells of each. */
class TextSource implements Source {
  readonly origin = { source: "prod", instance: "acme.example", baseUrl: "", anonymize: false };
  readonly seen: unknown[] = [];
  /** How many passages were known. */
  met = 0;
  body: Body = { bytes: Buffer.alloc(0), chunk: 1, cut: undefined, start: 0 };
  readonly #remembers: boolean;
  readonly #clock: ManualClock;

  constructor(remembers: boolean, clock: ManualClock) {
    this.#remembers = remembers;
    this.#clock = clock;
  }

  async *read(
    _: Cursor | undefined,
    _stop: AbortSignal,
    _owed?: readonly number[],
    passages?: KnownPassages,
  ): AsyncGenerator<Piece, ReadDone> {
    const spread = new Spread({ from: midnight - dayMs, to: midnight + dayMs });
    const end = yield* readWindow({
      query: "numDays=2",
      limit: "refused",
      request: async () => answerOf(this.body),
      start: this.body.start,
      maxLine: 20_000,
      acceptMalformed: false,
      body: { minRate: 0, allowUnframed: false },
      clock: this.#clock,
      scrub: (text) => text,
      spread,
      passages: this.#remembers && passages ? this.#counted(passages) : undefined,
    });
    if (!("total" in end)) throw new Error("refused");
    const { total, leftOut, perDay, newest } = end;
    this.seen.push({
      total,
      leftOut,
      perDay: [...perDay].sort(),
      newest,
      spread: spread.counts(),
      outside: spread.outside,
    });
    const now = this.#clock.now();
    return {
      next: String(now) as Cursor,
      caughtUp: true,
      covered: { from: midnight - 3 * dayMs, to: now },
      watermark: now,
      gaps: [],
      notices: [],
    };
  }

  #counted(passages: KnownPassages): KnownPassages {
    return {
      fingerprintOf: (parts) => passages.fingerprintOf(parts),
      notesOf: (fingerprint) => {
        const notes = passages.notesOf(fingerprint);
        if (notes !== undefined) this.met++;
        return notes;
      },
    };
  }

  async *readDay(): AsyncGenerator<Piece, DayDone> {
    yield [];
    return { whole: true };
  }

  async probe() {
    return [];
  }

  reload() {
    return false;
  }

  async close() {}
}

function answerOf({ bytes, chunk, cut }: Body): HttpAnswer {
  const shown = cut === undefined ? bytes.length : Math.floor(bytes.length * cut);
  return {
    status: 200,
    headers: { "content-length": String(bytes.length) },
    body: (async function* () {
      for (let at = 0; at < shown; at += chunk)
        yield Buffer.from(bytes.subarray(at, Math.min(shown, at + chunk)));
      if (cut !== undefined) throw Object.assign(new Error("cut"), { code: "ECONNRESET" });
    })(),
    bytes: async () => bytes,
    text: async () => "",
    discard: () => {},
  };
}

/** One daemon, with what is remembered of passages or without. */
class World {
  readonly clock = new ManualClock(midnight + dayMs);
  readonly reports: Report[] = [];
  readonly store = new MemoryStore(["siem"]);
  readonly source: TextSource;
  readonly #maxIdleBytes: number;
  /** What was damaged, and how much of the ledger was there then. */
  #due: { readonly day: number; readonly behind: number; readonly bytes: Buffer }[] = [];
  #ledger = this.#newLedger();
  #loop: ReturnType<typeof ingest>;

  constructor(remembers: boolean, maxIdleBytes: number) {
    this.#maxIdleBytes = maxIdleBytes;
    this.source = new TextSource(remembers, this.clock);
    this.#loop = this.#begin();
  }

  async read(body: Body): Promise<string> {
    this.source.body = body;
    this.clock.advance(60_000);
    try {
      const done = await this.#loop.readOnce(new AbortController().signal);
      return `caught up: ${done.caughtUp}`;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return error.reason;
    }
  }

  refresh(): void {
    this.#ledger.refresh();
  }

  crash(): void {
    this.#ledger = this.#newLedger();
    this.#loop = this.#begin();
  }

  /** The record at this place is damaged: the ledger forgets it, and it is due. */
  damage(day: number, at: number): void {
    const pieces = this.store.known("acme.example", day);
    const all = Buffer.concat(pieces.filter(({ form }) => form === "known").map(({ bytes }) => bytes));
    if (all.length === 0) return;
    const from = (at % (all.length / knownBytes)) * knownBytes;
    const bytes = Buffer.from(all.subarray(from, from + knownBytes));
    this.#due.push({ day, behind: pieces.length, bytes });
    this.refresh();
  }

  kept() {
    return this.store
      .read(0, { events: 1e6, bytes: 1e9 })
      .map(
        ({ bytes, uid, day, late, fault }) =>
          `${uid} ${day} ${late} ${fault} ${textHash(Buffer.from(bytes))}`,
      );
  }

  #newLedger() {
    return ledger({
      maxIdleBytes: this.#maxIdleBytes,
      load: (day) => {
        const pieces = this.store.known("acme.example", day);
        const due = this.#due.filter((each) => each.day === day);
        return [...pieces.keys(), pieces.length].flatMap((at) => [
          ...due.filter(({ behind }) => behind === at).map(({ bytes }) => ({ form: "due" as const, bytes })),
          ...pieces.slice(at, at + 1),
        ]);
      },
    });
  }

  #begin() {
    return ingest({
      source: this.source,
      store: this.store,
      ledger: this.#ledger,
      clock: this.clock,
      random: () => 0.5,
      tell: (report) => this.reports.push(report),
      pollIntervalMs: 60_000,
      backoff: { minMs: 1, maxMs: 1 },
      holdIntervalMs: 1,
      reload: () => false,
      kept: new Wakeup(this.clock),
    });
  }
}

/** A log, and two daemons that read the same bytes of it. */
class Play {
  readonly remembering: World;
  readonly forgetful: World;
  #lines: Line[];
  readonly #elders: string[] = [];
  #returns = "\n";
  #start = 0;
  /** What a cut read has kept depends on how it came. */
  cut = false;

  constructor(idle: boolean, events: readonly number[]) {
    const maxIdleBytes = idle ? 0 : 1e9;
    this.remembering = new World(true, maxIdleBytes);
    this.forgetful = new World(false, maxIdleBytes);
    this.#lines = events.map((event) => ({ event, name: "", order: false }));
    this.#sort();
  }

  async run(happenings: readonly Happening[]): Promise<void> {
    for (const it of happenings) await this.#happen(it);
    const whole = {
      kind: "read",
      chunk: 65_536,
      cut: undefined,
      half: false,
      times: 2,
      elder: undefined,
      beside: false,
    } as const;
    this.#lines = this.#lines.filter((line) => "event" in line);
    await this.#happen(whole);
  }

  async #happen(it: Happening): Promise<void> {
    const lines = this.#lines;
    const events = lines.filter((line) => "event" in line);
    if (it.kind === "appear") {
      lines.push(...it.events.map((event) => ({ event, name: it.name, order: false })));
      this.#sort();
    } else if (it.kind === "twin") {
      const twin = events[it.of % events.length];
      const position = it.at % Math.max(1, lines.length);
      if (twin !== undefined)
        lines.splice(position, 0, { ...twin, name: it.name ?? twin.name, order: it.name === undefined });
    } else if (it.kind === "rename") {
      for (const event of events) if (event.name === it.name) event.name = it.now;
    } else if (it.kind === "vanish") lines.splice(it.at % Math.max(1, lines.length), 1);
    else if (it.kind === "junk") {
      const junk = lines.filter((line) => "junk" in line).length;
      if (junk < 9) lines.splice(it.at % Math.max(1, lines.length), 0, { junk: it.text });
    } else if (it.kind === "shuffle") lines.push(...lines.splice(0, it.from % Math.max(1, lines.length)));
    else if (it.kind === "returns") this.#returns = this.#returns === "\n" ? "\r\n" : "\n";
    else if (it.kind === "start") this.#start = midnight + it.hours * 3_600_000;
    else if (it.kind === "read") await this.#read(it);
    else
      for (const world of [this.remembering, this.forgetful]) {
        if (it.kind === "damage") world.damage(midnight / dayMs - (it.at % 2), it.at);
        else if (it.kind === "refresh") world.refresh();
        else world.crash();
      }
  }

  async #read({
    chunk,
    cut,
    half,
    times,
    elder,
    beside,
  }: Extract<Happening, { kind: "read" }>): Promise<void> {
    const now = this.#lines.map((line) => render(line) + this.#returns).join("");
    const before = elder === undefined ? undefined : this.#elders[elder % Math.max(1, this.#elders.length)];
    this.#elders.push(now);
    const text = before === undefined ? now : beside ? before + now : before;
    const bytes = Buffer.from(half ? text.slice(0, -this.#returns.length) : text);
    this.cut ||= cut !== undefined;
    for (let read = 0; read < times; read++) {
      const body = { bytes, chunk, cut: read === 0 ? cut : undefined, start: this.#start };
      expect(await this.remembering.read(body)).toBe(await this.forgetful.read(body));
      expect(this.remembering.source.seen.at(-1)).toEqual(this.forgetful.source.seen.at(-1));
    }
  }

  /** By time, and of one time as they are: late ones come between others. */
  #sort(): void {
    const events = this.#lines
      .filter((line) => "event" in line)
      .sort((a, b) => timeOf(a.event) - timeOf(b.event));
    const junk = this.#lines.filter((line) => "junk" in line);
    this.#lines = [...events, ...junk];
  }
}

/** Two hours on both sides of midnight. */
function timeOf(event: number): number {
  return midnight + (event - 100) * 72_000;
}

function render(line: Line): string {
  if ("junk" in line) return line.junk;
  const { event, name, order } = line;
  const members = {
    timestamp: new Date(timeOf(event)).toISOString(),
    action: "user:initiate_login",
    actor_ip: `192.0.2.${event}`,
    cli_version: `${event} `.repeat(event % 3 === 0 ? 3_000 : 1_200),
    ...(name === "" ? {} : { user_email: `${name}@example.com` }),
  };
  return JSON.stringify(order ? Object.fromEntries(Object.entries(members).reverse()) : members);
}

function textHash(bytes: Buffer): string {
  return `${hash("sha256", bytes, "hex").slice(0, 8)} ${bytes.toString("latin1", 0, 80)}`;
}

const told = ({ reports }: World) =>
  reports.filter(({ type }) => type !== "poll_failed").map((report) => ({ ...report, seconds: 0 }));

describe("what is remembered of passages", () => {
  it("is bounded: what was not met for long is forgotten, what is met again stays", () => {
    const passages = new Passages("key", 64 * 1024);
    const fingerprint = (n: number) => passages.fingerprintOf([Buffer.from(String(n))]);
    for (let n = 0; n < 5_000; n++) {
      passages.put(fingerprint(n), [n, 7], [1, 2]);
      expect(passages.notesOf(fingerprint(0))).toEqual(Uint32Array.of(0, 7));
    }
    expect(passages.placesOf(fingerprint(4_999))).toEqual(Uint32Array.of(1, 2));
    expect(passages.notesOf(fingerprint(1))).toBeUndefined();
  });

  it("is a day of fifteen million records, from one read of it to the next", () => {
    const passages = new Passages("key");
    // 150 records each: what the source notes of them in one part of the day, and their places in one run.
    const [count, notes, places] = [100_000, [150, 1, 2, 3, 150], [1, 2, 3, 150, 5]];
    const at = Buffer.alloc(16);
    const fingerprint = (n: number) => {
      at.writeUInt32LE(Math.imul(n, 0x9e3779b1) >>> 0);
      return at;
    };
    for (let n = 0; n < count; n++) passages.put(fingerprint(n), notes, places);
    for (let n = 0; n < count; n++) if (passages.notesOf(fingerprint(n)) === undefined) expect.fail(`${n}`);
  });

  it("has a key: the same bytes look otherwise to another state", () => {
    const bytes = Buffer.from("line\n");
    const [one, same, other] = ["a", "a", "b"].map((key) => new Passages(key).fingerprintOf([bytes]));
    expect([one?.equals(same as Buffer), one?.equals(other as Buffer)]).toEqual([true, false]);
    const parts = [bytes.subarray(0, 2), bytes.subarray(2)];
    expect(new Passages("a").fingerprintOf(parts)).toEqual(one);
  });

  it("changes nothing: not what is kept, not what is counted, not what is told, whatever a log shows", async () => {
    let met = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(place, { minLength: 10, maxLength: 40 }),
        fc.array(happening, { maxLength: 12 }),
        async (idle, events, happenings) => {
          const play = new Play(idle, events);
          await play.run(happenings);
          const { remembering, forgetful } = play;
          met += remembering.source.met;
          // What had to wait for a later line may stand a little later where a whole passage is taken at once.
          expect(remembering.kept().sort()).toEqual(forgetful.kept().sort());
          if (play.cut) return;
          expect(remembering.store.books()).toEqual(forgetful.store.books());
          expect(told(remembering)).toEqual(told(forgetful));
        },
      ),
      { numRuns: 150, endOnFailure: true },
    );
    expect(met).toBeGreaterThan(300);
  });
});
