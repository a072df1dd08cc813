import type { LetterRow } from "../../status/letter-report.ts";
import type { StatusReport } from "../../status/status-report.ts";
import { clockText, countText, durationText, secondText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { booksTable } from "./books.ts";
import { charts } from "./charts.ts";
import { flow } from "./flow.ts";
import { lettersTable } from "./letters.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

/** The status page: whole without a script, which only renews `#live`. Needs no other file. */
export function page(status: StatusReport, letters: readonly LetterRow[] | undefined, nonce: string): string {
  const title = `${status.ready ? (status.attention.length > 0 ? "Look" : "OK") : `${status.not_ready.length} to repair`} · wandb-audit-forwarder`;
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style nonce="${nonce}">${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the status</a>
<header class="top">
<p class="brand"><svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect class="logo" width="32" height="32" rx="8"/><path class="logo-line" d="M7 10h6l6 12h6M7 22h6l2-4M17 14l2-4h6"/></svg> wandb-audit-forwarder</p>
<p class="clock"><span id="fresh">as of <time datetime="${status.now}">${secondText(status.now)}</time></span>
<button type="button" id="pause" aria-pressed="false" hidden>Pause updates</button></p>
</header>
<main id="main" tabindex="-1">
${headline(status)}
<div id="live" data-title="${title}">${live(status, letters)}</div>
</main>
<footer><p>Version ${status.version}, running for ${durationText(status.uptime_seconds)}. Times are UTC.
For programs: <a href="status">/status</a> <a href="metrics">/metrics</a> <a href="readyz">/readyz</a> <a href="livez">/livez</a>
Who was active: <a href="activity">activity</a></p></footer>
<script nonce="${nonce}">${trusted(script)}${trusted("</script>")}
</body>
</html>
`;
  return markup;
}

function live(status: StatusReport, letters: readonly LetterRow[] | undefined): Html {
  return html`
${problems(status)}
${lookAt(status)}
${figures(status)}
${flow(status)}
${charts(status)}
${lettersTable(status, letters)}
${booksTable(status)}`;
}

function headline(status: StatusReport): Html {
  const [word, text, kind] = headlineOf(status);
  return html`<section id="headline" class="headline ${kind}" role="status">
<h1>${word}</h1>
<p>${text}</p>
</section>`;
}

function headlineOf({
  ready,
  not_ready,
  attention,
  sources,
  outputs,
}: StatusReport): readonly [word: string, text: string, kind: "good" | "warn" | "bad"] {
  if (!ready)
    return [
      not_ready.length === 1 ? "One hop needs attention" : `${not_ready.length} hops need attention`,
      "What was read is kept until it is delivered.",
      "bad",
    ];
  if (attention.length > 0) {
    const more = attention.length > 1 ? `, and ${attention.length - 1} more below` : "";
    const [{ hop, detail } = { hop: "", detail: "" }] = attention;
    return ["Working, with something to look at", `${hop}: ${detail}${more}.`, "warn"];
  }
  if ([...sources, ...outputs].some(({ trouble }) => trouble !== null))
    return ["Working", "A hop is trying again. Nothing is needed from you yet.", "warn"];
  return ["All is well", "Records arrive, are kept and are delivered.", "good"];
}

/** What keeps nothing from working, below what does. */
function lookAt({ attention }: StatusReport): Html | undefined {
  if (attention.length === 0) return undefined;
  return html`<section aria-labelledby="attention">
<h2 id="attention">What to look at</h2>
<ul class="problems mild">${attention.map(
    ({ hop, reason, detail, fix }) => html`
<li><p><strong>${hop}</strong> <code>${reason}</code></p>
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
<li><p><strong>${hop}</strong> <code>${reason}</code> <span class="quiet">since <time datetime="${since}">${clockText(since)}</time></span></p>
<p>${detail}</p>
<p class="fix"><strong>Fix:</strong> ${fix}</p></li>`,
  )}
</ul>
</section>`;
}

function figures({ sources, outputs, balanced }: StatusReport): Html {
  const lags = sources.flatMap(({ lag_seconds }) => (lag_seconds === null ? [] : [lag_seconds]));
  const backlog = outputs.reduce((sum, output) => sum + output.backlog_events, 0);
  const dead = outputs.reduce((sum, output) => sum + output.dead, 0);
  return html`<dl class="figures">
<div><dt>Behind the source</dt><dd>${lags.length === 0 ? "not read yet" : durationText(Math.max(...lags))}</dd></div>
<div><dt>Waiting for delivery</dt><dd>${countText(backlog)} <small>${backlog === 1 ? "event" : "events"}</small></dd></div>
<div><dt>Dead letters</dt><dd class="${dead > 0 ? "warn-text" : ""}">${countText(dead)}</dd></div>
<div><dt>Books</dt><dd class="${balanced ? "" : "bad-text"}">${balanced ? "balance" : "do not balance"}</dd></div>
</dl>`;
}

/** Our own style and script, which are constants. */
function trusted(markup: string): Html {
  return { markup };
}
