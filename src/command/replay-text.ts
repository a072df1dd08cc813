import type { ReplayStatus } from "../status/replay-status.ts";
import { counted, countText, durationText } from "../text/amounts.ts";

/** A line: `splunk: 12,000 of 20,000 records looked through, 9,800 events sent again, 500/s, 4 min left`. */
export function replayProgress(now: ReplayStatus, first: ReplayStatus, seconds: number): string {
  const { output, records, records_left: left, sent, refused } = now;
  const parts = [
    `${countText(records - left)} of ${counted(records, "record")} looked through`,
    `${counted(sent, "event")} sent again`,
    ...(refused > 0 ? [`${countText(refused)} refused`] : []),
  ];
  const passed = first.records_left - left;
  if (seconds > 0 && sent > first.sent)
    parts.push(`${countText(Math.round((sent - first.sent) / seconds))}/s`);
  if (seconds > 0 && passed > 0) parts.push(`${durationText((seconds / passed) * left)} left`);
  return `${output}: ${parts.join(", ")}`;
}

/** The same with a bar in front, in one line of a terminal of so many columns. */
export function replayBar(
  text: string,
  { records, records_left: left }: ReplayStatus,
  columns: number,
): string {
  const width = Math.max(10, Math.min(30, columns - 90));
  const full = records === 0 ? width : Math.round(((records - left) / records) * width);
  return `[${"#".repeat(full)}${".".repeat(width - full)}] ${text}`.slice(0, columns - 1);
}

/** What is under way, for `status` and lists. */
export function replayUnderway(status: ReplayStatus): string {
  const { sent, records, records_left: left } = status;
  return `${nameOf(status)} under way: ${counted(sent, "event")} sent again, ${countText(left)} of ${counted(records, "record")} left to look through`;
}

/** How it ended. */
export function replayEnd(status: ReplayStatus): string {
  const { output, state, sent, refused, removed, trouble } = status;
  const more = [
    ...(refused > 0 ? [`${counted(refused, "event")} refused`] : []),
    ...(removed > 0 ? [`${counted(removed, "record")} had to be removed before it came to them`] : []),
    ...(trouble === null ? [] : [trouble]),
  ];
  return `${output}: ${nameOf(status)} ${state}: ${[`${counted(sent, "event")} sent again`, ...more].join("; ")}`;
}

function nameOf({ id, from, to }: ReplayStatus): string {
  return `replay ${id} of ${shown(from)} up to, and without, ${shown(to)}`;
}

/** A whole day is written as one. */
function shown(time: string): string {
  return time.replace("T00:00:00.000Z", "").replace(".000Z", "Z");
}
