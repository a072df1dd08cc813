import type { OutputState, SourceState, SpoolState } from "../spool/spool-state.ts";
import { aheadText, counted, countText, sizeText } from "../text/amounts.ts";
import { dayText } from "../time/clock.ts";
import { clocksDiffer } from "../time/clock-difference.ts";
import { type HeldBefore, heldBefore } from "./held-before.ts";
import { latenessStatus, latenessText } from "./lateness-status.ts";
import type { RuntimeView, SourceHop } from "./runtime-view.ts";
import { startedIn, startStatus, unreadText } from "./start-status.ts";
import { differingDays, witnessTotals } from "./witness-status.ts";

/** What keeps nothing from working, and a person should know: something is not complete. */
export interface Attention {
  /** `source prod`, `output splunk` */
  readonly hop: string;
  readonly reason:
    | "held_before"
    | "dead_letters"
    | "suspects"
    | "owed_days"
    | "gap_days"
    | "unread"
    | "other_organization"
    | "clock"
    | "lookback"
    | "witness_differs";
  readonly detail: string;
  readonly fix: string;
}

/** Days shown one by one; of more, the first and how many. */
const daysNamed = 5;

/** Of every configured hop. `clockDifference` in seconds, undefined where it is not known. */
export function attentionTo(
  runtime: Pick<RuntimeView, "sources" | "outputs" | "conditions">,
  state: Pick<SpoolState, "sources" | "outputs">,
  clockDifference: (source: string) => number | undefined,
): Attention[] {
  const { sources, outputs } = runtime;
  return [
    ...heldBefore(runtime, state).map(notKnownToWork),
    ...sources.flatMap((hop) => [
      ...unreadDays(
        hop,
        state.sources.find(({ source }) => source === hop.name),
      ),
      ...otherOrganization(
        hop,
        state.sources.find(({ source }) => source === hop.name),
      ),
      ...witnessDiffers(
        hop,
        state.sources.find(({ source }) => source === hop.name),
      ),
      ...wrongClock(hop, clockDifference(hop.name)),
      ...shortLookback(
        hop,
        state.sources.find(({ source }) => source === hop.name),
      ),
    ]),
    ...outputs.flatMap(({ name }) => notDelivered(state.outputs.find(({ output }) => output === name))),
  ];
}

/** Days that a source could not read and still tries, as text: `2026-08-01`. */
export function failedDays({ owes }: SourceHop, state: SourceState | undefined): string[] {
  return (state?.cursor === undefined ? [] : owes(state.cursor))
    .filter(({ failures }) => failures > 0)
    .map(({ day }) => dayText(day));
}

/** `1 day: 2026-08-01`, `9 days: 2026-08-01, 2026-08-02 and 7 more`. */
export function daysText(days: readonly string[]): string {
  const named = days.length > daysNamed ? days.slice(0, daysNamed - 1) : days;
  const more = days.length > named.length ? ` and ${days.length - named.length} more` : "";
  return `${counted(days.length, "day")}: ${named.join(", ")}${more}`;
}

/** Whether an output has got everything so far: `yes`, `not yet`, `no, 7 dead, 2 dropped`. */
export function completeText(output: {
  readonly dead: number;
  readonly dropped: number;
  readonly backlog: number;
}): string {
  const { dead, dropped } = output;
  const missing = [
    ...(dead > 0 ? [`${countText(dead)} dead`] : []),
    ...(dropped > 0 ? [`${countText(dropped)} dropped`] : []),
  ];
  if (missing.length > 0) return `no, ${missing.join(", ")}`;
  return output.backlog > 0 ? "not yet" : "yes";
}

function notKnownToWork({ hop, detail }: HeldBefore): Attention {
  const fix =
    "wait for the next try of a daemon, or try it with the check command: where it fails again, that says why";
  return { hop, reason: "held_before", detail, fix };
}

function unreadDays(hop: SourceHop, state: SourceState | undefined): Attention[] {
  const found: Attention[] = [];
  const owed = failedDays(hop, state);
  if (owed.length > 0)
    found.push({
      hop: `source ${hop.name}`,
      reason: "owed_days",
      detail: `could not be read yet, ${daysText(owed)}`,
      fix: "nothing is lost while W&B has them: they are tried again by themselves; the log says why they fail",
    });
  const gaps = (state?.gaps ?? []).map(({ day }) => dayText(day)).filter((day) => !owed.includes(day));
  if (gaps.length > 0)
    found.push({
      hop: `source ${hop.name}`,
      reason: "gap_days",
      detail: `cannot be read, ${daysText(gaps)}`,
      fix: "bring them into the SIEM from elsewhere, such as the bucket that W&B syncs to",
    });
  const unread = unreadText(startStatus(hop, state).unread);
  if (unread !== undefined)
    found.push({
      hop: `source ${hop.name}`,
      reason: "unread",
      detail: unread,
      fix: startedIn(hop, state)?.unread?.fix ?? "",
    });
  return found;
}

function otherOrganization(hop: SourceHop, state: SourceState | undefined): Attention[] {
  const trouble = state?.cursor === undefined ? undefined : hop.otherLog(state.cursor);
  return trouble === undefined
    ? []
    : [{ hop: `source ${hop.name}`, reason: "other_organization", ...trouble }];
}

function witnessDiffers({ name, role }: SourceHop, state: SourceState | undefined): Attention[] {
  const days = role === "verify" ? differingDays(state) : [];
  if (days.length === 0) return [];
  const { missing, extra } = witnessTotals(state);
  const parts = [
    ...(missing > 0 ? [`was shown ${counted(missing, "record")} that no other source has`] : []),
    ...(extra > 0 ? [`was not shown ${counted(extra, "record")} that others have`] : []),
  ];
  return [
    {
      hop: `source ${name}`,
      reason: "witness_differs",
      detail: `${parts.join(", and ")}, ${daysText(days)}`,
      fix: 'read the days again with backfill from a primary of the instance; see "A witness differs" in docs/operate.md',
    },
  ];
}

function wrongClock({ name }: SourceHop, seconds: number | undefined): Attention[] {
  if (seconds === undefined || !clocksDiffer(seconds)) return [];
  return [
    {
      hop: `source ${name}`,
      reason: "clock",
      detail: `its clock is ${aheadText(seconds)} this machine's`,
      fix: "set the clocks of both machines by NTP",
    },
  ];
}

function shortLookback(hop: SourceHop, state: SourceState | undefined): Attention[] {
  const lateness = latenessStatus(hop, state);
  if (lateness === null || lateness.enough || lateness.advised_lookback === null) return [];
  return [
    {
      hop: `source ${hop.name}`,
      reason: "lookback",
      detail: latenessText(lateness),
      fix: `set lookback: ${lateness.advised_lookback}; until then what is later comes with a sweep, days after it happened`,
    },
  ];
}

function notDelivered(state: OutputState | undefined): Attention[] {
  if (state === undefined) return [];
  const { output, dead, backlog, letters } = state;
  const hop = `output ${output}`;
  const found: Attention[] = [];
  if (dead > 0)
    found.push({
      hop,
      reason: "dead_letters",
      detail: `complete: no, ${counted(dead, "event")} given up; kept in the dead letters (${sizeText(letters.bytes)} of at most ${sizeText(letters.maxBytes)})`,
      fix: `see why: wandb-audit-forwarder dead-letters list --output ${output}; mend the cause, then: dead-letters retry`,
    });
  if (backlog.suspects > 0)
    found.push({
      hop,
      reason: "suspects",
      detail: `${counted(backlog.suspects, "event")} refused and set aside: tried again when others were accepted`,
      fix: "see the log for what the remote says of them",
    });
  return found;
}
