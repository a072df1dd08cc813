import type { BackfillStatus } from "../status/backfill-status.ts";
import type { ReplayStatus } from "../status/replay-status.ts";
import { counted, countText, durationText } from "../text/amounts.ts";

/** A line: `splunk: 12,000 of 20,000 records looked through, 9,800 events sent again, 500/s, 4 min left`. */
export function replayProgress(now: ReplayStatus, first: ReplayStatus, seconds: number): string {
  const { output, records, records_left: left, sent, refused, reading, waiting } = now;
  const parts = [
    ...reading.map(readText),
    ...(records > 0 || reading.length === 0
      ? [`${countText(records - left)} of ${counted(records, "record")} looked through`]
      : []),
    ...(waiting > 0 ? [`${counted(waiting, "record")} to look through wait`] : []),
    `${counted(sent, "event")} sent again`,
    ...(refused > 0 ? [`${countText(refused)} refused`] : []),
  ];
  const rest = 1 - doneOf(now);
  const passed = doneOf(now) - doneOf(first);
  if (seconds > 0 && sent > first.sent)
    parts.push(`${countText(Math.round((sent - first.sent) / seconds))}/s`);
  if (seconds > 0 && passed > 0) parts.push(`${durationText((seconds / passed) * rest)} left`);
  const [trouble] = reading.flatMap((each) => each.trouble ?? []);
  if (trouble !== undefined) parts.push(trouble);
  return `${output}: ${parts.join(", ")}`;
}

/** The same with a bar in front, in one line of a terminal of so many columns. */
export function replayBar(text: string, status: ReplayStatus, columns: number): string {
  const width = Math.max(10, Math.min(30, columns - 90));
  const full = Math.round(doneOf(status) * width);
  return `[${"#".repeat(full)}${".".repeat(width - full)}] ${text}`.slice(0, columns - 1);
}

/** What is under way, for `status` and lists. */
export function replayUnderway(status: ReplayStatus): string {
  const { sent, records, records_left: left, reading, waiting } = status;
  const days = reading.filter(({ state }) => state === "running").map((each) => `; ${readText(each)}`);
  const queue = waiting > 0 ? `; ${counted(waiting, "record")} of them to look through` : "";
  return `${nameOf(status)} under way: ${counted(sent, "event")} sent again, ${countText(left)} of ${counted(records, "record")} left to look through${days.join("")}${queue}`;
}

/** How it ended. */
export function replayEnd(status: ReplayStatus): string {
  const { output, state, sent, refused, removed, trouble, reading } = status;
  const more = [
    ...(refused > 0 ? [`${counted(refused, "event")} refused`] : []),
    ...(removed > 0 ? [`${counted(removed, "record")} had to be removed before it came to them`] : []),
    ...reading.flatMap(readEnd),
    ...(trouble === null ? [] : [trouble]),
    ...(state === "done" ? notFound(status) : []),
  ];
  return `${output}: ${nameOf(status)} ${state}: ${[`${counted(sent, "event")} sent again`, ...more].join("; ")}`;
}

/** What was asked for and did not come. */
function notFound({ sent, refused, removed, uids }: ReplayStatus): string[] {
  const found = sent + refused + removed;
  if (found === 0) return ["nothing of that time matches, or the output's filter leaves it out"];
  if (found >= uids) return [];
  return [
    `${countText(uids - found)} of ${counted(uids, "uid")} not found there, or left out by the output's filter`,
  ];
}

/** How much of it is done, from 0 to 1: of what it looks through, and of what is read for it. */
function doneOf({ records, records_left: left, reading, waiting, sent }: ReplayStatus): number {
  const days = reading.reduce((sum, each) => sum + each.days, 0);
  const daysLeft = reading.reduce((sum, each) => sum + each.days_left, 0);
  const parts = [
    ...(records > 0 ? [(records - left) / records] : []),
    ...(days > 0 ? [(days - daysLeft) / days] : []),
    ...(waiting > 0 ? [sent / (sent + waiting)] : []),
  ];
  return parts.length === 0 ? 1 : parts.reduce((sum, each) => sum + each, 0) / parts.length;
}

function readText({ source, days, days_left: left }: BackfillStatus): string {
  return `${countText(days - left)} of ${counted(days, "day")} of ${source} read`;
}

function readEnd({ source, days, days_left: left, new: fresh, gap_days: gaps }: BackfillStatus): string[] {
  const found = fresh > 0 ? `, ${counted(fresh, "record")} of them new and sent to every output` : "";
  return [
    `${left > 0 ? `${countText(days - left)} of ` : ""}${counted(days, "day")} read from ${source}${found}`,
    ...(gaps > 0 ? [`${counted(gaps, "day")} of ${source} could not be read, or only in part`] : []),
  ];
}

function nameOf({ id, from, to }: ReplayStatus): string {
  return `replay ${id} of ${shown(from)} up to, and without, ${shown(to)}`;
}

/** A whole day is written as one. */
function shown(time: string): string {
  return time.replace("T00:00:00.000Z", "").replace(".000Z", "Z");
}
