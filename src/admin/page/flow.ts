import { replacedText } from "../../spool/replaced-state.ts";
import type { StatusReport } from "../../status/status-report.ts";
import { clockText, counted, sizeText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { type CardKind, fact, head } from "./card.ts";
import { outputCard } from "./output-card.ts";
import { sourceCard } from "./source-card.ts";

/**
 * The hops from left to right as the data flows, each with what keeps it from flowing. `events`: what outputs
 * were sent may be shown.
 */
export function flow({ sources, spool, damage, replaced, outputs }: StatusReport, events: boolean): Html {
  return html`<section aria-labelledby="flow">
<h2 id="flow">The way of the data</h2>
<ol class="flow">
<li><h3>Sources</h3>${sources.map(sourceCard)}</li>
<li><h3>Spool</h3>${spoolCard(spool, damage, replaced)}</li>
<li class="outputs"><h3>Outputs</h3>${outputs.map((output) => outputCard(output, events))}</li>
</ol>
<p class="quiet">Delivered, <em>acknowledged</em>: stored by the remote. <em>Received</em>: taken by the remote. <em>Sent</em>: handed to the network.</p>
</section>`;
}

function spoolCard(
  { bytes, max_bytes, full }: StatusReport["spool"],
  damage: StatusReport["damage"],
  replaced: StatusReport["replaced"],
): Html {
  const share = Math.min(1, bytes / Math.max(1, max_bytes));
  const kind: CardKind = full ? "bad" : share > 0.8 ? "warn" : "good";
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
${replaced.length > 0 && html`<details id="replaced"><summary>Older state, or a copy</summary><ul>${replaced.map((each) => html`<li>${replacedText(each)}</li>`)}</ul></details>`}
</article>`;
}
