import { z } from "zod";
import { momentOf } from "./moment.ts";
import { parseDuration } from "./parse-duration.ts";

/** From when on records are wanted: so long before the first read, from a moment, or from the first read. */
export type Start = { readonly back: number } | { readonly at: number } | "now";

/** From when on records are wanted, as a person writes it. */
export const startText = z.string().transform((text, context): Start => {
  if (text === "now") return "now";
  const back = parseDuration(text);
  if (back !== undefined) return { back };
  const at = momentOf(text);
  if (at === undefined)
    context.addIssue(
      'write a duration back such as 7d, a date such as 2026-08-01, a time such as 2026-08-01T06:00:00Z, or "now"',
    );
  return { at: at ?? Number.NaN };
});

/** The `start` of a source. */
export const start = startText
  .prefault("7d")
  .describe(
    'From when on records are wanted: a duration back from the first read, a UTC date, a time (RFC 3339), or "now", the first read itself. Older records are left out and counted. Never in the future. A changed one takes effect with the next read: a later one leaves out what was not read yet, an earlier one brings what `lookback` reaches.',
  );

/** The moment that it means when it is first used at `now`; epoch milliseconds. */
export function startMoment(wanted: Start, now: number): number {
  return wanted === "now" ? now : "back" in wanted ? now - wanted.back : wanted.at;
}

/** Whether both are written for the same. */
export function sameStart(one: Start, other: Start): boolean {
  if (one === "now" || other === "now") return one === other;
  if ("back" in one) return "back" in other && one.back === other.back;
  return "at" in other && one.at === other.at;
}
