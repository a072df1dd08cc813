import type { LetterRow } from "../../status/letter-report.ts";
import type { StatusReport } from "../../status/status-report.ts";
import { clockText, countText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { reasonLink } from "./reason.ts";

/**
 * The dead letters, oldest first. `letters` is undefined where anybody who reaches the port may look: then
 * nothing of what events say is shown.
 */
export function lettersTable(
  { outputs }: StatusReport,
  letters: readonly LetterRow[] | undefined,
): Html | undefined {
  const dead = outputs.reduce((sum, output) => sum + output.dead, 0);
  if (dead === 0) return undefined;
  return html`<section aria-labelledby="letters">
<h2 id="letters">Dead letters</h2>
${
  letters === undefined
    ? html`<p>${countText(dead)} given up. Which they are is shown here only where <code>admin.token</code> is set; as the user of the service: <code>wandb-audit-forwarder dead-letters list</code></p>`
    : table(letters)
}
${letters !== undefined && letters.length < dead && html`<p class="quiet">The first ${countText(letters.length)} of ${countText(dead)}.</p>`}
</section>`;
}

function table(letters: readonly LetterRow[]): Html {
  return html`<div class="scroll" role="region" aria-label="Events that were given up" tabindex="0"><table>
<thead><tr><th scope="col">Output</th><th scope="col">Day (UTC)</th><th scope="col">uid</th><th scope="col">Reason</th><th scope="col">The answer, or why it was not sent</th><th scope="col">Given up</th></tr></thead>
<tbody>${letters.map(
    ({ output, day, uid, reason, detail, given_up }) => html`
<tr><td>${output}</td><td>${day}</td><td><code>${uid}</code></td><td>${reasonLink(`letter ${output}`, reason)}</td><td>${detail}</td><td>${clockText(given_up)}</td></tr>`,
  )}
</tbody></table></div>`;
}
