import fc from "fast-check";
import { expect, it } from "vitest";
import { Unfinished } from "../../src/ingest/allowance.ts";
import { type Ledger, type LedgerOptions, ledger } from "../../src/ingest/ledger.ts";
import type { LedgerRead } from "../../src/ingest/ledger-read.ts";
import { knownBytes } from "../../src/spool/store.ts";
import { CountedScratch } from "../fake/scratch.ts";
import { identity, LedgerDisk, takeDecided } from "./ledger-reading.ts";

const finishes = ["commit", "end", "fail", "stop"] as const;

/** A read that goes on: the first or the second of two, on whose page `page` it stands. */
interface Shown {
  readonly kind: "show";
  readonly read: number;
  readonly day: number;
  /** From this identity on, so many in their order, or backwards. */
  readonly from: number;
  readonly count: number;
  readonly backwards: boolean;
  readonly digest: number;
  readonly page: number;
}
type Finish = (typeof finishes)[number];
type Happening =
  | Shown
  | { readonly kind: Finish; readonly read: number }
  | { readonly kind: "lose"; readonly day: number; readonly piece: number }
  | { readonly kind: "load"; readonly day: number; readonly steps: number }
  | { readonly kind: "refresh" | "restart" };

const read = fc.integer({ min: 0, max: 1 });
const day = fc.integer({ min: 5, max: 6 });
const show = fc.record({
  kind: fc.constant("show" as const),
  read,
  day,
  from: fc.nat(40),
  count: fc.integer({ min: 1, max: 30 }),
  backwards: fc.boolean(),
  // Most entries have no name that could change.
  digest: fc.constantFrom(0, 0, 0, 1, 2, 3),
  page: fc.nat(2),
});
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: show },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom(...finishes), read }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose" as const), day, piece: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("load" as const), day, steps: fc.nat(4) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("refresh" as const, "restart" as const) }),
  },
);

/** A ledger with two reads beside each other, and everything that it says. */
class Play {
  readonly said: unknown[] = [];
  readonly #options: Partial<LedgerOptions>;
  readonly #disk = new LedgerDisk();
  #ledger: Ledger;
  #loading: Generator<void, void> | undefined;
  #left: Unfinished[] = [new Unfinished(), new Unfinished()];
  #reads: LedgerRead[];

  constructor(options: Partial<LedgerOptions>) {
    this.#options = options;
    this.#ledger = this.#open();
    this.#reads = this.#left.map((left) => this.#ledger.read(left));
  }

  happen(it: Happening): void {
    if (it.kind === "show") this.#show(it);
    else if (it.kind === "lose") this.#lose(it.day, it.piece);
    else if (it.kind === "load") this.#load(it.day, it.steps);
    else if (it.kind === "refresh") this.#ledger.refresh();
    else if (it.kind === "restart") {
      this.#ledger = this.#open();
      this.#loading = undefined;
      this.#reads = this.#left.map((left) => this.#ledger.read(left));
    } else if ("read" in it) this.#finish(it.kind, it.read);
  }

  #show({ read, day, from, count, backwards, digest, page }: Shown): void {
    for (let n = 0; n < count; n++) {
      const of = backwards ? from + count - n : from + n;
      const record = { bytes: Buffer.from(`${of} ${digest}`) };
      this.said.push((this.#reads[read] as LedgerRead).see(day, identity(of), digest, page, () => record));
    }
  }

  #finish(kind: Finish, index: number): void {
    const read = this.#reads[index] as LedgerRead;
    if (kind === "commit") {
      this.said.push(takeDecided(read), read.totals(5), read.totals(6));
      this.#commit(read);
      return;
    }
    if (kind === "end") {
      read.end();
      this.said.push(takeDecided(read), read.undecided, [...read.left.shown], [...read.left.wanted]);
      this.#commit(read);
      this.#left[index] = read.left;
    }
    // What was taken for the disk did not get there.
    if (kind === "fail") read.takeDelta();
    read.close(kind === "fail");
    this.#reads[index] = this.#ledger.read(this.#left[index] as Unfinished);
  }

  #commit(read: LedgerRead): void {
    const [known, renamed] = [read.takeDelta(), read.takeRenamed()];
    this.said.push([...known], [...renamed]);
    for (const [day, bytes] of known) this.#disk.put(day, { form: "known", bytes });
    for (const [day, bytes] of renamed) this.#disk.put(day, { form: "names", bytes });
  }

  /** A record was damaged, and is to be kept once more. */
  #lose(day: number, piece: number): void {
    const known = [...this.#disk.load(day)].filter(({ form }) => form === "known")[piece];
    if (known === undefined) return;
    this.#disk.put(day, { form: "due", bytes: known.bytes.subarray(0, knownBytes) });
    this.#ledger.refresh();
  }

  /** A load that goes a few steps, and on when that is next asked for. */
  #load(day: number, steps: number): void {
    this.#loading ??= this.#ledger.loading(day);
    for (let step = 0; step < steps; step++)
      if (this.#loading?.next().done === true) this.#loading = undefined;
  }

  #open(): Ledger {
    return ledger({ load: this.#disk.load, ...this.#options });
  }
}

it("says the same of every read where most of a day is outside memory as where nothing is", () => {
  let written = 0;
  fc.assert(
    fc.property(fc.array(happening, { minLength: 5, maxLength: 30 }), fc.boolean(), (happenings, drops) => {
      const scratch = new CountedScratch();
      // Numbers follow the disk where a day was dropped, and what is decided together follows the numbers.
      const maxIdleBytes = drops ? 0 : 1e9;
      const plain = new Play({ maxIdleBytes });
      const flat = new Play({ maxIdleBytes, scratch: scratch.new, mostInMemory: 4 });
      for (const it of happenings) {
        plain.happen(it);
        flat.happen(it);
      }
      expect(flat.said).toEqual(plain.said);
      written += scratch.writes;
    }),
    { numRuns: 500 },
  );
  expect(written).toBeGreaterThan(10_000);
});
