import type { Cursor, ReadDone } from "../../record/reading.ts";
import { dayMs } from "../../time/clock.ts";
import type { Backfill } from "../backfill.ts";
import type { LatenessOfDay } from "../lateness.ts";
import type { SourceState } from "../spool-state.ts";
import type { WitnessedDay } from "../witnessed.ts";
import type { Database } from "./database.ts";
import type { GapRow, SourceRow, Tables } from "./tables.ts";
import type { Change } from "./transactions.ts";

/** Why a day is a gap whose records were damaged here. */
export const damagedHere =
  "records were damaged on disk before they were delivered; this day is read again for what the source still has";
/** Why a day is a gap that a source was shown while it was a witness, and delivered nothing of. */
export const witnessedOnly =
  "it was a witness when it was shown this day, and delivered nothing of it; this day is read again";
/** Days that are read once more, though they were read before. */
const owedFor: ReadonlySet<string> = new Set([damagedHere, witnessedOnly]);

/** What of a source's state others keep. */
interface Besides extends Pick<SourceState, "closed" | "held"> {
  readonly backfill: Backfill | undefined;
  readonly lateness: readonly LatenessOfDay[];
  readonly witnessed: readonly WitnessedDay[];
}
const nothingBesides: Besides = { backfill: undefined, lateness: [], witnessed: [] };
const noGaps: readonly GapRow[] = [];

/** How far each source was read, and what it could not show. Kept in memory as it is on disk. */
export class Sources {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #rows = new Map<string, SourceRow>();
  /** Those that were read further than is on disk. */
  readonly #unwritten = new Set<string>();
  #configured: ReadonlySet<string> = new Set();
  #witnesses: ReadonlyMap<string, string> = new Map();
  #gaps: GapRow[] = [];
  /** By source, the days that were owed when its read began: what is damaged meanwhile is not read by it. */
  readonly #owedAtStart = new Map<string, Set<number>>();

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#tables = tables;
  }

  load(): void {
    this.#rows.clear();
    this.#unwritten.clear();
    for (const found of this.#tables.source.rows()) this.#rows.set(found.name, found);
    this.#gaps = this.#tables.gap.rows("ORDER BY source, day");
  }

  /**
   * The sources of the configuration, and which of them are witnesses, each with a primary. What others read
   * stays known, and nothing waits for them any more.
   */
  register(names: readonly string[], witnesses: ReadonlyMap<string, string>): void {
    this.#configured = new Set(names);
    this.#witnesses = witnesses;
    for (const name of names) if (!this.#rows.has(name)) this.#put(this.#row(name));
  }

  /** Those of the configuration. */
  configured(): Iterable<string> {
    return this.#configured;
  }

  /** Which source brings back what this one had shown: itself, unless it is a witness. */
  primaryFor(source: string): string {
    return this.#witnesses.get(source) ?? source;
  }

  isWitness(source: string): boolean {
    return this.#witnesses.has(source);
  }

  /** It was configured once, and not renamed since. */
  has(name: string): boolean {
    return this.#rows.has(name);
  }

  /** Nothing of it was kept yet. */
  untouched(name: string): boolean {
    const { cursor, newestEvent } = this.#row(name);
    return cursor === null && newestEvent === null;
  }

  /** As if it had never been read. */
  forget(name: string): void {
    this.#put({ name, cursor: null, watermark: null, lastSuccess: null, newestEvent: null });
    for (const { source, day } of [...this.#gaps]) if (source === name) this.dropGap(source, day);
  }

  /** Days that it could not show. */
  /** Those of all sources, by source and day. */
  allGaps(): readonly GapRow[] {
    return this.#gaps;
  }

  gaps(source: string): readonly GapRow[] {
    return this.#gaps.length === 0 ? noGaps : this.#gaps.filter((gap) => gap.source === source);
  }

  cursor(source: string): Cursor | undefined {
    return (this.#rows.get(source)?.cursor ?? undefined) as Cursor | undefined;
  }

  /** Records were kept, the newest event of which was at `newest`, epoch milliseconds. */
  kept(source: string, newest: number | undefined): void {
    const before = this.#row(source);
    if (newest === undefined || newest <= (before.newestEvent ?? Number.NEGATIVE_INFINITY)) return;
    this.#take({ ...before, newestEvent: newest }, this.#unwritten.has(source));
  }

  finish(source: string, { next, watermark, covered, gaps, since = 0, mayWait }: ReadDone, at: number): void {
    const before = this.#row(source);
    const reached = watermark === undefined ? before.watermark : Math.floor(watermark);
    this.#take(
      { ...before, cursor: next, watermark: reached, lastSuccess: Math.floor(at) },
      mayWait === true,
    );
    // A day that was now read completely is no gap any more.
    const first = Math.ceil(covered.from / dayMs);
    const end = Math.floor(covered.to / dayMs);
    const wanted = Math.floor(since / dayMs);
    for (const gap of this.#gaps)
      if (gap.source !== source) continue;
      else if (gap.day >= first && (gap.day < end || isShownAgain(gap, covered))) {
        if (!this.#isNewlyOwed(gap)) this.dropGap(source, gap.day);
      } else if (gap.day < wanted && gap.reason !== damagedHere) this.dropGap(source, gap.day);
    for (const { day, reason } of gaps) this.addGap({ source, day, reason, at: Math.floor(at) });
  }

  addGap(gap: GapRow): void {
    if (owedFor.has(gap.reason)) this.#owedAtStart.get(gap.source)?.delete(gap.day);
    this.dropGap(gap.source, gap.day);
    this.#tables.gap.put(gap);
    this.#gaps.push(gap);
  }

  dropGap(source: string, day: number): void {
    this.#db.run("DELETE FROM gap WHERE source = ? AND day = ?", source, day);
    this.#gaps = this.#gaps.filter((gap) => gap.source !== source || gap.day !== day);
  }

  /** Days whose records were lost or passed over here. A read begins that can bring them back. */
  owed(source: string): number[] {
    const days = this.#gaps
      .filter((gap) => gap.source === source && owedFor.has(gap.reason))
      .map(({ day }) => day);
    this.#owedAtStart.set(source, new Set(days));
    return days;
  }

  #isNewlyOwed({ source, day, reason }: GapRow): boolean {
    const owed = this.#owedAtStart.get(source);
    return owedFor.has(reason) && owed !== undefined && !owed.has(day);
  }

  /** A day was read on its own. What is damage is dropped by the read that brings it back. */
  dayShown(source: string, day: number): void {
    const gap = this.#gaps.find((each) => each.source === source && each.day === day);
    if (gap !== undefined && gap.reason !== damagedHere) this.dropGap(source, day);
  }

  /** `besides` gives what others keep of a source. */
  states(besides: (source: string) => Besides = () => nothingBesides): SourceState[] {
    return [...this.#rows.values()].map(({ name, cursor, watermark, lastSuccess, newestEvent }) => ({
      source: name,
      ...withoutUndefined(besides(name)),
      ...(watermark === null ? {} : { watermark }),
      ...(lastSuccess === null ? {} : { lastSuccess }),
      ...(newestEvent === null ? {} : { newestEvent }),
      ...(cursor === null ? {} : { cursor: cursor as Cursor }),
      gaps: this.gaps(name).map(({ day, reason }) => ({ day, reason })),
    }));
  }

  /**
   * Up to when every source of the configuration has been read completely, epoch milliseconds. Undefined
   * before the first of them has. One that has never been read, and those that are not configured any more,
   * hold nothing back.
   */
  readUntil(): number | undefined {
    const watermarks = [...this.#rows.values()].flatMap(({ name, watermark }) =>
      watermark !== null && this.#configured.has(name) ? [watermark] : [],
    );
    return watermarks.length === 0 ? undefined : Math.min(...watermarks);
  }

  #row(name: string): SourceRow {
    return (
      this.#rows.get(name) ?? { name, cursor: null, watermark: null, lastSuccess: null, newestEvent: null }
    );
  }

  /** The cursors that waited. Never throws: without them the next start reads a little again. */
  writeWaiting(change: Change): void {
    const rows = [...this.#unwritten].map((name) => this.#row(name));
    try {
      if (rows.length > 0)
        change(() => {
          for (const row of rows) this.#put(row);
        });
    } catch {}
  }

  /** `mayWait`: into memory alone. */
  #take(next: SourceRow, mayWait: boolean): void {
    if (!mayWait) this.#put(next);
    else {
      this.#rows.set(next.name, next);
      this.#unwritten.add(next.name);
    }
  }

  #put(next: SourceRow): void {
    this.#tables.source.put(next);
    this.#rows.set(next.name, next);
    this.#unwritten.delete(next.name);
  }
}

/** A day that goes on was shown up to a moment after it was owed. */
function isShownAgain({ day, reason, at }: GapRow, { from, to }: ReadDone["covered"]): boolean {
  return reason === witnessedOnly && day * dayMs >= from && at < to && to <= (day + 1) * dayMs;
}

function withoutUndefined({ backfill, lateness, witnessed, ...rest }: Besides): Partial<SourceState> {
  return {
    ...rest,
    ...(backfill !== undefined && { backfill }),
    ...(lateness.length > 0 && { lateness }),
    ...(witnessed.length > 0 && { witnessed }),
  };
}
