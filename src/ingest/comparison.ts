import type { WitnessedDay, Witnessing } from "../spool/witnessed.ts";
import { type Lacks, settledLacks } from "./difference.ts";
import { uidText } from "./identity.ts";
import type { LedgerLook } from "./ledger.ts";
import { LookedDay } from "./looked-day.ts";

/** So many records of each kind an operator is shown. */
const mostExamples = 5;

/** What was found at epoch milliseconds and has to settle. */
export interface Doubt {
  readonly at: number;
  readonly missing: Lacks;
  readonly extra: Lacks;
}

/** A UTC day that is being compared, by one read or several. */
export interface Comparison {
  readonly day: number;
  readonly look: LedgerLook;
  /** What was shown so far. */
  readonly looked: Map<number, LookedDay>;
  /** What was found before, and has settled by now. */
  readonly doubt?: Doubt | undefined;
  /** The day is over: what was not shown of it is not there. */
  readonly ended?: boolean;
  close(): void;
}

/** What a comparison comes to: what has settled, and what has not. */
export interface Compared {
  readonly witnessed: Witnessing & { readonly open: boolean };
  readonly doubt: Doubt | undefined;
}

/** Nothing of the day was shown yet. The look stays open over several reads. */
export function newComparison(day: number, look: LedgerLook): Comparison {
  return {
    day,
    look: { known: (each) => look.known(each), isStale: () => look.isStale(), close: () => {} },
    looked: new Map(),
    close: () => look.close(),
  };
}

/** How the day compares, all of which has been shown; `before` is what was found last. */
export function comparedDay(
  { day, look, looked, doubt, ended = false }: Comparison,
  before: WitnessedDay | undefined,
  at: number,
): Compared {
  const found = looked.get(day) ?? new LookedDay(look.known(day));
  const { shown, known, missing, extra } = found.difference(ended);
  const settledMissing = settledLacks(missing, doubt?.missing, before?.missing ?? 0);
  const settledExtra = settledLacks(extra, doubt?.extra, before?.extra ?? 0);
  const open = missing.total + extra.total > settledMissing + settledExtra;
  const examples = [
    ...(settledMissing > 0 ? found.examples(missing, mostExamples) : []),
    ...(settledExtra > 0
      ? [...extra.each.keys()]
          .slice(0, mostExamples)
          .map((identity) => ({ of: "extra" as const, uid: uidText(identity) }))
      : []),
  ];
  return {
    witnessed: {
      ...{ day, shown, known, missing: settledMissing, extra: settledExtra, examples },
      // Of a day that goes on the end was not compared.
      open: open || !ended,
    },
    doubt: open ? { at, missing, extra } : undefined,
  };
}
