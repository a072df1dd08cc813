import type { IncidentStatus } from "../../status/past-status.ts";
import type { StatusReport } from "../../status/status-report.ts";
import { clockText, counted, durationText, secondText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { reasonLink } from "./reason.ts";

/** So many stand before the fold. */
const openIncidents = 8;

/** When hops failed, and why: those that go on first. */
export function incidentsTable({ incidents, now }: StatusReport): Html {
  const older = incidents.slice(openIncidents);
  return html`<section aria-labelledby="incidents">
<h2 id="incidents">Incidents</h2>
${incidents.length === 0 ? html`<p class="quiet">None is known.</p>` : table(incidents.slice(0, openIncidents), "The newest incidents", now)}
${older.length > 0 && html`<details id="older-incidents"><summary>${counted(older.length, "older incident")}</summary>${table(older, "Older incidents", now)}</details>`}
</section>`;
}

function table(incidents: readonly IncidentStatus[], caption: string, now: string): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption class="hidden">${caption}</caption>
<thead><tr><th scope="col">Began (UTC)</th><th scope="col">For</th><th scope="col">Hop</th><th scope="col">Reason</th><th scope="col">Ended</th><th scope="col" class="number">Failed tries</th></tr></thead>
<tbody>${incidents.map(
    ({ hop, reasons, held, failures, began, ended }) => html`
<tr><td><time datetime="${began}">${secondText(began)}</time></td><td>${durationText((Date.parse(ended ?? now) - Date.parse(began)) / 1000)}</td><td>${hop}</td><td>${reasons.map((reason) => html`${reasonLink(hop, reason)} `)}${held && "held"}</td><td>${ended === null ? html`<strong class="bad-text">■ goes on</strong>` : clockText(ended)}</td><td class="number">${failures}</td></tr>`,
  )}
</tbody></table></div>`;
}
