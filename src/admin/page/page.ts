import type { ActivityDocument } from "../../status/activity-report.ts";
import type { LetterRow } from "../../status/letter-report.ts";
import type { StatusReport } from "../../status/status-report.ts";
import { clockText, countText, durationText, paceText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { activitySummary } from "./activity.ts";
import { booksTable } from "./books.ts";
import { charts } from "./charts.ts";
import { flow } from "./flow.ts";
import { frame, freshness } from "./frame.ts";
import { incidentsTable } from "./incidents.ts";
import { lettersTable } from "./letters.ts";
import { reasonLink } from "./reason.ts";

/** So many hops are named in the headline. */
const hopsNamed = 3;

/**
 * The status page: whole without a script, which renews `#live` and tells single values of charts. Needs no
 * other file. `letters` and `activity` are absent where anybody may look.
 */
export function page(
  status: StatusReport,
  letters: readonly LetterRow[] | undefined,
  nonce: string,
  activity?: ActivityDocument,
): string {
  const title = `${titleOf(status)} · wandb-audit-forwarder`;
  return frame({
    title: titleOf(status),
    brand: html`${logo} wandb-audit-forwarder`,
    side: freshness(status.now),
    main: html`${headline(status)}
<div id="live" data-title="${title}">${live(status, letters, activity)}</div>`,
    footer: html`Version ${status.version}, running for ${durationText(status.uptime_seconds)}. Times are UTC.
For programs: <a href="status">/status</a> <a href="metrics">/metrics</a> <a href="readyz">/readyz</a> <a href="livez">/livez</a>
Who was active: <a href="activity">activity</a> What reasons mean: <a href="operate">operate</a>`,
    ...{ nonce, renewed: true },
  });
}

const logo = html`<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect class="logo" width="32" height="32" rx="8"/><path class="logo-line" d="M7 10h6l6 12h6M7 22h6l2-4M17 14l2-4h6"/></svg>`;

function live(
  status: StatusReport,
  letters: readonly LetterRow[] | undefined,
  activity: ActivityDocument | undefined,
): Html {
  return html`
${problems(status)}
${lookAt(status)}
${figures(status)}
${flow(status, letters !== undefined)}
${charts(status)}
${incidentsTable(status)}
${lettersTable(status, letters)}
${booksTable(status)}
${activity !== undefined && activitySummary(activity)}`;
}

function headline(status: StatusReport): Html {
  const [word, text, kind] = headlineOf(status);
  return html`<section id="headline" class="headline ${kind}" role="status">
<h1>${word}</h1>
<p>${text}</p>
</section>`;
}

/** Hops that are not ready, and those that fail and may be ready again by themselves. */
function needing({ not_ready, sources, outputs }: StatusReport): string[] {
  const failing = [
    ...sources.map(({ name, trouble }) => ({ hop: `source ${name}`, trouble })),
    ...outputs.map(({ name, trouble }) => ({ hop: `output ${name}`, trouble })),
  ].filter(({ trouble }) => trouble !== null);
  return [...new Set([...not_ready, ...failing].map(({ hop }) => hop))];
}

/** Nothing failed and nothing is to be looked at, and nobody knows yet whether all works. */
function isStarting(status: StatusReport): boolean {
  const { starting, attention, not_ready } = status;
  const begun = not_ready.every(({ reason }) => reason === "not_read_yet");
  const known = needing(status).filter((hop) => !starting.includes(hop));
  return starting.length > 0 && attention.length === 0 && begun && known.length === 0;
}

function namesOf(hops: readonly string[]): string {
  const named =
    hops.length > hopsNamed ? [...hops.slice(0, hopsNamed), `${hops.length - hopsNamed} more`] : hops;
  return named.join(", ");
}

function titleOf(status: StatusReport): string {
  const hops = needing(status).length;
  if (isStarting(status)) return "Starting";
  if (!status.ready) return `${hops} to repair`;
  if (hops > 0) return `${hops} failing`;
  return status.attention.length > 0 ? "Look" : "OK";
}

function headlineOf(
  status: StatusReport,
): readonly [word: string, text: string, kind: "good" | "warn" | "bad"] {
  const { ready, attention, starting } = status;
  const hops = needing(status);
  const need = hops.length === 1 ? "One hop needs attention" : `${hops.length} hops need attention`;
  const named = namesOf(hops);
  if (isStarting(status))
    return ["Starting", `No read or delivery has ended since the start yet: ${namesOf(starting)}.`, "warn"];
  if (!ready) return [need, `${named}. What was read is kept until it is delivered.`, "bad"];
  if (attention.length > 0) {
    const more = attention.length > 1 ? `, and ${attention.length - 1} more below` : "";
    const [{ hop, detail } = { hop: "", detail: "" }] = attention;
    const failing = hops.length > 0 ? ` Failing, and tried again: ${named}.` : "";
    return ["Working, with something to look at", `${hop}: ${detail}${more}.${failing}`, "warn"];
  }
  if (hops.length > 0)
    return [need, `${named}: tried again by itself. Nothing is needed from you yet.`, "warn"];
  return ["All is well", "Records arrive, are kept and are delivered.", "good"];
}

/** What keeps nothing from working, below what does. */
function lookAt({ attention }: StatusReport): Html | undefined {
  if (attention.length === 0) return undefined;
  return html`<section aria-labelledby="attention">
<h2 id="attention">What to look at</h2>
<ul class="problems mild">${attention.map(
    ({ hop, reason, detail, fix }) => html`
<li><p><strong>${hop}</strong> ${reasonLink(`look ${hop}`, reason)}</p>
<p>${detail}</p>
<p class="fix"><strong>Fix:</strong> ${fix}</p></li>`,
  )}
</ul>
</section>`;
}

function problems({ not_ready }: StatusReport): Html | undefined {
  if (not_ready.length === 0) return undefined;
  return html`<section aria-labelledby="problems">
<h2 id="problems">What to repair</h2>
<ul class="problems">${not_ready.map(
    ({ hop, reason, detail, since, fix }) => html`
<li><p><strong>${hop}</strong> ${reasonLink(hop, reason)} <span class="quiet">since <time datetime="${since}">${clockText(since)}</time></span></p>
<p>${detail}</p>
<p class="fix"><strong>Fix:</strong> ${fix}</p></li>`,
  )}
</ul>
</section>`;
}

function figures(status: StatusReport): Html {
  const { sources, outputs, balanced, waiting } = status;
  const lags = sources.flatMap(({ lag_seconds }) => (lag_seconds === null ? [] : [lag_seconds]));
  const dead = outputs.reduce((sum, output) => sum + output.dead, 0);
  const paces = outputs.flatMap(({ events_per_second: pace }) => (pace === null ? [] : [pace]));
  const needs = needing(status).length;
  return html`<dl class="figures">
<div><dt>Need attention</dt><dd class="${needs > 0 ? "bad-text" : ""}">${needs} <small>of ${sources.length + outputs.length + 1} hops</small></dd></div>
<div><dt>Behind the source</dt><dd>${lags.length === 0 ? "not read yet" : durationText(Math.max(...lags))}</dd></div>
<div><dt>Waiting for delivery</dt><dd>${countText(waiting)} <small>${waiting === 1 ? "record" : "records"}</small></dd></div>
<div><dt>Fastest output, 5 min</dt><dd>${paces.length === 0 ? "–" : paceText(Math.max(...paces))} <small>events/s</small></dd></div>
<div><dt>Dead letters</dt><dd class="${dead > 0 ? "warn-text" : ""}">${countText(dead)}</dd></div>
<div><dt>Books</dt><dd class="${balanced ? "" : "bad-text"}">${balanced ? "balance" : "do not balance"}</dd></div>
</dl>`;
}
