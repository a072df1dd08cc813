import type { SourceState } from "../spool/spool-state.ts";
import type { WitnessExample, WitnessedDay } from "../spool/witnessed.ts";
import { clockText, counted, countText } from "../text/amounts.ts";
import { dayText } from "../time/clock.ts";
import type { SourceHop } from "./runtime-view.ts";

/** So many differing days are shown one by one, the newest. */
const daysShown = 31;

/** How a UTC day differs, as people and programs see it. */
export interface WitnessedDayStatus {
  readonly day: string;
  /** Records that the witness was shown, and that its instance has. */
  readonly shown: number;
  readonly known: number;
  readonly missing: number;
  readonly extra: number;
  readonly since: string;
  readonly compared: string | null;
  readonly examples: readonly WitnessExample[];
}

/** What a witness has found: times as ISO 8601. */
export interface WitnessStatus {
  /** Records that it was shown and no other source has, and the other way round, over all days. */
  readonly missing: number;
  readonly extra: number;
  readonly days_compared: number;
  /** Those of them of which something was shown since: what was found says nothing of that yet. */
  readonly days_shown_since: number;
  /** Those of which it was shown something, and that were never compared. */
  readonly days_not_compared: number;
  /** When a day was compared last; null before the first. */
  readonly last_compared: string | null;
  /** The days that differ, newest first. */
  readonly differing: readonly WitnessedDayStatus[];
  /** Days that could not be compared. */
  readonly failed: readonly { readonly day: string; readonly reason: string }[];
}

/** Null for a source that delivers. */
export function witnessStatus(
  { role }: Pick<SourceHop, "role">,
  state: SourceState | undefined,
): WitnessStatus | null {
  if (role !== "verify") return null;
  const days = state?.witnessed ?? [];
  const last = Math.max(0, ...days.map(({ compared = 0 }) => compared));
  return {
    ...witnessTotals(state),
    days_compared: days.filter(({ compared, trouble }) => compared !== undefined && trouble === undefined)
      .length,
    days_shown_since: days.filter(({ compared, open }) => compared !== undefined && open).length,
    days_not_compared: days.filter(({ compared, trouble }) => compared === undefined && trouble === undefined)
      .length,
    last_compared: last === 0 ? null : iso(last),
    differing: differing(days).reverse().slice(0, daysShown).map(dayStatus),
    failed: days
      .flatMap(({ day, trouble }) => (trouble === undefined ? [] : [{ day: dayText(day), reason: trouble }]))
      .slice(-daysShown),
  };
}

/** The same without what events say. */
export function withoutExamples(status: WitnessStatus | null): WitnessStatus | null {
  if (status === null) return null;
  return { ...status, differing: status.differing.map((day) => ({ ...day, examples: [] })) };
}

/** Over all days. */
export function witnessTotals(state: SourceState | undefined): {
  readonly missing: number;
  readonly extra: number;
} {
  const sum = (key: "missing" | "extra") =>
    (state?.witnessed ?? []).reduce((total, day) => total + day[key], 0);
  return { missing: sum("missing"), extra: sum("extra") };
}

/** The days that differ, as text, oldest first. */
export function differingDays(state: SourceState | undefined): string[] {
  return differing(state?.witnessed ?? []).map(({ day }) => dayText(day));
}

/** `compared 7 days, last at …: agrees`, and a line for each day that does not. */
export function witnessLines(status: WitnessStatus): string[] {
  const { last_compared, days_compared, days_shown_since: since, missing, extra } = status;
  const found = missing + extra === 0 ? "all agree" : `${amounts(status)}`;
  const head =
    last_compared === null
      ? "is a witness, and has compared no day yet"
      : `is a witness: ${counted(days_compared, "day")} compared, last at ${clockText(last_compared)}; ${found}${since > 0 ? ` by then; something was shown since of ${counted(since, "day")}, compared again within hours` : ""}`;
  const rest = status.days_not_compared;
  return [
    head,
    ...(rest === 0
      ? []
      : [
          `${counted(rest, "day")} that it was shown not compared: not over yet, or before a primary's start`,
        ]),
    ...status.differing.map(
      (day) => `${day.day}: ${amounts(day)} since ${clockText(day.since)}${exampleText(day.examples)}`,
    ),
    ...status.failed.slice(-3).map(({ day, reason }) => `${day} could not be compared: ${reason}`),
  ];
}

function differing(days: readonly WitnessedDay[]): WitnessedDay[] {
  return days.filter(({ missing, extra }) => missing + extra > 0);
}

function dayStatus({ day, since = 0, compared, ...row }: WitnessedDay): WitnessedDayStatus {
  const { shown, known, missing, extra, examples } = row;
  return {
    ...{ day: dayText(day), shown, known, missing, extra, examples },
    since: iso(since),
    compared: compared === undefined ? null : iso(compared),
  };
}

function amounts({ missing, extra }: { readonly missing: number; readonly extra: number }): string {
  return [
    ...(missing > 0 ? [`${countText(missing)} missing elsewhere`] : []),
    ...(extra > 0 ? [`${countText(extra)} not shown by it`] : []),
  ].join(", ");
}

function exampleText([first]: readonly WitnessExample[]): string {
  if (first === undefined) return "";
  const { uid, time, action } = first;
  return ` (such as ${[time, action, `uid ${uid}`].filter((part) => part !== undefined).join(" ")})`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
