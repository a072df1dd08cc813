import { type Html, html } from "../../text/html.ts";

/** The place of a reason on the page that explains them all: `output-tls` of `output splunk`. */
function reasonPlace(hop: string, reason: string): string {
  return `${hop.split(" ")[0]}-${reason}`;
}

/** A reason, which leads to what it means and how it is repaired. */
export function reasonLink(hop: string, reason: string): Html {
  return html`<a class="reason" href="operate#${reasonPlace(hop, reason)}"><code>${reason}</code></a>`;
}
