import type { Tapped } from "../../deliver/output-tap.ts";
import { counted, countText, secondText } from "../../text/amounts.ts";
import { html } from "../../text/html.ts";
import { frame, freshness } from "./frame.ts";

/** The last events of an output as it got them, the newest first. `now` is ISO 8601 UTC. */
export function tapPage({ output, position, events }: Tapped, now: string, nonce: string): string {
  return frame({
    title: `Events of ${output}`,
    brand: html`Last events of ${output}`,
    side: html`${freshness(now)} <a href="./">Status</a>`,
    main: html`<h1 class="hidden">Last events of ${output}</h1>
<div id="live" data-title="Events of ${output} · wandb-audit-forwarder" data-every="2000">
<p class="quiet">Position ${countText(position)}. ${events.length === 0 ? "Nothing that was delivered is kept." : `The last ${counted(events.length, "event")}, the newest first, as they were sent: filtered and redacted as configured.`}</p>
<ol class="events" reversed>${events.toReversed().map(
      ({ seq, uid, source, seen, text, cut }) => html`
<li><p class="quiet">${countText(seq)} · seen ${secondText(seen)} · ${source} · <code>${uid}</code></p>
<pre tabindex="0" aria-label="Event ${countText(seq)}">${text}${cut > 0 && html`<small> … ${counted(cut, "more character")}</small>`}</pre></li>`,
    )}</ol>
</div>`,
    footer: html`Times are UTC. On a terminal: <code>wandb-audit-forwarder tap ${output}</code>`,
    ...{ nonce, renewed: true },
  });
}
