import type { About, ShrunkDay } from "../../own/own-fact.ts";
import type { ReadDone } from "../../record/reading.ts";
import { dayMs, type Instant } from "../../time/clock.ts";
import type { ActivityLookup } from "../activity.ts";
import type { Archives } from "../archives.ts";
import type { BackfillPlan, BackfillSpan } from "../backfill.ts";
import type { NewRecords } from "../chunk/new-records.ts";
import { ReadPace } from "../chunk/read-pace.ts";
import type { EventLookup } from "../event-lookup.ts";
import type { SpoolPart } from "../replay.ts";
import type { Replays, ShownRecords } from "../replays.ts";
import type { Segments } from "../segment/segments.ts";
import type { LetterFilter, LetterPlace, Limit, PlaceAnswer, Settlement, SideCause } from "../spool.ts";
import { SpoolError } from "../spool-error.ts";
import type { Usage } from "../spool-state.ts";
import type { DayStep, LedgerDelta, LedgerEnd, OpenStore } from "../store.ts";
import type { Trends } from "../trends.ts";
import { archiveDesk } from "./archive-desk.ts";
import { finishRead, finishStep, keepRecords } from "./arrivals.ts";
import { begin } from "./begin.ts";
import type { Unsound } from "./chunks.ts";
import type { Database } from "./database.ts";
import { eventLookup } from "./event-lookup.ts";
import { checkDelta } from "./ledger-pieces.ts";
import { dropLetters, retryLetters } from "./letter-moves.ts";
import { backlogOf, outputStates, readDelivered, sendAgain, standingOf } from "./outputs.ts";
import { pruneFreeing, pruningFreesFile } from "./prune.ts";
import { answerPlace } from "./register-outputs.ts";
import { sourceStates, startOver } from "./register-sources.ts";
import { quarantine } from "./repair/quarantine.ts";
import { replacedStates } from "./replaced-states.ts";
import { replayDesk } from "./replay-desk.ts";
import { cancelBackfill, planBackfill } from "./replay-reading.ts";
import { appendBytes, type Room, room } from "./room.ts";
import { type ScratchRoom, scratchRoom } from "./scratch.ts";
import { settle } from "./settle.ts";
import { checkState, countedBytes, loadState, type State, stateOf } from "./state.ts";
import type { SqliteStoreOptions } from "./store-options.ts";
import { tellDue } from "./tell-due.ts";
import { type Change, changing, tellingOwn } from "./transactions.ts";
import { trendDesk } from "./trend-desk.ts";
import { waitingAnywhere } from "./waiting.ts";
import { WaitingSettlements } from "./waiting-settlements.ts";
import { keptOf } from "./witness-facts.ts";

/** The store in a database whose tables exist. Throws SpoolError `corrupt` when its parts do not agree. */
export function sqliteStore(db: Database, segments: Segments, options: SqliteStoreOptions): OpenStore {
  return new SqliteStore(db, segments, options);
}

class SqliteStore implements OpenStore {
  readonly events: EventLookup;
  readonly activity: ActivityLookup;
  readonly replays: Replays;
  readonly archives: Archives;
  readonly trends: Trends;
  readonly #options: SqliteStoreOptions;
  readonly #state: State;
  readonly #room: Room;
  readonly #scratch: ScratchRoom;
  readonly #change: Change;
  readonly #waiting: WaitingSettlements;
  readonly #pace: ReadPace;
  #open = true;

  constructor(db: Database, segments: Segments, options: SqliteStoreOptions) {
    const { directory, maxBytes } = options;
    const now = () => this.#now();
    const state = stateOf(db, segments, now, (found) => this.#setAside(found), options.scrub);
    this.#options = options;
    this.#state = state;
    this.events = eventLookup(state, now, options.unnoted);
    this.activity = state.activity;
    db.beforeCommit(() => segments.sync());
    const counted = () => countedBytes(state);
    this.#room = room(db, directory, { ...options, counted, freesFile: () => pruningFreesFile(state) });
    const change = changing(db, () => loadState(state), maxBytes);
    this.#waiting = new WaitingSettlements(tellingOwn(change, state.own, options.onOwnEvents));
    this.#change = this.#waiting.change;
    this.replays = replayDesk(state, { change: this.#change, now, maxBytes });
    this.archives = archiveDesk(state, { change: this.#change, now });
    this.trends = trendDesk(state, this.#change);
    this.#pace = new ReadPace(state.chunks.fresh, options.clock);
    this.#scratch = scratchRoom(directory, (bytes, error) => this.#room.refused(bytes, error));
    loadState(state);
    checkState(state);
    this.#change(() => begin(state, options, this.#now()));
    state.chunkRows.dropSegments();
  }

  instanceChange = (source: string) => this.#state.origins.change(source);
  startOver = (source: string) => this.#change(() => startOver(this.#state, source, this.#now()));
  cursor = (source: string) => this.#state.sources.cursor(source);
  owed = (source: string) => this.#state.sources.owed(source);
  stateId = () => this.#state.chunks.meta().stateId;

  *known(instance: string, day: number) {
    const dropUnsound = yield* this.#state.ledger.of(instance, day);
    if (dropUnsound !== undefined) this.#change(dropUnsound);
  }

  scratch = (blockBytes: number) => this.#scratch.make(blockBytes);

  append(source: string, records: NewRecords, ledger: LedgerDelta, at: Instant, shown?: ShownRecords): void {
    checkDelta(records.count, ledger);
    const { count, bytes: more } = shown?.records ?? { count: 0, bytes: 0 };
    const bytes = appendBytes(records.count + count, records.bytes + more);
    this.#claim(bytes);
    this.#changeNeeding(bytes, () => keepRecords(this.#state, source, records, ledger, at, shown));
  }

  finishWindow(source: string, done: ReadDone, end: LedgerEnd, at: number): void {
    const moment = Math.floor(at);
    this.#changeNeeding(appendBytes(0, 0), () => finishRead(this.#state, source, done, end, moment));
  }

  finishStep = (step: DayStep, end: LedgerEnd, at: number) =>
    this.#changeNeeding(appendBytes(0, 0), () => finishStep(this.#state, step, end, Math.floor(at)));

  showing(instance: string, day: number): void {
    const { shownDays } = this.#state;
    const soonForgotten = this.#now() - this.#options.keep.ledger / 2;
    if (shownDays.last(instance, day) * dayMs > soonForgotten) return;
    this.#changeNeeding(appendBytes(0, 0), () => shownDays.note(instance, [day], this.#now()));
  }

  backfill = (source: string) => this.#state.backfills.of(source);
  sweep = (source: string) => this.#state.sweeps.of(source);
  closedDays = (source: string) => this.#state.closedDays.of(source);
  witnessed = (source: string) => this.#state.witnessDays.of(source);
  keptOf = (source: string, day: number) => keptOf(this.#state, source, day);
  forgotten = (span: BackfillSpan) => this.#state.backfills.forgotten(span);

  planBackfill = (plan: BackfillPlan) => this.#change(() => planBackfill(this.#state, plan, this.#now()));
  cancelBackfill = (source: string) => this.#change(() => cancelBackfill(this.#state, source, this.#now()));

  hold(about: About, reason: string | undefined): void {
    const { holds } = this.#state;
    if (holds.has(about) === (reason !== undefined)) return;
    this.#change(() =>
      reason === undefined ? holds.end(about, this.#now()) : holds.begin(about, reason, this.#now()),
    );
  }

  shrank = (day: ShrunkDay) =>
    this.#change(() => this.#state.own.tell({ action: "day_shrank", ...day }, this.#now()));

  read = (after: number, limit: Limit) => this.#state.chunks.read(after, limit);
  chunk = (after: number) => this.#state.chunks.chunk(after);
  readAgain = (output: string, after: number, limit: Limit, part?: SpoolPart) =>
    readDelivered(this.#state, output, after, limit, part);
  standing = (output: string) => standingOf(this.#state, output, this.#options.maxLetterBytes);
  side = (output: string, cause: SideCause, after: number, limit: Limit) =>
    this.#state.side.list(output, cause, after, limit);

  settle = (output: string, settlement: Settlement) =>
    this.#change(() => settle(this.#state, output, settlement, this.#now()));
  settleSoon = (output: string, settlement: Settlement) =>
    this.#waiting.add(() => settle(this.#state, output, settlement, this.#now()));

  giveWay(): void {
    // What comes now may still go with what is appended next.
    this.#waiting.flush();
    this.#options.takeArrived();
  }

  letTake = (stop: AbortSignal) => this.#pace.wait(stop);

  resend = (output: string, since: number) =>
    this.#change(() => sendAgain(this.#state, output, since, this.#now()));

  answerPlace(output: string, answer: PlaceAnswer): boolean {
    return this.#change(() => answerPlace(this.#state, output, answer, this.#now()));
  }

  backlog = (output: string) => backlogOf(this.#state, output);
  waiting = () => waitingAnywhere(this.#state);
  head = () => this.#state.chunks.meta().head;
  books = () => this.#state.books.rows(this.#state.positions.all().map(({ name }) => name));

  sources = () => sourceStates(this.#state, this.#now());
  outputs = () => outputStates(this.#state, this.#options.maxLetterBytes);
  deadLetters = (filter: LetterFilter, limit: number, after?: LetterPlace) =>
    this.#state.letters.list(filter, limit, after);
  retryDeadLetters = (filter: LetterFilter) => this.#change(() => retryLetters(this.#state, filter));
  dropDeadLetters = (filter: LetterFilter) =>
    this.#change(() => dropLetters(this.#state, filter, this.#now()));

  damage = () => this.#state.damages.all();
  replaced = () => replacedStates(this.#state, this.#options.unnoted, this.#now());
  prune = (at: number) => this.#prune(at, this.#room.pruningHelps());

  tellDue(at: number): void {
    tellDue(this.#state, this.#options.heartbeats, Math.floor(at), this.#change);
  }

  usage(): Usage {
    const { maxBytes } = this.#options;
    return { bytes: this.#room.taken(), maxBytes, full: this.#room.full(), diskFull: this.#room.diskFull() };
  }

  look = () => this.#options.anchor?.check();

  close(): void {
    if (!this.#open) return;
    this.#waiting.flush();
    this.#state.sources.writeWaiting(this.#change);
    this.#open = false;
    this.#scratch.close();
    this.#options.onClose();
  }

  #now(): number {
    return Math.floor(this.#options.clock.now());
  }

  #setAside(found: Unsound): void {
    this.#options.anchor?.checkDirectory();
    this.#options.onDamage(this.#change(() => quarantine(this.#state, found, this.#now())));
  }

  /** What a source waits for: when the disk has no room for it, `usage` says so until there is. */
  #changeNeeding(bytes: number, work: () => void): void {
    try {
      this.#change(work);
    } catch (error) {
      if (error instanceof SpoolError && error.failure === "full") this.#room.refused(bytes, error);
      throw error;
    }
  }

  /**
   * What is only kept for a replay makes way for what was never delivered: without it the source would
   * not be read until that is old.
   */
  #prune(at: number, pressed: boolean): number {
    return pruneFreeing(this.#state, { ...this.#options.keep, pressed }, at, this.#change);
  }

  #claim(bytes: number): void {
    for (;;) {
      try {
        this.#room.claim(bytes);
        return;
      } catch (error) {
        if (!this.#room.pruningHelps() || this.#prune(this.#now(), true) === 0) throw error;
      }
    }
  }
}
