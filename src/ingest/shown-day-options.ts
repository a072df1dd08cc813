import type { Allowance, Unfinished } from "./allowance.ts";
import type { WantsKnown } from "./decided.ts";
import type { KnownDay } from "./known-day.ts";
import type { NumberColumn } from "./number-column.ts";

/** Of which read it is a part, and what it may take. */
export interface ShownDayOptions {
  readonly day: number;
  readonly known: KnownDay;
  readonly allowance: Allowance;
  /** Left by the read before, and by this one. */
  readonly before: Unfinished;
  readonly left: Unfinished;
  /** Records that other reads have kept since this one began. */
  readonly elsewhere: NumberColumn;
  /** Told every record that becomes known. */
  readonly onNew: (at: number) => void;
  /** Wants the known ones too, and which of their twins they are. */
  readonly again: WantsKnown | undefined;
}
