import type { AuditEvent } from "../event/event.ts";
import type { RunReach, RunTaker } from "../layout/run.ts";
import type { DeliveryReason, Output } from "../output/output.ts";
import { Payloads } from "../output/payloads.ts";
import type { Origin } from "../record/origin.ts";
import type { SpooledRecord, SpooledRecords } from "../record/record.ts";
import type { Limit } from "../spool/spool.ts";
import { type Instant, msOfInstant } from "../time/clock.ts";
import { RecordList } from "./record-list.ts";

/** Why an event of a batch will not be sent (again). */
export interface Cause {
  readonly reason: DeliveryReason;
  readonly detail: string;
}

/** An event that is left out of a batch. `certain`: whatever the remote says, it can never go. */
export interface LeftOut {
  readonly record: SpooledRecord;
  readonly cause: Cause;
  readonly certain: boolean;
}

/** How a record becomes a payload, or is left out. Pure. */
export interface Shape {
  /** The event is good until the next is decoded. */
  decode(record: SpooledRecord): AuditEvent;
  wanted(event: AuditEvent): boolean;
  readonly encode: Output["encode"];
  /**
   * Writes the events of records that follow `record`, which was decoded last, all at once, as far as these
   * are wanted and like others before them. Gives back how many there were. Absent where each is looked at.
   */
  readonly follow?: (record: SpooledRecord, reach: RunReach, into: RunTaker) => number;
  /** The same for what is sent again by a replay, whose id every event of it carries. */
  replayed(replayId: string): Shape;
}

/**
 * What one send carries, and everything the spool must know once it is settled. A pure function of the
 * spool: never kept anywhere.
 */
export interface Batch {
  /** The i-th was made from `sent[i]`. */
  readonly payloads: Payloads;
  readonly sent: RecordList;
  readonly filtered: RecordList;
  readonly givenUp: readonly LeftOut[];
  /** The position after this batch. */
  readonly through: number;
  /** Event times of `sent`, epoch milliseconds; undated ones are left out. */
  readonly times: readonly number[];
  /** It reached a limit: waiting would not make it bigger. */
  readonly full: boolean;
  /** Events of actions that W&B does not document, by source. */
  readonly unknownActions: ReadonlyMap<string, number>;
  /** It is settled, and none of its records is asked for any more. */
  done(): void;
}

/** What most batches take, bytes. */
export const usualBytes = 64 * 1024;

/**
 * A batch that grows as records come, so that each is formatted once however long the batch waits for more.
 */
export class GrowingBatch implements Batch {
  readonly payloads: Payloads;
  readonly sent = new RecordList();
  readonly filtered = new RecordList();
  readonly givenUp: LeftOut[] = [];
  readonly times: number[] = [];
  readonly unknownActions = new Map<string, number>();
  through: number;
  full = false;
  /** It was planned to end there, and no limit matters. */
  #end: number | undefined;
  readonly #reads: SpooledRecords[] = [];
  readonly #shape: Shape;
  readonly #limit: Limit;
  readonly #known: ReadonlyMap<number, Cause>;
  /** Neighbours share a second, and the object that says so. */
  #lastTime: Instant | undefined;
  #lastMs = 0;

  /**
   * Of what follows `after`. `known` holds, by `seq`, why events will not be sent; `payloads` is empty yet.
   */
  constructor(
    after: number,
    shape: Shape,
    limit: Limit,
    known: ReadonlyMap<number, Cause>,
    // The event that has no room any more is written behind the others, and taken back.
    payloads = new Payloads(Math.min(limit.bytes, usualBytes), limit.bytes + usualBytes),
  ) {
    this.through = after;
    this.#shape = shape;
    this.#limit = limit;
    this.#known = known;
    this.payloads = payloads;
  }

  /** Nothing was added yet. */
  get empty(): boolean {
    return this.size === 0;
  }

  /** Records in it, those that are not sent included. */
  get size(): number {
    return this.sent.length + this.filtered.length + this.givenUp.length;
  }

  /** What the next read may bring. */
  get room(): Limit {
    if (this.#end !== undefined) return { events: this.#end - this.through, bytes: this.#limit.bytes };
    return { events: this.#limit.events - this.size, bytes: this.#limit.bytes };
  }

  /** It was planned to end with this `seq`. */
  endAt(through: number): void {
    this.#end = through;
    this.full = this.through >= through;
  }

  /** Takes the first of `records`, which follow what is in it, that fit. */
  add(records: SpooledRecords): void {
    this.#reads.push(records);
    for (let place = 0; place < records.length; place += 1) {
      const record = (records.look?.(place) ?? records.at(place)) as SpooledRecord;
      if (record.seq > (this.#end ?? record.seq) || !this.#take(record, records, place)) {
        this.full = true;
        return;
      }
      this.through = record.seq;
      const more = this.#follow(record, records, place);
      this.through += more;
      place += more;
    }
    if (this.#end === undefined ? this.size >= this.#limit.events : this.through >= this.#end)
      this.full = true;
  }

  done(): void {
    for (const records of this.#reads) records.done?.();
    this.#reads.length = 0;
  }

  /** False when the record does not fit. */
  #take(record: SpooledRecord, records: SpooledRecords, place: number): boolean {
    const known = this.#known.size === 0 ? undefined : this.#known.get(record.seq);
    if (known !== undefined) {
      this.givenUp.push({ record: records.at(place) as SpooledRecord, cause: known, certain: false });
      return true;
    }
    let event: AuditEvent;
    try {
      event = this.#shape.decode(record);
      if (!this.#shape.wanted(event)) {
        this.filtered.add(record, records, place);
        return true;
      }
      this.payloads.add(event, this.#shape.encode);
    } catch (error) {
      // A format that throws is a bug, but one bad event must not stop the log for good.
      const detail = `cannot be formatted: ${error instanceof Error ? error.name : typeof error}`;
      const kept = records.at(place) as SpooledRecord;
      this.givenUp.push({ record: kept, cause: { reason: "bad_event", detail }, certain: true });
      return true;
    }
    const isOver = this.#end === undefined && this.payloads.byteLength > this.#limit.bytes;
    if (isOver && this.payloads.count > 1) {
      this.payloads.takeBack();
      return false;
    }
    this.sent.add(record, records, place);
    this.#note(record, event);
    return true;
  }

  /** Takes those that follow `record`, and are like others, without a look at each. */
  #follow(record: SpooledRecord, records: SpooledRecords, place: number): number {
    const { follow } = this.#shape;
    if (follow === undefined || this.#known.size > 0) return 0;
    const count = Math.min(this.room.events, records.length - place - 1);
    const room = this.#limit.bytes - this.payloads.byteLength;
    if (count <= 0 || room <= 0 || !this.sent.endsWith(records, place)) return 0;
    const more = follow(record, { records, place, count, room }, this);
    this.sent.addNext(more);
    return more;
  }

  /** As `RunTaker` has it. */
  written(origin: Origin, bytes: Buffer, ends: Int32Array): void {
    this.payloads.addAll(origin, bytes, ends);
  }

  /** As `RunTaker` has it. */
  happened(time: Instant, count: number): void {
    const ms = msOfInstant(time);
    for (let event = 0; event < count; event += 1) this.times.push(ms);
  }

  #note(record: SpooledRecord, { time, tags }: AuditEvent): void {
    if (time !== undefined) {
      if (time !== this.#lastTime) this.#lastMs = msOfInstant(time);
      this.#lastTime = time;
      this.times.push(this.#lastMs);
    }
    if (tags.length > 0 && tags.includes("wandb_unknown_action"))
      this.unknownActions.set(record.source, (this.unknownActions.get(record.source) ?? 0) + 1);
  }
}
