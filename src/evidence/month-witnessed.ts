import type { WitnessedDay } from "../spool/witnessed.ts";
import { dayText } from "../time/clock.ts";

/** A UTC day that a witness was shown otherwise than its instance has it. */
export interface MonthWitnessed {
  readonly source: string;
  readonly day: string;
  /** Records that it was shown and nobody has delivered, and that are known and it was not shown. */
  readonly missing: number;
  readonly extra: number;
}

/** The days from `first` to before `end` that differ by what these witnesses have found last. */
export function witnessedOf(
  witnesses: readonly string[],
  states: ReadonlyMap<string, { readonly witnessed?: readonly WitnessedDay[] }>,
  { first, end }: { readonly first: number; readonly end: number },
): MonthWitnessed[] {
  return witnesses.flatMap((source) =>
    (states.get(source)?.witnessed ?? [])
      .filter(({ day, missing, extra }) => first <= day && day < end && missing + extra > 0)
      .map(({ day, missing, extra }) => ({ source, day: dayText(day), missing, extra })),
  );
}
