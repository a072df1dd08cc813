import { z } from "zod";
import { parseDuration } from "../../schema/parse-duration.ts";
import { dayMs } from "../../time/clock.ts";

const notARetention = "not a retention: write years or days, such as 6y or 2190d";
const longestMs = 100 * 365 * dayMs;

/** Milliseconds of `6y` (a year is 365 days), `90d`, `6y30d`; undefined when it is not a retention. */
function retentionOf(text: string): number | undefined {
  const [, years = "0", rest = ""] = /^(?:(\d+)y)?(.*)$/s.exec(text) ?? [];
  const days = rest === "" && years !== "0" ? 0 : parseDuration(rest);
  if (days === undefined) return undefined;
  const total = Number(years) * 365 * dayMs + days;
  return total >= 1000 && total <= longestMs ? total : undefined;
}

/** What the configuration says of how long nobody can change or remove a file: to be spread into a schema. */
export const retentionKeys = {
  retain: z
    .string(notARetention)
    .transform((text, context) => {
      const ms = retentionOf(text);
      if (ms === undefined) context.addIssue(notARetention);
      return ms ?? 0;
    })
    .optional()
    .describe(
      "S3, Google Cloud Storage, Azure: so long after it was stored nobody can change or remove a file, such as `6y` (a year is 365 days). The bucket has to allow it; every file is read back to see that it holds.",
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
  /** Milliseconds after a file was stored; undefined where none is asked for. */
  readonly retain: number | undefined;
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
  const until = retain === undefined ? undefined : storedAt + retain;
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
