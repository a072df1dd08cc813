import type { Report } from "../report/report.ts";
import type { WitnessedDay, WitnessStep } from "../spool/witnessed.ts";
import { dayText } from "../time/clock.ts";
import { type Comparison, comparedDay, type Doubt } from "./comparison.ts";
import type { DayOutcome, DayTask } from "./day-task.ts";

/** As fast as a sweep. */
const perSecond = 5_000;

/** Whose day is compared, and who looks after the comparison. */
export interface WitnessTaskOptions {
  readonly source: string;
  readonly day: number;
  /** Where the next read of it begins, and how often it failed in a row. */
  readonly place: string | undefined;
  readonly failures: number;
  /** What was found last. */
  before(): WitnessedDay | undefined;
  /** The comparison that is under way, or a new one. */
  begin(): Comparison;
  /** Another read shows more of the day. */
  goOn(place: string | undefined): void;
  /** The day is read once more from its beginning. */
  fail(failures: number): void;
  /** It is over, and this has to settle. */
  end(doubt: Doubt | undefined): void;
}

/** The next read of a day that a witness compares. */
export function witnessTask(options: WitnessTaskOptions): DayTask {
  const { source, day, place, failures } = options;
  const of = { source, day: dayText(day) };
  const before = options.before();
  const nothing = { progress: { source, witnessed: undefined } };
  return {
    ...{ day, place, failures, perSecond },
    seen: 0,
    key: `witness ${day} ${place}`,
    verifies: true,
    forReplay: false,
    compares: true,
    begin: () => void options.begin(),
    after(outcome, _, now) {
      if (outcome.end === "again") return nothing;
      if (outcome.end === "more") {
        options.goOn(outcome.place);
        return nothing;
      }
      const { witnessed, doubt } = found(outcome, options, now);
      options.end(doubt);
      return { progress: { source, witnessed } };
    },
    failed(failed) {
      options.fail(failed);
      return nothing;
    },
    told({ end, lack }, { progress }, { total, seconds }) {
      const { witnessed } = progress as WitnessStep;
      if (end !== "passed" || witnessed === undefined) return [];
      if (lack !== undefined) return [{ type: "witness_failed", ...of, message: lack, passed: true }];
      const { missing, extra } = witnessed;
      const { fetched } = total;
      return [
        { type: "witness_day", ...of, fetched, missing, extra, seconds },
        ...toldChange(witnessed, before, of),
      ];
    },
    toldFailure: ({ reason, message, fix }, _, __, passed) => [
      { type: "witness_failed", ...of, reason, message, fix, passed },
    ],
  };
}

function found({ lack }: DayOutcome, { day, before, begin }: WitnessTaskOptions, now: number) {
  const last = before();
  if (lack === undefined) return comparedDay(begin(), last, now);
  const { shown = 0, known = 0, missing = 0, extra = 0, examples = [] } = last ?? {};
  const counts = { shown, known, missing, extra, examples };
  return { witnessed: { day, ...counts, open: true, trouble: lack }, doubt: undefined };
}

/** Nothing where it is as it was. */
function toldChange(
  { missing, extra, examples }: NonNullable<WitnessStep["witnessed"]>,
  before: WitnessedDay | undefined,
  of: { readonly source: string; readonly day: string },
): Report[] {
  const differed = before?.since !== undefined;
  if (missing + extra === 0) return differed ? [{ type: "witness_agrees", ...of }] : [];
  if (differed && before.missing === missing && before.extra === extra) return [];
  const uids = examples.map(({ uid }) => uid);
  return [{ type: "witness_differs", ...of, missing, extra, uids }];
}
