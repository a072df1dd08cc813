import { counted, sizeText } from "../text/amounts.ts";
import { type Html, html } from "../text/html.ts";
import type { MonthDay, MonthFacts, MonthOutcome, MonthSource } from "./month.ts";
import type { MonthArchive } from "./month-archive.ts";
import { howToCheck, whatItMeans } from "./month-check.ts";
import { attestedAs, openPoints } from "./month-points.ts";
import { monthStyle } from "./month-style.ts";

/** So many findings of an archive are named. */
const mostFaults = 100;

/** One page without scripts and without anything from elsewhere, for an auditor's files. */
export function monthPage(facts: MonthFacts): string {
  const { month, made, version, host, archive } = facts;
  const points = openPoints(facts);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>W&amp;B audit log, ${month}</title>
<style>${{ markup: monthStyle }}</style>
</head>
<body>
<h1>W&amp;B audit log, ${month}</h1>
<p>Made ${made} by wandb-audit-forwarder ${version} on ${host}, from its own state${archive && html` and the archive ${archive.where}`}.</p>
<h2>In short</h2>
${points.length === 0 ? html`<p class="good">Every day of the month is closed, all that an output does not filter out was delivered, and nothing is missing that a source can show.</p>` : html`<ul class="points">${points.map((point) => html`<li>${point}</li>`)}</ul>`}
<h2>Sources</h2>
${sourcesTable(facts)}
<h2>Days</h2>
${daysTable(facts)}
${gapsPart(facts.days)}
<h2>What became of the records</h2>
${outcomesTable(facts)}
<h2>Dead letters</h2>
${lettersPart(facts)}
${archive === null ? html`<h2>Archive</h2><p>None was looked at.</p>` : archivePart(archive)}
${howToCheck(facts)}
${whatItMeans}
</body>
</html>
`;
  return page.markup;
}

function sourcesTable({ sources, days }: MonthFacts): Html {
  const rows = sources.map((source) => {
    const own = days.filter((day) => day.source === source.name);
    const sum = (number: (day: MonthDay) => number) => own.reduce((all, day) => all + number(day), 0);
    const closed = own.filter(({ state }) => state === "closed").length;
    return html`<tr><td>${source.name}</td><td>${source.instance ?? ""}</td><td>${remarkOn(source)}</td>${numbers([own.length, closed, sum((day) => day.closed?.records ?? 0), sum(({ kept }) => kept)])}</tr>
`;
  });
  return html`<table><thead><tr><th>source</th><th>W&amp;B instance</th><th>remark</th><th>days</th><th>closed</th><th>records</th><th>kept</th></tr></thead><tbody>
${rows}</tbody></table>`;
}

function remarkOn({ instance, beside }: MonthSource): string {
  return instance === null ? "not in the configuration any more" : (beside ?? "");
}

function daysTable({ days, archive, made }: MonthFacts): Html {
  const head = archive === null ? "" : html`<th>manifest</th>`;
  return html`<table><thead><tr><th>day (UTC)</th><th>source</th><th>state</th><th>records</th><th>identities</th><th>kept</th><th>late</th><th>digest (SHA-256)</th>${head}</tr></thead><tbody>
${days.map((each) => {
  const { day, source, state, closed, kept, late } = each;
  return html`<tr class="${state}"><td>${day}</td><td>${source}</td><td>${stateText(each, made)}</td>${numbers([closed?.records ?? "", closed?.identities ?? "", kept, late])}<td class="hash">${closed?.digest ?? ""}</td>${archive && html`<td class="number">${manifestText(archive, each)}</td>`}</tr>
`;
})}</tbody></table>`;
}

function stateText({ state, closed }: MonthDay, made: string): string {
  if (state === "gap") return "gap";
  if (closed === null || state === "left" || state === "beside") return words[state];
  const times = closed.closings === 1 ? "" : ` (closing ${closed.closings})`;
  if (state === "closed") return `closed ${closed.at}${times}`;
  // With nothing later to come, it is dated by a clock that was ahead.
  return closed.at > made
    ? `${state}: closed ${closed.at}, by a clock that was ahead`
    : `${state}: something came after ${closed.at}`;
}

const words = {
  open: "open",
  settling: "settling",
  closed: "closed",
  unread: "never read",
  left: "not closed: its source is gone",
  beside: "need not be closed",
} as const;

function manifestText(archive: MonthArchive, each: MonthDay): string {
  const { source, day } = each;
  const number = archive.days.find((found) => found.source === source && found.day === day)?.manifest;
  const as = attestedAs(archive, each);
  if (as === "none") return "not yet";
  if (as === undefined || number === undefined) return "";
  return as === "same" ? String(number) : `${number} differs`;
}

function gapsPart(days: readonly MonthDay[]): Html {
  const gaps = days.filter(({ gap }) => gap !== null);
  if (gaps.length === 0) return html`<p>No gaps: every day that was read could be shown.</p>`;
  return html`<h2>Gaps</h2>
<ul>${gaps.map(({ day, source, gap }) => html`<li>${day}, ${source}: ${gap}</li>`)}</ul>`;
}

const outcomes = ["delivered", "filtered", "dead", "dropped", "skipped", "lost", "pending"] as const;

function outcomesTable({ days, totals }: MonthFacts): Html {
  if (totals.length === 0) return html`<p>There were none.</p>`;
  const counts = (each: MonthOutcome) => numbers(outcomes.map((outcome) => each[outcome]));
  const rows = days.flatMap(({ day, source, kept, outputs }) =>
    outputs.map(
      (each) =>
        html`<tr><td>${day}</td><td>${source}</td><td>${each.output}</td>${numbers([kept])}${counts(each)}</tr>
`,
    ),
  );
  return html`<table><thead><tr><th>day (UTC)</th><th>source</th><th>output</th><th>kept</th><th>delivered</th><th>filtered</th><th>dead letters</th><th>dropped</th><th>skipped</th><th>lost</th><th>pending</th></tr></thead><tbody>
${rows}${totals.map(
  (
    each,
  ) => html`<tr class="total"><td>the month</td><td>all</td><td>${each.output}</td>${numbers([outcomes.reduce((sum, outcome) => sum + each[outcome], 0)])}${counts(each)}</tr>
`,
)}</tbody></table>`;
}

function lettersPart({ dead_letters: letters }: MonthFacts): Html {
  if (letters.length === 0) return html`<p>There are none of this month.</p>`;
  return html`<table><thead><tr><th>output</th><th>reason</th><th>records</th></tr></thead><tbody>
${letters.map(
  ({ output, reason, events }) => html`<tr><td>${output}</td><td>${reason}</td>${numbers([events])}</tr>
`,
)}</tbody></table>`;
}

function archivePart({ where, trouble, chain, head, manifests, stored }: MonthArchive): Html {
  if (chain === null)
    return html`<h2>Archive</h2>
<p class="points">${where} could not be looked at: ${trouble}</p>`;
  const { newest, unattested } = chain;
  return html`<h2>Archive</h2>
<p>${where}: ${counted(chain.manifests, "manifest")} for ${counted(chain.files, "file")} with ${counted(chain.records, "record")}, of which ${counted(stored.files, "file")} with ${counted(stored.records, "record")}, ${sizeText(stored.bytes)}, of days of this month. ${newest && html`The newest is ${newest.number} of ${newest.date}, <span class="hash">${newest.hash}</span>${head !== null && head === newest.hash && ", the newest that the state knows too"}.`} ${unattested > 0 && html`${counted(unattested, "file")} younger than that, which the next one has to name.`} ${head === null && "The state knows no manifest of it."}</p>
${faultsPart(chain)}
${chain.manifests > 0 && html`<p>Signed with ${chain.fingerprints.length === 1 ? "the key" : "the keys"} ${chain.fingerprints.map((each) => html`<span class="hash">${each}</span> `)}(SHA-256 over the public key's DER).</p>`}
<table><thead><tr><th>manifest</th><th>date</th><th>files</th><th>records</th><th>closed days</th><th>SHA-256</th><th>signed with</th></tr></thead><tbody>
${manifests.map(
  (each) =>
    html`<tr>${numbers([each.number])}<td>${each.date}${each.recovered !== null && html`<br>${each.recovered}`}</td>${numbers([each.files, each.records, each.days])}<td class="hash">${each.hash}</td><td class="hash">${each.fingerprint}</td></tr>
`,
)}</tbody></table>`;
}

function faultsPart({ faults, manifests }: NonNullable<MonthArchive["chain"]>): Html {
  const named = faults.slice(0, mostFaults);
  const more = faults.length - named.length;
  if (faults.length > 0)
    return html`<ul class="points">${named.map(({ what, name, detail }) => html`<li>${what}: ${name}: ${detail}</li>`)}${more > 0 && html`<li>and ${more} more: archive verify names them</li>`}</ul>`;
  if (manifests === 0) return html`<p>There is no manifest: nothing would show that a file was changed.</p>`;
  return html`<p class="good">Every manifest is signed and in its place, and every file is as it was named. Whether the key below is the right one, and whether newer manifests were removed, is for you to check: steps 1 and 2.</p>`;
}

function numbers(counts: readonly (number | string)[]): Html[] {
  return counts.map((count) => html`<td class="number">${count}</td>`);
}
