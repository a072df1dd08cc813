import { misdated } from "../../status/book-day-text.ts";
import { closedText } from "../../status/day-states.ts";
import type { DayBooks, SourceStatus, StatusReport } from "../../status/status-report.ts";
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

/** Where every record of every day went, and whether more is expected of the day. */
export function booksTable({ books: rows, sources }: StatusReport): Html {
  const days = [...new Set(rows.map(({ day }) => day))];
  const dated = days.filter((day) => day !== misdated);
  const open = new Set([...dated.slice(0, openDays), misdated]);
  const older = rows.filter(({ day }) => !open.has(day));
  const states = statesOf(sources);
  return html`<section aria-labelledby="books">
<h2 id="books">Books per day</h2>
<p class="quiet">For each day: fetched − known = new = delivered + filtered + dead + dropped + skipped + lost + pending.
A day is <em>open</em> until it is over, <em>settling</em> while more of it may come, and <em>closed</em> when it was read once more and nothing is expected.</p>
${sources.flatMap(({ name, days: known }) => {
  const text = known === null ? undefined : closedText(known);
  return text === undefined ? [] : [html`<p class="quiet">Source ${name}: ${text}.</p>`];
})}
${
  rows.length === 0
    ? html`<p>No record has been seen yet.</p>`
    : table(
        rows.filter(({ day }) => open.has(day)),
        states,
        "The newest days",
      )
}
${older.length > 0 && html`<details id="older"><summary>${dated.length - openDays} older days</summary>${table(older, states, "Older days")}</details>`}
</section>`;
}

type States = ReadonlyMap<string, string>;

/** By source and day. */
function statesOf(sources: readonly SourceStatus[]): States {
  return new Map(
    sources.flatMap(({ name, days }) =>
      (days?.newest ?? []).map(({ day, state }) => [`${day} ${name}`, state]),
    ),
  );
}

/** The balance stands where it is seen first, also on a small screen. */
function table(rows: readonly DayBooks[], states: States, caption: string): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption class="hidden">${caption}</caption>
<thead><tr><th scope="col">Day (UTC)</th><th scope="col">Balance</th><th scope="col">State</th><th scope="col">Source</th><th scope="col">Output</th>${columns.map(([, title]) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`
<tr><th scope="row">${row.day}</th><td class="${row.balanced ? "good-text" : "bad-text"}">${row.balanced ? "✓ yes" : "■ no"}</td><td class="quiet">${states.get(`${row.day} ${row.source}`) ?? "–"}</td><td>${row.source}</td><td>${row.output}</td>${columns.map(([key]) => html`<td class="number ${row[key] === 0 ? "zero" : key === "dead" || key === "lost" ? "warn-text" : ""}">${countText(row[key])}</td>`)}</tr>`,
  )}
</tbody></table></div>`;
}
