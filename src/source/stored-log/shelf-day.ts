import type { KnownPassages, Piece } from "../../record/passage.ts";
import type { DayDone, DayRequest } from "../../record/reading.ts";
import { dayMs } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import { readTold, type ShelfReaderOptions } from "./read-told.ts";
import type { VolumeRow } from "./shelf-progress.ts";
import { endedBefore, idBefore, progressBefore } from "./shelf-round.ts";
import { type Volume, VolumeError } from "./volume.ts";

/** So many volumes are remembered by the days that they show; others are read once more for each day. */
const mostSpans = 5_000;
/** Of so many that cannot be read a day tells the reasons. */
const mostFaults = 3;

/** The days of a volume's entries, first and last; undefined where it has none. */
type Span = readonly [first: number, last: number] | undefined;

/** Where the reads of one day after the other are. */
interface Place {
  /** The day whose volumes `read` and `faults` are about. */
  readonly day: number;
  readonly read: readonly string[];
  readonly faults: readonly string[];
  /** What volumes showed that the steady reads have not read: by id and version. */
  readonly spans: Readonly<Record<string, Span | null>>;
}

/** What there is to read for a day. */
interface Found {
  /** The one that changed longest ago of those that may show the day. */
  readonly first: Volume | undefined;
  /** There are others. */
  readonly more: boolean;
  /** Something is there that is as old as the day. */
  readonly reachesBack: boolean;
  /** Volumes that have a row, by their ids. */
  readonly known: ReadonlyMap<string, Volume>;
}

/**
 * Shows what a shelf holds of one day: one volume with every read, of those that may have entries of it, so
 * that twins are counted as the steady reads do. As `Source.readDay`.
 */
export async function* readShelfDay(
  options: ShelfReaderOptions,
  { day, cursor, place: before }: DayRequest,
  stop: AbortSignal,
  passages: KnownPassages | undefined,
): AsyncGenerator<Piece, DayDone> {
  const { clock, shelf } = options;
  const { rows } = progressBefore(cursor, options, clock.now());
  const place = placeOf(before, day);
  const found = await lookFor(options, rows, place, stop);
  const { first: volume, more, known, reachesBack } = found;
  const lost = `no ${shelf.noun} that shows this day is left`;
  if (volume === undefined) return doneWith(place, true, reachesBack ? undefined : lost);
  const ended = endedBefore(rows, { known }, idBefore(rows, volume));
  const wanted = { from: day * dayMs, to: (day + 1) * dayMs };
  try {
    const { records } = yield* readTold(options, { volume, from: 0, ended, wanted }, stop, passages);
    const days = [...records.times.perDay.keys()];
    const span: Span = days.length === 0 ? undefined : [Math.min(...days), Math.max(...days)];
    const reaches = reachesBack || (span !== undefined && span[0] <= day);
    return doneWith(withVolume(place, volume, span), !more, reaches ? undefined : lost);
  } catch (error) {
    stop.throwIfAborted();
    if (!(error instanceof VolumeError)) throw error;
    if (error.until !== "change") throw new SourceError(error.reason, error.message, error.fix);
    const faults = [...place.faults, error.message.slice(0, 300)].slice(0, mostFaults);
    return doneWith({ ...place, faults, read: [...place.read, volume.id] }, !more);
  }
}

async function lookFor(
  { shelf, clock }: ShelfReaderOptions,
  rows: readonly VolumeRow[],
  place: Place,
  stop: AbortSignal,
): Promise<Found> {
  const { day } = place;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const known = new Map<string, Volume>();
  const read = new Set(place.read);
  let first: Volume | undefined;
  let candidates = 0;
  let reachesBack = false;
  const trouble = ({ reason, message, fix }: VolumeError) => {
    throw new SourceError(reason, message, fix);
  };
  for await (const volume of shelf.list({ known: byId, found: true, trouble, stop })) {
    stop.throwIfAborted();
    if (byId.has(volume.id)) known.set(volume.id, volume);
    const span = spanOf(volume, byId.get(volume.id), place);
    reachesBack ||= volume.changedAt < (day + 1) * dayMs || (Array.isArray(span) && span[0] <= day);
    if (read.has(volume.id) || !mayShow(volume, span, day, clock.now())) continue;
    candidates++;
    if (first === undefined || volume.changedAt < first.changedAt) first = volume;
  }
  return { first, more: candidates > 1, reachesBack, known };
}

/** Its days as far as they are known: `unknown` where it has not been read as it is now. */
function spanOf(volume: Volume, row: VolumeRow | undefined, { spans }: Place): Span | "unknown" {
  if (row !== undefined && row.version === volume.version && row.fault === undefined) return row.days;
  const span = spans[spanKey(volume)];
  return span === undefined ? "unknown" : (span ?? undefined);
}

/** An entry is written after it happened: clocks may be some hours apart. */
function mayShow({ size, changedAt }: Volume, span: Span | "unknown", day: number, now: number): boolean {
  if (span === "unknown") return size > 0 && (changedAt >= (day - 1) * dayMs || changedAt > now);
  return span !== undefined && span[0] <= day && span[1] >= day;
}

function withVolume(place: Place, volume: Volume, span: Span): Place {
  const spans = Object.entries({ ...place.spans, [spanKey(volume)]: span ?? null });
  return {
    ...place,
    read: [...place.read, volume.id],
    spans: Object.fromEntries(spans.slice(-mostSpans)),
  };
}

function spanKey({ id, version }: Volume): string {
  return `${id} ${version}`;
}

function doneWith(place: Place, whole: boolean, missing?: string): DayDone {
  const [fault = missing] = place.faults;
  const next: Place = whole ? { ...place, read: [], faults: [] } : place;
  return {
    place: JSON.stringify(next),
    whole,
    ...(whole && fault !== undefined && { gap: fault }),
  };
}

/** A place that another kind of source gave, or none, is a beginning. */
function placeOf(text: string | undefined, day: number): Place {
  const kept = text?.startsWith("{") === true ? (JSON.parse(text) as Partial<Place>) : {};
  const { read = [], faults = [], spans = {} } = kept;
  return kept.day === day ? { day, read, faults, spans } : { day, read: [], faults: [], spans };
}
