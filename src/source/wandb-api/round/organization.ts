import { dayMs } from "../../../time/clock.ts";

/** More are forgotten, those first that were seen longest ago. */
const mostKnown = 256;
/** So long an answer about nobody who is known is told; then it is taken for the log that is meant. */
const doubtMs = 7 * dayMs;

/** Of which teams and people the log is, as short digests, those seen last first. */
export interface Organization {
  readonly known: readonly string[];
  /** Answers were about none of these since this moment (epoch milliseconds), but about these. */
  readonly others?: { readonly since: number; readonly seen: readonly string[] };
}

/** With what an answer has shown. A key whose default organization changed reads another one's log. */
export function afterSeeing(
  before: Organization | undefined,
  shown: readonly string[],
  now: number,
): Organization | undefined {
  if (shown.length === 0) return before;
  if (before === undefined || shown.some((each) => before.known.includes(each)))
    return { known: union(shown, before?.known ?? []) };
  const since = Math.min(before.others?.since ?? now, now);
  const seen = union(shown, before.others?.seen ?? []);
  return now - since >= doubtMs ? { known: seen } : { ...before, others: { since, seen } };
}

/** What a person should know; undefined while answers are about who is known. */
export function otherOrganization(
  organization: Organization | undefined,
): { readonly detail: string; readonly fix: string } | undefined {
  if (organization?.others === undefined) return undefined;
  const { known, others } = organization;
  const since = new Date(others.since).toISOString().slice(0, 16);
  return {
    detail: `since ${since}Z the answers are about none of the teams that are known (${known.length}), but about others (${others.seen.length}): most likely another organization's log`,
    fix: "set the default organization of the user whose api_key this is back, in its W&B settings; better, use a service account, which belongs to one organization only. If this is the organization you want: its log is read, and this ends after a week; what the old one shows meanwhile is not read",
  };
}

function union(first: readonly string[], then: readonly string[]): string[] {
  return [...new Set([...first, ...then])].slice(0, mostKnown);
}
