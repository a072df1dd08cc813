import type { WitnessedDay } from "../spool/witnessed.ts";
import { dayText } from "../time/clock.ts";

/** A UTC day that a witness was shown otherwise than its instance has it, or that is not compared. */
export interface MonthWitnessed {
  readonly source: string;
  readonly day: string;
  /** Records that it was shown and nobody has kept, and that are kept and it was not shown. */
  readonly missing: number;
  readonly extra: number;
  /** False: it could not be, or something was shown since. */
  readonly compared: boolean;
}

/** A source that compares, and the first UTC day of which it can speak. */
interface Witness {
  readonly name: string;
  readonly first: number | undefined;
}

/** The days from `first` to before `end` about which there is something to say, by what was found last. */
export function witnessedOf(
  witnesses: readonly Witness[],
  states: ReadonlyMap<string, { readonly witnessed?: readonly WitnessedDay[] }>,
  { first, end }: { readonly first: number; readonly end: number },
): MonthWitnessed[] {
  return witnesses.flatMap((witness) =>
    (states.get(witness.name)?.witnessed ?? []).flatMap(({ day, missing, extra, trouble, open, ...row }) => {
      const compared = trouble === undefined && !open && row.compared !== undefined;
      const asked = missing + extra > 0 || (!compared && day >= (witness.first ?? first));
      if (day < first || day >= end || !asked) return [];
      return [{ source: witness.name, day: dayText(day), missing, extra, compared }];
    }),
  );
}
