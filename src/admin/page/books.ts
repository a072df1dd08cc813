import { misdated } from "../../status/book-day-text.ts";
import type { DayBooks, StatusReport } from "../../status/status-report.ts";
import { countText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";

/** Days shown before the fold. */
const openDays = 3;

const columns = [
  ["fetched", "Fetched"],
  ["known", "Known"],
  ["new", "New"],
  ["late", "Late"],
  ["delivered", "Delivered"],
  ["filtered", "Filtered"],
  ["dead", "Dead"],
  ["dropped", "Dropped"],
  ["skipped", "Skipped"],
  ["lost", "Lost"],
  ["pending", "Pending"],
] as const;

/** Where every record of every day went. */
export function booksTable({ books: rows }: StatusReport): Html {
  const days = [...new Set(rows.map(({ day }) => day))];
  const dated = days.filter((day) => day !== misdated);
  const open = new Set([...dated.slice(0, openDays), misdated]);
  const older = rows.filter(({ day }) => !open.has(day));
  return html`<section aria-labelledby="books">
<h2 id="books">Books per day</h2>
<p class="quiet">For each day: fetched − known = new = delivered + filtered + dead + dropped + skipped + lost + pending.</p>
${
  rows.length === 0
    ? html`<p>No record has been seen yet.</p>`
    : table(
        rows.filter(({ day }) => open.has(day)),
        "The newest days",
      )
}
${older.length > 0 && html`<details id="older"><summary>${dated.length - openDays} older days</summary>${table(older, "Older days")}</details>`}
</section>`;
}

function table(rows: readonly DayBooks[], caption: string): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption class="hidden">${caption}</caption>
<thead><tr><th scope="col">Day (UTC)</th><th scope="col">Source</th><th scope="col">Output</th>${columns.map(([, title]) => html`<th scope="col" class="number">${title}</th>`)}<th scope="col">Balance</th></tr></thead>
<tbody>${rows.map(
    (row) => html`
<tr><th scope="row">${row.day}</th><td>${row.source}</td><td>${row.output}</td>${columns.map(([key]) => html`<td class="number ${row[key] === 0 ? "zero" : key === "dead" || key === "lost" ? "warn-text" : ""}">${countText(row[key])}</td>`)}<td class="${row.balanced ? "good-text" : "bad-text"}">${row.balanced ? "✓ yes" : "■ no"}</td></tr>`,
  )}
</tbody></table></div>`;
}
