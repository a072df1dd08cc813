import { completeText, daysText } from "../../status/attention.ts";
import { latenessText } from "../../status/lateness-status.ts";
import type { ReplayStatus } from "../../status/replay-status.ts";
import { unreadText } from "../../status/start-status.ts";
import type { OutputStatus, SourceStatus, StatusReport, Trouble } from "../../status/status-report.ts";
import { witnessLines } from "../../status/witness-status.ts";
import { aheadText, clockText, counted, countText, durationText, sizeText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { clocksDiffer } from "../../time/clock-difference.ts";

type Kind = "good" | "warn" | "bad" | "still";

/** The hops from left to right as the data flows, each with what keeps it from flowing. */
export function flow({ sources, spool, damage, outputs }: StatusReport): Html {
  return html`<section aria-labelledby="flow">
<h2 id="flow">The way of the data</h2>
<ol class="flow">
<li><h3>Sources</h3>${sources.map(sourceCard)}</li>
<li><h3>Spool</h3>${spoolCard(spool, damage)}</li>
<li><h3>Outputs</h3>${outputs.map(outputCard)}</li>
</ol>
</section>`;
}

function sourceCard(source: SourceStatus): Html {
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
${troubleBox(source.trouble)}
<dl>
${fact("Instance", source.instance)}
${fact("Complete up to", source.watermark === null ? "not read yet" : clockText(source.watermark))}
${fact("Behind", source.lag_seconds === null ? "unknown" : durationText(source.lag_seconds))}
${source.start !== null && fact("Start", clockText(source.start))}
${source.left_out > 0 && fact("Left out before it", counted(source.left_out, "record"))}
${fact("Newest event", source.newest_event === null ? "none yet" : clockText(source.newest_event))}
</dl>
${source.owed_days.length > 0 && html`<p class="note warn-text">▲ Could not be read yet, tried again: ${daysText(source.owed_days)}</p>`}
${source.gaps.length > 0 && html`<p class="note warn-text">▲ Days that cannot be read: ${source.gaps.map(({ day, reason }) => `${day} (${reason})`).join(", ")}</p>`}
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

function spoolCard({ bytes, max_bytes, full }: StatusReport["spool"], damage: StatusReport["damage"]): Html {
  const share = Math.min(1, bytes / Math.max(1, max_bytes));
  const kind: Kind = full ? "bad" : share > 0.8 ? "warn" : "good";
  return html`
<article class="card ${kind}" aria-label="Spool">
${head("on disk", "", kind, full ? "Full" : share > 0.8 ? "Filling up" : "Has room")}
<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" width="100%" height="8" aria-hidden="true"><rect class="bar-back" width="100" height="6" rx="3"/><rect class="bar-full" width="${(share * 100).toFixed(1)}" height="6" rx="3"/></svg>
<dl>
${fact("Used", sizeText(bytes))}
${fact("Limit", sizeText(max_bytes))}
</dl>
${full && html`<p class="note bad-text">Sources are not read until there is room. They still have their data.</p>`}
${damage.length > 0 && html`<details id="damage"><summary>Damage found on disk</summary><ul>${damage.map(({ found, source, records, reason }) => html`<li>${clockText(found)}: ${counted(records, "record")}${source !== null && ` of ${source}`} (${reason})</li>`)}</ul></details>`}
</article>`;
}

function outputCard(output: OutputStatus): Html {
  const [kind, words] =
    output.state === "waiting" && output.backlog_events > 0 ? collecting : outputWords[output.state];
  const card = kind === "good" && output.dead + output.suspects > 0 ? "warn" : kind;
  return html`
<article class="card ${card}" aria-label="Output ${output.name}">
${head(output.name, output.type, kind, words)}
${troubleBox(output.trouble)}
<dl>
${fact("Waiting", counted(output.backlog_events, "event"))}
${output.oldest_undelivered !== null && fact("Oldest waits", durationText(output.lag_seconds))}
${fact("Delivered", countText(output.delivered))}
${output.filtered > 0 && fact("Filtered", countText(output.filtered))}
${output.suspects > 0 && fact("Set aside, of these", counted(output.suspects, "refused event"))}
${output.resent > 0 && fact("Delivered once more", countText(output.resent))}
${fact("Complete", completeText({ ...output, backlog: output.backlog_events }))}
${output.guarantee !== null && fact("Delivered means", guaranteeWords[output.guarantee])}
${output.manifest !== null && fact("Newest manifest", `${output.manifest.number} of ${output.manifest.date}`)}
</dl>
${output.replay?.state === "running" && html`<p class="note">Sends again, asked by a person: ${countText(output.replay.sent)} sent, ${counted(output.replay.records_left + output.replay.waiting, "record")} left to look through${daysLeft(output.replay)}</p>`}
${output.insecure_tls && insecureNote}
</article>`;
}

function daysLeft({ reading }: ReplayStatus): string {
  const left = reading.reduce((sum, each) => sum + each.days_left, 0);
  return left > 0 ? `, ${counted(left, "day")} left to read` : "";
}

const sourceWords: Readonly<Record<SourceStatus["state"], readonly [Kind, string]>> = {
  reading: ["good", "Reading"],
  waiting: ["good", "Waits for the next read"],
  retrying: ["warn", "Cannot read, tries again"],
  held: ["bad", "Held: needs a person"],
  blocked: ["bad", "Not read: spool full"],
  stopped: ["still", "Stopped"],
  offline: ["still", "No daemon runs"],
};

const outputWords: Readonly<Record<OutputStatus["state"], readonly [Kind, string]>> = {
  delivering: ["good", "Delivering"],
  waiting: ["good", "Nothing to send"],
  retrying: ["warn", "Fails, tries again"],
  held: ["bad", "Held: needs a person"],
  stopped: ["still", "Stopped"],
  offline: ["still", "No daemon runs"],
  abandoned: ["still", "No longer configured"],
};

const collecting: readonly [Kind, string] = ["good", "Collects a batch"];

const guaranteeWords = {
  acknowledged: "stored by the remote",
  received: "taken by the remote",
  sent: "handed to the network",
} as const;

/** State is told by shape and words; colour only repeats it. */
const marks: Readonly<Record<Kind, string>> = { good: "●", warn: "▲", bad: "■", still: "○" };

const insecureNote = html`<p class="note bad-text">■ Certificates are not verified (insecure_skip_verify).</p>`;

function head(name: string, type: string, kind: Kind, words: string): Html {
  return html`<h4>${name}${type !== "" && html` <small>${type}</small>`}</h4>
<p class="state ${kind}-text"><span aria-hidden="true">${marks[kind]}</span> ${words}</p>`;
}

function troubleBox(trouble: Trouble | null): Html | undefined {
  if (trouble === null) return undefined;
  const { reason, detail, quote, fix, failures, next_try } = trouble;
  return html`<div class="trouble"><p>${detail} <code>${reason}</code></p>
${quote !== null && html`<p>It said: ${quote}</p>`}
${fix !== null && html`<p class="fix"><strong>Fix:</strong> ${fix}</p>`}
<p class="quiet">${failures > 0 && `${counted(failures, "failed attempt")}. `}${next_try !== null && html`Next attempt <time datetime="${next_try}">${next_try.slice(11, 19)}</time>.`}</p></div>`;
}

function fact(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
