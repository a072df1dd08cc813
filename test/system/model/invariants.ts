import { expect } from "vitest";
import { batchesUnsettled } from "../harness/settled.ts";
import { counted, stableOf } from "./truth.ts";
import { batchEvents, isOwnText, type Place, type World, wants } from "./world.ts";

interface Kept {
  readonly uid: string;
  readonly text: string;
}

/** How far one output was checked. */
interface Progress {
  position: number;
  takings: number;
  /** Of the newest event that was delivered for the first time. */
  seq: number;
  readonly takenSeqs: Set<number>;
  readonly deadSeqs: Set<number>;
  /** What lies before was pruned while this output was not configured. */
  from: number;
}

/** Looks at the world after every step; remembers what it saw, because nothing that was kept may change or vanish. */
export class Inspector {
  /** Record `seq` is at `seq - 1`. */
  readonly kept: Kept[] = [];
  readonly #seqOf = new Map<string, number>();
  readonly #keptOf = new Map<string, number>();
  readonly #progress = new Map<Place, Progress>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Holds at all times. */
  check(): void {
    this.#records();
    this.#cursor();
    this.#books();
    for (const place of this.#world.remotes.keys()) this.#output(place);
  }

  /** After a start: what was kept is there, unchanged. */
  checkDisk(): void {
    const { state } = this.#world;
    expect(state.head()).toBeGreaterThanOrEqual(this.kept.length);
    for (const { seq, uid, bytes } of state.read(0, { events: 1e6, bytes: 1e9 })) {
      const before = this.kept[seq - 1];
      if (before !== undefined) expect({ uid, text: bytes.toString() }).toEqual(before);
    }
  }

  /** What lies before the oldest record that is still kept was pruned: outputs that are not configured now never get it. */
  startAfresh(places: Iterable<Place>): void {
    const oldest = this.#world.state.read(0, { events: 1, bytes: 1 })[0]?.seq ?? this.kept.length + 1;
    for (const place of places) this.#progressOf(place).from = oldest;
  }

  #records(): void {
    const { state, source } = this.#world;
    expect(state.head()).toBeGreaterThanOrEqual(this.kept.length);
    for (const { seq, uid, bytes } of state.read(this.kept.length, { events: 1e6, bytes: 1e9 })) {
      expect(seq).toBe(this.kept.length + 1);
      expect(this.#seqOf.has(uid), "a uid is never used twice").toBe(false);
      const text = bytes.toString();
      this.kept.push({ uid, text });
      this.#seqOf.set(uid, seq);
      if (isOwnText(text)) continue;
      const stable = stableOf(text);
      const count = (this.#keptOf.get(stable) ?? 0) + 1;
      this.#keptOf.set(stable, count);
      const true_ = source.truth.reduce((sum, event) => sum + (event.stable === stable ? 1 : 0), 0);
      expect(count, `invented: ${stable}`).toBeLessThanOrEqual(true_);
    }
    expect(state.head()).toBe(this.kept.length);
  }

  /** The cursor never stands behind what is not on disk. */
  #cursor(): void {
    const shown = this.#world.source.shownUntil(this.#world.state.cursor("prod"));
    for (const [stable, count] of counted(shown))
      expect(this.#keptOf.get(stable) ?? 0, `the cursor passed: ${stable}`).toBeGreaterThanOrEqual(count);
  }

  #books(): void {
    const pending = new Map<string, number>();
    for (const row of this.#world.state.books()) {
      expect(row.fetched - row.known).toBe(row.new);
      expect(
        row.delivered + row.filtered + row.dead + row.dropped + row.skipped + row.lost + row.pending,
      ).toBe(row.new);
      expect(Math.min(row.pending, row.skipped)).toBeGreaterThanOrEqual(0);
      expect(row.lost).toBe(0);
      pending.set(row.output, (pending.get(row.output) ?? 0) + row.pending);
    }
    for (const { output, backlog, abandoned } of this.#world.state.outputs())
      if (!abandoned) expect(pending.get(output) ?? 0).toBe(backlog.events);
  }

  #output(place: Place): void {
    const { state, outputs } = this.#world;
    const remote = this.#world.remote(place);
    const known = this.#progressOf(place);
    for (const { uid, text } of remote.taken.slice(known.takings)) {
      const seq = this.#seqOf.get(uid);
      expect(seq, "only what is on disk is sent").toBeDefined();
      expect(text, "the same uid, the same bytes").toBe(this.kept[(seq as number) - 1]?.text);
      expect(wants(place, text)).toBe(true);
      if (known.takenSeqs.has(seq as number)) continue;
      // Who refuses an event and takes it after a restart has it out of order by its own doing.
      if (!remote.passedOver.has(uid))
        expect(seq as number, "first deliveries come in the spool's order").toBeGreaterThan(known.seq);
      known.seq = Math.max(known.seq, seq as number);
      known.takenSeqs.add(seq as number);
    }
    known.takings = remote.taken.length;
    if (!outputs.includes(place)) return;
    const position = state.standing(place).position;
    expect(position, "a position never moves back").toBeGreaterThanOrEqual(known.position);
    expect(position).toBeLessThanOrEqual(state.head());
    for (const { seq, uid } of state.deadLetters({ output: place }, 1e6)) {
      expect(remote.blamed.has(uid), "only what the remote refused is given up").toBe(true);
      expect(seq).toBeLessThanOrEqual(position);
      known.deadSeqs.add(seq);
    }
    const beside = (["suspect", "retry"] as const).flatMap((cause) =>
      state.side(place, cause, 0, { events: 1e6, bytes: 1e9 }).map(({ record }) => record),
    );
    for (const { seq, uid, bytes } of beside) {
      expect(seq).toBeLessThanOrEqual(position);
      expect(remote.blamed.has(uid), "only what the remote refused waits beside the run").toBe(true);
      expect({ uid, text: Buffer.from(bytes).toString() }).toEqual(this.kept[seq - 1]);
    }
    const waiting = new Set(beside.map(({ seq }) => seq));
    for (let seq = Math.max(known.position + 1, known.from); seq <= position; seq++) {
      const settled =
        known.takenSeqs.has(seq) ||
        known.deadSeqs.has(seq) ||
        waiting.has(seq) ||
        !wants(place, (this.kept[seq - 1] as Kept).text);
      expect(settled, `${place} passed ${seq} without having it`).toBe(true);
    }
    known.position = position;
  }

  /** When every fault is over and everything was drained. */
  checkEnd(): void {
    const { state, source, outputs } = this.#world;
    this.checkDisk();
    this.check();
    // Conservation: what any read has shown at its clean end is there.
    expect(state.cursor("prod")).toBeDefined();
    for (const place of outputs) {
      expect(state.backlog(place).events, `${place} has everything`).toBe(0);
      this.#accounted(place);
      const remote = this.#world.remote(place);
      const { takenSeqs } = this.#progressOf(place);
      const repeats = remote.taken.length - takenSeqs.size;
      const deaths = this.#world.deaths;
      const resent = state.outputs().find(({ output }) => output === place)?.resent ?? 0;
      expect(repeats, "repeats are bounded").toBeLessThanOrEqual(
        (remote.ambiguous + deaths * batchesUnsettled) * batchEvents + resent,
      );
    }
    const read = this.kept.filter(({ text }) => !isOwnText(text));
    expect(read.length).toBeLessThanOrEqual(source.truth.length);
  }

  /** Every record was taken, is dead or dropped, or is not wanted: nothing is only said to be delivered. */
  #accounted(place: Place): void {
    const { takenSeqs, deadSeqs, from } = this.#progressOf(place);
    this.kept.forEach(({ text }, index) => {
      const seq = index + 1;
      const known = seq < from || takenSeqs.has(seq) || deadSeqs.has(seq) || !wants(place, text);
      expect(known, `${place} never got ${seq}`).toBe(true);
    });
  }

  #progressOf(place: Place): Progress {
    let known = this.#progress.get(place);
    if (known === undefined) {
      known = {
        position: 0,
        takings: 0,
        seq: 0,
        takenSeqs: new Set(),
        deadSeqs: new Set(),
        from: 0,
      };
      this.#progress.set(place, known);
    }
    return known;
  }
}
