import { type LatenessOfDay, latenessBounds } from "../spool/lateness.ts";
import type { SourceState } from "../spool/spool-state.ts";
import { counted, durationText } from "../text/amounts.ts";
import type { SourceHop } from "./runtime-view.ts";

const hour = 3_600;
const day = 86_400;
/** The most that `lookback` may be, seconds. */
const mostLookback = 7 * day;
/** How much farther than the latest is looked. */
const margin = 1.25;
/** Within how much of the time so many came, of each thousand. */
const share = 0.999;

/** How late records came, as `/status` shows it, and whether polls look back far enough for that. */
export interface LatenessStatus {
  /** UTC days on which records came, at most thirty. */
  readonly days: number;
  readonly records: number;
  readonly latest_seconds: number;
  /** Of each thousand records 999 came within this. */
  readonly within_seconds: number;
  readonly lookback_seconds: number;
  readonly enough: boolean;
  /** As it is written in the configuration; null where it is enough, or cannot be more. */
  readonly advised_lookback: string | null;
}

/** Null where nothing is known of it. */
export function latenessStatus(
  { lookbackMs }: Pick<SourceHop, "lookbackMs">,
  state: Pick<SourceState, "lateness"> | undefined,
): LatenessStatus | null {
  const days = state?.lateness ?? [];
  if (lookbackMs === undefined || days.length === 0) return null;
  const latest = Math.max(...days.map((each) => each.latest));
  const records = days.reduce((sum, { counts }) => sum + total(counts), 0);
  const known = { days: days.length, records, latest_seconds: latest };
  return { ...known, within_seconds: withinSeconds(days, records, latest), ...advice(latest, lookbackMs) };
}

/** The same for another `lookback`. */
export function withLookback(status: LatenessStatus, lookbackMs: number): LatenessStatus {
  return { ...status, ...advice(status.latest_seconds, lookbackMs) };
}

/** `records come up to 3 h late (99.9 % within 30 min, over 14 days): lookback 26h is enough` */
export function latenessText(status: LatenessStatus): string {
  const { days, latest_seconds, within_seconds, lookback_seconds, enough, advised_lookback } = status;
  const late = `records come up to ${durationText(latest_seconds)} late (99.9 % within ${durationText(within_seconds)}, over ${counted(days, "day")})`;
  const now = `lookback ${settingText(lookback_seconds)}`;
  if (enough) return `${late}: ${now} is enough`;
  if (advised_lookback === null) return `${late}: ${now} cannot reach that far, sweeps bring what is later`;
  return `${late}: raise lookback from ${settingText(lookback_seconds)} to ${advised_lookback}`;
}

function advice(latest: number, lookbackMs: number) {
  const lookback = lookbackMs / 1000;
  const wanted = Math.min(mostLookback, Math.ceil((latest * margin) / hour) * hour);
  return {
    lookback_seconds: lookback,
    enough: latest <= lookback,
    advised_lookback: latest <= lookback || wanted <= lookback ? null : settingText(wanted),
  };
}

function withinSeconds(days: readonly LatenessOfDay[], records: number, latest: number): number {
  let below = 0;
  for (const [at, bound] of latenessBounds.entries()) {
    below += days.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0);
    if (below >= records * share) return Math.min(bound, latest);
  }
  return latest;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** As it is written in the configuration: `7d`, `26h`, `90m`. */
function settingText(seconds: number): string {
  if (seconds >= 2 * day && seconds % day === 0) return `${seconds / day}d`;
  if (seconds > 0 && seconds % hour === 0) return `${seconds / hour}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
