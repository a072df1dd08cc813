import type { SideCause } from "../spool.ts";
import {
  type AgainKeyRow,
  type AgainPlaceRow,
  type AgainRow,
  type AgainSourceRow,
  againColumns,
  type MarkRow,
  type ReplayRow,
  type StretchRow,
} from "./again-rows.ts";
import { archiveTablesOf } from "./archive-books.ts";
import { type BackfillRow, backfillColumns } from "./backfill-row.ts";
import { chunkTable } from "./chunk-rows.ts";
import { type ClosedDayRow, closedDayColumns } from "./closed-days.ts";
import type { Database } from "./database.ts";
import { type LatenessRow, latenessColumns } from "./lateness-days.ts";
import type { ConfiguredRow, HoldRow, LeftRow, ReplacedRow, ToldRow } from "./own-rows.ts";
import { type ActiveDayRow, type MilestoneRow, type PersonRow, peopleColumns } from "./people-tables.ts";
import { type RecordColumns, recordKeys } from "./record-columns.ts";
import { sealedTable } from "./sealed-table.ts";
import { type SweepRow, sweepColumns } from "./sweeps.ts";
import { trendTablesOf } from "./trend-tables.ts";
import { type WitnessDayRow, witnessDayColumns } from "./witness-days.ts";

/** The heading of the state: one row. */
export interface MetaRow {
  id: number;
  /** Also in the marker file: they belong together. */
  stateId: string;
  created: number;
  /** The oldest `seq` that is kept, or would be; everything before was pruned. */
  oldest: number;
  head: number;
}

/** Records that became known with the append whose first one is `firstSeq`, see `knownBytes`. */
export interface KnownRow {
  instance: string;
  day: number;
  firstSeq: number;
  count: number;
  /** 1: they are to be kept once more. */
  due: number;
  records: Uint8Array;
}

/** Names that known records show now, of identities whose first byte is `part`. */
export interface KnownNameRow {
  instance: string;
  day: number;
  part: number;
  records: Uint8Array;
}

/** As earlier versions kept it: identities that came with the append whose first record is `firstSeq`. */
export interface LedgerRow {
  source: string;
  day: number;
  firstSeq: number;
  count: number;
  identities: Uint8Array;
}

/** A source's cursor and how far it was read, epoch milliseconds. */
export interface SourceRow {
  name: string;
  cursor: string | null;
  watermark: number | null;
  lastSuccess: number | null;
  newestEvent: number | null;
}

/** A UTC day that a source could not show. */
export interface GapRow {
  source: string;
  day: number;
  reason: string;
  at: number;
}

/** An output's position and counts. `abandoned` is 1 when it is not configured any more. */
export interface OutputRow {
  name: string;
  position: number;
  joinedSeq: number;
  delivered: number;
  filtered: number;
  dead: number;
  abandoned: number;
}

/** What one source showed of one UTC day. */
export interface DayBook {
  source: string;
  day: number;
  fetched: number;
  known: number;
  new: number;
  late: number;
  unparseable: number;
}

/** What became of one source's UTC day for one output. */
export interface OutputBook {
  output: string;
  source: string;
  day: number;
  delivered: number;
  filtered: number;
  dead: number;
  skipped: number;
  lost: number;
}

/** A record that was given up, whole, with the reason. */
export interface DeadLetterRow extends RecordColumns {
  output: string;
}

/** A record that waits beside the run of its output. */
export interface SideRow extends RecordColumns {
  output: string;
  id: number;
  cause: SideCause;
}

/** What became of one source's UTC day beside the run of one output. */
export interface SideBook {
  output: string;
  source: string;
  day: number;
  dropped: number;
  resent: number;
}

/** Where an output delivers to: lists as JSON. `wanted` is what a person has not agreed to yet. */
export interface DestinationRow {
  output: string;
  members: string;
  wanted: string | null;
}

/** Whose log a source reads. `wanted` is an instance that a person has not agreed to yet. */
export interface OriginRow {
  source: string;
  instance: string;
  baseUrl: string;
  wanted: string | null;
}

/** When a ledger day was last shown: `lastShown` is a UTC day too. */
export interface ShownDayRow {
  instance: string;
  day: number;
  lastShown: number;
}

/** Something that was found damaged, epoch milliseconds. */
export interface DamageRow {
  id: number;
  firstSeq: number;
  count: number;
  source: string;
  at: number;
  reason: string;
}

/** The columns of each table, in the order of its seal. */
const columns = {
  meta: ["id", "stateId", "created", "oldest", "head"],
  ledger: ["source", "day", "firstSeq", "count", "identities"],
  known: ["instance", "day", "firstSeq", "count", "due", "records"],
  knownName: ["instance", "day", "part", "records"],
  source: ["name", "cursor", "watermark", "lastSuccess", "newestEvent"],
  gap: ["source", "day", "reason", "at"],
  output: ["name", "position", "joinedSeq", "delivered", "filtered", "dead", "abandoned"],
  book: ["source", "day", "fetched", "known", "new", "late", "unparseable"],
  outputBook: ["output", "source", "day", "delivered", "filtered", "dead", "skipped", "lost"],
  deadLetter: ["output", ...recordKeys] as (keyof DeadLetterRow)[],
  side: ["output", "id", "cause", ...recordKeys] as (keyof SideRow)[],
  ...againColumns,
  sideBook: ["output", "source", "day", "dropped", "resent"],
  leftBehind: ["output", "source", "day", "records"],
  destination: ["output", "members", "wanted"],
  origin: ["source", "instance", "baseUrl", "wanted"],
  shownDay: ["instance", "day", "lastShown"],
  backfill: backfillColumns,
  ...peopleColumns,
  damage: ["id", "firstSeq", "count", "source", "at", "reason"],
  replacedState: ["id", "found", "at", "fromAt", "seenAt"],
  hold: ["output", "source", "reason", "since", "told"],
  told: ["action", "output", "source", "at", "told", "untold"],
  configured: ["part", "digest"],
} as const;

/** Every table by its name here. */
export type Tables = ReturnType<typeof tablesOf>;

/** Every table but `damaged_chunk`, which keeps what is not sound. */
export function tablesOf(db: Database) {
  return {
    meta: sealedTable<MetaRow>(db, "meta", columns.meta),
    chunk: chunkTable(db),
    ledger: sealedTable<LedgerRow>(db, "ledger", columns.ledger),
    known: sealedTable<KnownRow>(db, "known", columns.known),
    knownName: sealedTable<KnownNameRow>(db, "known_name", columns.knownName),
    source: sealedTable<SourceRow>(db, "source", columns.source),
    gap: sealedTable<GapRow>(db, "gap", columns.gap),
    output: sealedTable<OutputRow>(db, "output", columns.output),
    book: sealedTable<DayBook>(db, "book", columns.book),
    outputBook: sealedTable<OutputBook>(db, "output_book", columns.outputBook),
    deadLetter: sealedTable<DeadLetterRow>(db, "dead_letter", columns.deadLetter),
    side: sealedTable<SideRow>(db, "side", columns.side),
    stretch: sealedTable<StretchRow>(db, "stretch", columns.stretch),
    mark: sealedTable<MarkRow>(db, "mark", columns.mark),
    replay: sealedTable<ReplayRow>(db, "replay", columns.replay),
    againSource: sealedTable<AgainSourceRow>(db, "again_source", columns.againSource),
    againPlace: sealedTable<AgainPlaceRow>(db, "again_place", columns.againPlace),
    again: sealedTable<AgainRow>(db, "again", columns.again),
    againKey: sealedTable<AgainKeyRow>(db, "again_key", columns.againKey),
    milestone: sealedTable<MilestoneRow>(db, "milestone", columns.milestone),
    activeDay: sealedTable<ActiveDayRow>(db, "active_day", columns.activeDay),
    person: sealedTable<PersonRow>(db, "person", columns.person),
    sideBook: sealedTable<SideBook>(db, "side_book", columns.sideBook),
    leftBehind: sealedTable<LeftRow>(db, "left_behind", columns.leftBehind),
    destination: sealedTable<DestinationRow>(db, "destination", columns.destination),
    origin: sealedTable<OriginRow>(db, "origin", columns.origin),
    shownDay: sealedTable<ShownDayRow>(db, "shown_day", columns.shownDay),
    backfill: sealedTable<BackfillRow>(db, "backfill", columns.backfill),
    sweep: sealedTable<SweepRow>(db, "sweep", sweepColumns),
    lateness: sealedTable<LatenessRow>(db, "lateness", latenessColumns),
    witnessDay: sealedTable<WitnessDayRow>(db, "witness_day", witnessDayColumns),
    closedDay: sealedTable<ClosedDayRow>(db, "closed_day", closedDayColumns),
    ...archiveTablesOf(db),
    ...trendTablesOf(db),
    replacedState: sealedTable<ReplacedRow>(db, "replaced_state", columns.replacedState),
    damage: sealedTable<DamageRow>(db, "damage", columns.damage),
    hold: sealedTable<HoldRow>(db, "hold", columns.hold),
    told: sealedTable<ToldRow>(db, "told", columns.told),
    configured: sealedTable<ConfiguredRow>(db, "configured", columns.configured),
  };
}
