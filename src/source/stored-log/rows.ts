import { sizeText } from "../../text/amounts.ts";
import type { Records } from "../wandb-log/records.ts";
import type { VolumeEnd } from "./read-volume.ts";
import type { VolumeRow } from "./shelf-progress.ts";
import type { Volume, VolumeError } from "./volume.ts";
import type { VolumeAnchor } from "./volume-anchor.ts";

/** So many notices of one kind come at once. */
const mostNotices = 10;

/** A volume that was read to its end. */
export interface ReadVolume {
  readonly volume: Volume;
  /** What was remembered of it before. */
  readonly row: VolumeRow | undefined;
  /** The row whose volume had its name before. */
  readonly after: string | undefined;
  /** Where the read began, bytes. */
  readonly from: number;
  readonly end: VolumeEnd;
  readonly anchor: VolumeAnchor;
  readonly records: Pick<Records, "leftOut" | "times">;
}

/** What is remembered of it now. */
export function rowAfter({ volume, row, after, from, end, anchor, records }: ReadVolume): VolumeRow {
  const before = from === 0 ? undefined : row;
  const head = before?.prints?.filter((print) => print.from === 0 && print.to <= from) ?? [];
  const at = end.lines ? anchor.at : 0;
  const newest = Math.max(anchor.newest, before?.newest ?? Number.NEGATIVE_INFINITY);
  const days = daysOf(records.times.perDay, before?.days);
  return {
    ...remembered(volume, row),
    ...(at > 0 && { anchor: at }),
    ...(end.lines && { end: end.end, prints: [...head, ...end.prints] }),
    ...(Number.isFinite(newest) && { newest }),
    ...(days !== undefined && { days }),
    ...(records.leftOut + (before?.leftOut ?? 0) > 0 && {
      leftOut: records.leftOut + (before?.leftOut ?? 0),
    }),
    ...(at === 0 && after !== undefined && { after }),
    ...(from > 0 && { continued: true }),
    ...(end.half && { half: true }),
  };
}

/** What is remembered of a volume that cannot be read. `at`: when it was listed, epoch milliseconds. */
export function rowOfFault(
  volume: Volume,
  row: VolumeRow | undefined,
  { reason, message, fix, until }: VolumeError,
  at: number,
): VolumeRow {
  return {
    ...remembered(volume, row),
    ...(row?.days !== undefined && { days: row.days }),
    ...(row?.after !== undefined && { after: row.after }),
    fault: { reason, message: message.slice(0, 500), fix, until, at },
  };
}

/** What a person should know of a volume that is not what it was; undefined where nothing is. */
export function changeNotice(volume: Volume, row: VolumeRow | undefined, from: number): string | undefined {
  if (row === undefined || row.version === volume.version) return undefined;
  if (volume.size < row.size)
    return `${volume.name} shrank from ${sizeText(row.size)} to ${sizeText(volume.size)}: it is read as a whole, and nothing is taken back`;
  return from === 0 && (row.anchor ?? 0) > 0
    ? `${volume.name} was rewritten: it is read as a whole, and nothing is taken back`
    : undefined;
}

/** What a person should know of volumes that are not there any more. `archive`: none is expected to go. */
export function goneNotices(gone: readonly VolumeRow[], archive: boolean): string[] {
  const unread = gone.filter(({ half, fault }) => half === true || fault !== undefined);
  const told = archive ? gone : unread;
  const texts = told
    .slice(0, mostNotices)
    .map((row) => `${row.name} is gone${unread.includes(row) ? ", and was not read to its end" : ""}`);
  return told.length > mostNotices ? [...texts, `and ${told.length - mostNotices} more are gone`] : texts;
}

/** By the name that it had first: whichever volume gets that name later follows this one. */
function remembered({ id, name, version, size, changedAt }: Volume, row: VolumeRow | undefined): VolumeRow {
  return { id, name: row?.name ?? name, version, size, changedAt };
}

function daysOf(
  perDay: ReadonlyMap<number, number>,
  before: VolumeRow["days"],
): readonly [number, number] | undefined {
  const days = [...perDay.keys(), ...(before ?? [])];
  return days.length === 0 ? undefined : [Math.min(...days), Math.max(...days)];
}
