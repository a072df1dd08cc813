import { daysText } from "../../status/attention.ts";
import { latenessText } from "../../status/lateness-status.ts";
import { unreadText } from "../../status/start-status.ts";
import type { SourceStatus } from "../../status/status-report.ts";
import { witnessLines } from "../../status/witness-status.ts";
import { aheadText, clockText, counted, durationText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { clocksDiffer } from "../../time/clock-difference.ts";
import { type CardKind, fact, head, insecureNote, troubleBox } from "./card.ts";

/** A source. */
export function sourceCard(source: SourceStatus): Html {
  const [kind, words] = sourceWords[source.state];
  const mild =
    source.trouble !== null ||
    source.owed_days.length > 0 ||
    source.gaps.length > 0 ||
    source.unread !== null ||
    (source.witness?.differing.length ?? 0) > 0 ||
    source.lateness?.enough === false;
  return html`
<article class="card ${kind !== "bad" && mild ? "warn" : kind}" aria-label="Source ${source.name}">
${head(source.name, source.type, kind, words)}
${troubleBox(`source ${source.name}`, source.trouble)}
<dl>
${fact("Instance", source.instance)}
${fact("Complete up to", source.watermark === null ? "not read yet" : clockText(source.watermark))}
${fact("Behind", source.lag_seconds === null ? "unknown" : durationText(source.lag_seconds))}
${source.start !== null && fact("Start", clockText(source.start))}
${source.left_out > 0 && fact("Left out before it", counted(source.left_out, "record"))}
${fact("Newest event", source.newest_event === null ? "none yet" : clockText(source.newest_event))}
</dl>
${source.owed_days.length > 0 && html`<p class="note warn-text">▲ Could not be read yet, tried again: ${daysText(source.owed_days)}</p>`}
${source.gaps.length > 0 && html`<p class="note warn-text">▲ Days that cannot be read: ${source.gaps.map(({ day, reason }, at) => html`${at > 0 && ", "}${day} (${reason})`)}</p>`}
${source.backfill?.state === "running" && html`<p class="note">Reads once more, asked by a person: ${source.backfill.next} is next, ${counted(source.backfill.days_left, "day")} of ${source.backfill.days} left${source.backfill.trouble !== null && `; ${source.backfill.trouble}`}.</p>`}
${source.lateness !== null && html`<p class="${source.lateness.enough ? "note" : "note warn-text"}">Its ${latenessText(source.lateness)}.</p>`}
${(source.witness === null ? [] : witnessLines(source.witness)).map((text, at) => html`<p class="${at === 0 ? "note" : "note warn-text"}">${at === 0 ? `It ${text}.` : `▲ ${text}`}</p>`)}
${source.unread !== null && html`<p class="note warn-text">▲ ${unreadText(source.unread)}.</p>`}
${source.clock_difference_seconds !== null && clocksDiffer(source.clock_difference_seconds) && html`<p class="note warn-text">▲ Its clock is ${aheadText(source.clock_difference_seconds)} this machine's: set both by NTP.</p>`}
${source.insecure_tls && insecureNote}
${source.anonymize && html`<p class="note">Read anonymised, as configured.</p>`}
${source.notices.length > 0 && html`<details id="notices-${source.name}"><summary>Found out about it</summary><ul>${source.notices.map((notice) => html`<li>${notice}</li>`)}</ul></details>`}
</article>`;
}

const sourceWords: Readonly<Record<SourceStatus["state"], readonly [CardKind, string]>> = {
  reading: ["good", "Reading"],
  waiting: ["good", "Waits for the next read"],
  retrying: ["warn", "Cannot read, tries again"],
  held: ["bad", "Held: needs a person"],
  blocked: ["bad", "Not read: spool full"],
  stopped: ["still", "Stopped"],
  offline: ["still", "No daemon runs"],
};
