import { completeText } from "../../status/attention.ts";
import type { ReplayStatus } from "../../status/replay-status.ts";
import type { OutputStatus } from "../../status/status-report.ts";
import { counted, countText, durationText, paceText, secondText, sizeText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { type CardKind, fact, head, insecureNote, troubleBox } from "./card.ts";

/** An output. `events`: what it was sent may be shown. */
export function outputCard(output: OutputStatus, events: boolean): Html {
  const [kind, words] =
    output.state === "waiting" && output.backlog_events > 0 ? collecting : outputWords[output.state];
  const card = kind === "good" && output.dead + output.suspects > 0 ? "warn" : kind;
  const { name, guarantee, events_per_second, bytes_per_second, last_delivery } = output;
  const waiting =
    output.oldest_undelivered === null ? "" : `, the oldest ${durationText(output.lag_seconds)}`;
  return html`
<article class="card ${card}" aria-label="Output ${name}">
${head(name, output.type, kind, words)}
${troubleBox(`output ${name}`, output.trouble)}
<dl>
${fact("Waiting", `${counted(output.backlog_events, "event")}${waiting}`)}
${fact("Delivered", `${countText(output.delivered)}${guarantee === null ? "" : `, ${guarantee}`}`)}
${events_per_second !== null && fact("Over 5 min", `${paceText(events_per_second)} events/s, ${sizeText(bytes_per_second ?? 0)}/s`)}
${fact("Last delivery", last_delivery === null ? "none known" : secondText(last_delivery))}
${output.filtered > 0 && fact("Filtered", countText(output.filtered))}
${output.suspects > 0 && fact("Set aside, of these", counted(output.suspects, "refused event"))}
${output.resent > 0 && fact("Delivered once more", countText(output.resent))}
${fact("Complete", completeText({ ...output, backlog: output.backlog_events }))}
${output.manifest !== null && fact("Newest manifest", `${output.manifest.number} of ${output.manifest.date}`)}
</dl>
${output.replay?.state === "running" && html`<p class="note">Sends again, asked by a person: ${countText(output.replay.sent)} sent, ${counted(output.replay.records_left + output.replay.waiting, "record")} left to look through${daysLeft(output.replay)}</p>`}
${output.insecure_tls && insecureNote}
${events && output.state !== "abandoned" && html`<p class="note"><a href="tap?output=${encodeURIComponent(name)}">Last events<span class="hidden"> of ${name}</span></a></p>`}
</article>`;
}

function daysLeft({ reading }: ReplayStatus): string {
  const left = reading.reduce((sum, each) => sum + each.days_left, 0);
  return left > 0 ? `, ${counted(left, "day")} left to read` : "";
}

const outputWords: Readonly<Record<OutputStatus["state"], readonly [CardKind, string]>> = {
  delivering: ["good", "Delivering"],
  waiting: ["good", "Nothing to send"],
  retrying: ["warn", "Fails, tries again"],
  held: ["bad", "Held: needs a person"],
  stopped: ["still", "Stopped"],
  offline: ["still", "No daemon runs"],
  abandoned: ["still", "No longer configured"],
};

const collecting: readonly [CardKind, string] = ["good", "Collects a batch"];
