import type { Identity } from "./identity.ts";

/** Records that one side has and the other has not. */
export interface Lacks {
  readonly total: number;
  /** How many of each identity; of many not all. */
  readonly each: ReadonlyMap<Identity, number>;
}

/** What a witness was shown of a day, beside what its instance is known to have. */
export interface Difference {
  readonly shown: number;
  readonly known: number;
  readonly missing: Lacks;
  readonly extra: Lacks;
}

/** How many of these lacked `before` too. `told`: so many were found to do so earlier, whichever they are. */
export function settledLacks(now: Lacks, before: Lacks | undefined, told: number): number {
  return Math.min(now.total, Math.max(told, before === undefined ? 0 : inBoth(now, before)));
}

function inBoth(now: Lacks, before: Lacks): number {
  // Of what is not remembered each may be the same.
  if (!isWhole(now) || !isWhole(before)) return Math.min(now.total, before.total);
  let both = 0;
  for (const [identity, lack] of now.each) both += Math.min(lack, before.each.get(identity) ?? 0);
  return both;
}

function isWhole({ total, each }: Lacks): boolean {
  let sum = 0;
  for (const lack of each.values()) sum += lack;
  return sum === total;
}
