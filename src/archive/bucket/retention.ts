import { z } from "zod";
import { parseDuration } from "../../schema/parse-duration.ts";
import { dayMs } from "../../time/clock.ts";

const notARetention = "not a retention: write years or days, such as 6y or 2190d";
const longestMs = 100 * 366 * dayMs;

/** So long after a time: years of the calendar, and then milliseconds. */
export interface RetentionSpan {
  readonly years: number;
  readonly ms: number;
}

/** `6y`, `90d`, `6y30d`; undefined when it is not a retention. */
function spanOf(text: string): RetentionSpan | undefined {
  const [, years = "0", rest = ""] = /^(?:(\d{1,3})y)?(.*)$/s.exec(text) ?? [];
  const ms = rest === "" && years !== "0" ? 0 : parseDuration(rest);
  if (ms === undefined) return undefined;
  const span = { years: Number(years), ms };
  const length = endOf(span, 0);
  return length >= 1000 && length <= longestMs ? span : undefined;
}

/** What begins on a February 29 ends on a March 1, where there is none: never a day too early. */
function endOf({ years, ms }: RetentionSpan, from: number): number {
  const date = new Date(from);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.getTime() + ms;
}

/** What the configuration says of how long nobody can change or remove a file: to be spread into a schema. */
export const retentionKeys = {
  retain: z
    .string(notARetention)
    .transform((text, context) => {
      const span = spanOf(text);
      if (span === undefined) context.addIssue(notARetention);
      return span ?? z.NEVER;
    })
    .optional()
    .describe(
      "S3, Google Cloud Storage, Azure: so long after it was stored nobody can change or remove a file, such as `6y` (to the same date six years later). The bucket has to allow it; every file is read back to see that it holds.",
    ),
  lock: z
    .enum(["compliance", "governance"])
    .optional()
    .describe(
      "What `retain` means. `compliance`, the default: nobody can shorten it, not even the account's owner. `governance`: whoever has a right for just that can.",
    ),
  legal_hold: z
    .boolean()
    .default(false)
    .describe("Also keep every file until a person takes this hold off it."),
};

/** How files are kept. */
export interface Retention {
  /** After a file was stored; undefined where none is asked for. */
  readonly retain: RetentionSpan | undefined;
  readonly lock: "compliance" | "governance";
  readonly legalHold: boolean;
}

/** What a file is given, or has. */
export interface Keeping {
  /** Epoch milliseconds. */
  readonly until: number | undefined;
  readonly lock: Retention["lock"] | undefined;
  readonly held: boolean;
}

/** What a file is to have that was, or is, stored at a time. */
export function keepingFrom({ retain, lock, legalHold }: Retention, storedAt: number): Keeping {
  const until = retain === undefined ? undefined : endOf(retain, storedAt);
  return { until, lock: until === undefined ? undefined : lock, held: legalHold };
}

/** Clocks differ, and stores keep whole seconds. */
const toleranceMs = 60_000;

/** Whether a file is kept at least as it is to be. */
export function isKept(has: Keeping, wanted: Keeping): boolean {
  if (wanted.held && !has.held) return false;
  if (wanted.until === undefined) return true;
  if (has.until === undefined || has.until < wanted.until - toleranceMs) return false;
  return wanted.lock === "governance" || has.lock === "compliance";
}
