import { type Html, html } from "../../text/html.ts";
import { frame } from "./frame.ts";
import rows from "./reasons.json" with { type: "json" };

/** What each reason means, what to check, and how to repair it: the tables of `docs/operate.md`. */
export function operatePage(version: string, nonce: string): string {
  const sections = Map.groupBy(rows, ({ section }) => section);
  return frame({
    title: "Reasons",
    brand: html`What the reasons mean`,
    side: html`<a href="./">Status</a>`,
    main: html`<h1 class="hidden">What the reasons mean</h1>${[...sections].map(
      ([title, reasons]) => html`<section aria-label="${title}">
<h2>${title}</h2>
<dl class="reasons">${reasons.map(
        ({ places: [place = "", ...others], reason, facts }) => html`
<div id="${place}"><dt>${others.map((other) => html`<span id="${other}"></span>`)}<code>${reason}</code></dt><dd>${facts.map(([name, text]) => html`<p><strong>${name}</strong> ${inline(text)}</p>`)}</dd></div>`,
      )}</dl>
</section>`,
    )}`,
    footer: html`From the runbook of version ${version}, <code>docs/operate.md</code>, which says more.`,
    ...{ nonce, renewed: false },
  });
}

/** Code stands between backticks. */
function inline(text: string = ""): Html[] {
  return text.split("`").map((part, at) => (at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}
