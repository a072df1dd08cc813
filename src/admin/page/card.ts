import type { Trouble } from "../../status/status-report.ts";
import { counted } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { reasonLink } from "./reason.ts";

/** How a hop is. */
export type CardKind = "good" | "warn" | "bad" | "still";

/** State is told by shape and words; colour only repeats it. */
const marks: Readonly<Record<CardKind, string>> = { good: "●", warn: "▲", bad: "■", still: "○" };

/** What a person should never overlook. */
export const insecureNote = html`<p class="note bad-text">■ Certificates are not verified (insecure_skip_verify).</p>`;

/** The head of a hop's card. */
export function head(name: string, type: string, kind: CardKind, words: string): Html {
  return html`<h4>${name}${type !== "" && html` <small>${type}</small>`}</h4>
<p class="state ${kind}-text"><span aria-hidden="true">${marks[kind]}</span> ${words}</p>`;
}

/** Why the hop does not get on. */
export function troubleBox(hop: string, trouble: Trouble | null): Html | undefined {
  if (trouble === null) return undefined;
  const { reason, detail, quote, fix, failures, next_try } = trouble;
  return html`<div class="trouble"><p>${detail} ${reasonLink(hop, reason)}</p>
${quote !== null && html`<p>It said: ${quote}</p>`}
${fix !== null && html`<p class="fix"><strong>Fix:</strong> ${fix}</p>`}
<p class="quiet">${failures > 0 && `${counted(failures, "failed attempt")}. `}${next_try !== null && html`Next attempt <time datetime="${next_try}">${next_try.slice(11, 19)}</time>.`}</p></div>`;
}

/** A line of a card. */
export function fact(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
