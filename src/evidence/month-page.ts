import { type Html, html } from "../text/html.ts";
import type { MonthArchive, MonthDay, MonthFacts, MonthOutcome } from "./month.ts";
import { openPoints } from "./month.ts";
import { monthStyle } from "./month-style.ts";

/** One page without scripts and without anything from elsewhere, for an auditor's files. */
export function monthPage(facts: MonthFacts): string {
  const { month, made, version, host, sources, archive } = facts;
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
${points.length === 0 ? html`<p class="good">Every day of the month is closed, everything was delivered, and nothing is missing that a source can show.</p>` : html`<ul class="points">${points.map((point) => html`<li>${point}</li>`)}</ul>`}
<h2>Sources</h2>
<table><thead><tr><th>source</th><th>W&amp;B instance</th></tr></thead><tbody>
${sources.map(({ name, instance }) => html`<tr><td>${name}</td><td>${instance}</td></tr>`)}
</tbody></table>
<h2>Days</h2>
${daysTable(facts.days)}
<h2>What became of the records</h2>
${outcomeTable(facts.totals)}
${archive === null ? html`<h2>Archive</h2><p>None was looked at.</p>` : archivePart(archive)}
${howToCheck(archive)}
${whatItMeans}
</body>
</html>
`;
  return page.markup;
}

function daysTable(days: readonly MonthDay[]): Html {
  return html`<table><thead><tr><th>day (UTC)</th><th>source</th><th>state</th><th>records</th><th>identities</th><th>kept</th><th>late</th><th>digest (SHA-256)</th></tr></thead><tbody>
${days.map(
  ({
    day,
    source,
    state,
    gap,
    closed,
    kept,
    late,
  }) => html`<tr class="${state}"><td>${day}</td><td>${source}</td><td>${stateText(state, closed, gap)}</td><td class="number">${closed?.records ?? ""}</td><td class="number">${closed?.identities ?? ""}</td><td class="number">${kept}</td><td class="number">${late}</td><td class="hash">${closed?.digest ?? ""}</td></tr>
`,
)}</tbody></table>`;
}

function stateText(state: MonthDay["state"], closed: MonthDay["closed"], gap: string | null): string {
  if (state === "gap") return `gap: ${gap}`;
  if (closed === null) return state === "unread" ? "never read" : state;
  const times = closed.closings === 1 ? "" : ` (closing ${closed.closings})`;
  return state === "closed" ? `closed ${closed.at}${times}` : `${state}: something came after ${closed.at}`;
}

function outcomeTable(totals: readonly MonthOutcome[]): Html {
  if (totals.length === 0) return html`<p>There were none.</p>`;
  return html`<table><thead><tr><th>output</th><th>delivered</th><th>filtered</th><th>dead letters</th><th>dropped</th><th>skipped</th><th>lost</th><th>pending</th></tr></thead><tbody>
${totals.map(
  (
    each,
  ) => html`<tr><td>${each.output}</td>${[each.delivered, each.filtered, each.dead, each.dropped, each.skipped, each.lost, each.pending].map((count) => html`<td class="number">${count}</td>`)}</tr>
`,
)}</tbody></table>`;
}

/** So many findings of an archive are named: a page of all of them may be one that nobody can open. */
const mostShown = 200;

function archivePart({ where, chain, known, manifests }: MonthArchive): Html {
  const { newest, faults, unattested } = chain;
  return html`<h2>Archive</h2>
<p>${where}: ${chain.manifests} manifests name ${chain.files} files with ${chain.records} records. ${newest && html`The newest is ${newest.number} of ${newest.date}, <span class="hash">${newest.hash}</span>.`} ${unattested > 0 && html`${unattested} files are younger than that.`}</p>
<p>${known === null ? "The state knows no manifest of it: whether the chain was made anew, and whether newer manifests were removed, shows against the SIEM alone." : html`It has to hold the newest manifest that the state knows: <span class="hash">${known}</span>.`}</p>
${faults.length === 0 ? html`<p class="good">Every manifest is signed and in its place, and every file is as it was named.</p>` : html`<ul class="points">${faults.slice(0, mostShown).map(({ what, name, detail }) => html`<li>${what}: ${name}: ${detail}</li>`)}${faults.length > mostShown && html`<li>and ${faults.length - mostShown} more, which <code>archive verify --json</code> names</li>`}</ul>`}
<table><thead><tr><th>manifest</th><th>date</th><th>files</th><th>days</th><th>SHA-256</th><th>signed with</th></tr></thead><tbody>
${manifests.map(
  (
    each,
  ) => html`<tr><td class="number">${each.number}</td><td>${each.date}${each.recovered !== null && html`<br>${each.recovered}`}</td><td class="number">${each.files}</td><td class="number">${each.days}</td><td class="hash">${each.hash}</td><td class="hash">${each.fingerprint}</td></tr>
`,
)}</tbody></table>`;
}

function howToCheck(archive: MonthArchive | null): Html {
  const where = archive?.where ?? "/srv/audit";
  return html`<h2>How to check this</h2>
<ol>
<li>The archive, offline, without the forwarder's state: <code>wandb-audit-forwarder archive verify ${where} --key attest-public.pem --head HASH</code>. HASH is the field <code>hash</code> of the newest event <code>wandb-audit-forwarder:archive_attested</code> in the SIEM.</li>
<li>A manifest by hand: its first line, without the line feed, is what is signed (Ed25519); <code>sha256sum</code> of the file is what the next manifest has as <code>previous</code>: docs/audit.md has the commands.</li>
<li>A day at W&amp;B, as long as it shows that day: <code>wandb-audit-forwarder verify --source SOURCE --day DAY</code>.</li>
<li>A day in the SIEM: <code>verify --source SOURCE --day DAY --query splunk</code> prints the search that counts it there.</li>
</ol>`;
}

const whatItMeans = html`<h2>What the words mean</h2>
<dl>
<dt>closed</dt><dd>The day was over, all of it was read once more, and nothing more is expected. Records, identities and digest are what the source showed in that read. A later record opens the day again; the next closing supersedes this one.</dd>
<dt>records, identities</dt><dd>What was shown, identical entries counted each, and how many different ones there were.</dd>
<dt>kept</dt><dd>Records of the day that this source was the first to show. Another source of the same instance may have shown the others.</dd>
<dt>late</dt><dd>Of these, the ones that came after a complete read which should have held them.</dd>
<dt>digest</dt><dd>SHA-256 over a line for each identity, in ascending order: uid, a space, how many, a line feed.</dd>
<dt>dead letters</dt><dd>Given up for one output, kept with the reason, and waiting for a person.</dd>
</dl>
<p>Entries are shown by W&amp;B again and again; how often is no number of records and stands nowhere on this page.</p>
<h2>What it does not prove</h2>
<p>That W&amp;B logs everything. Multi-tenant Cloud never logs some actions, anonymised logs and copies in buckets have no names, and what W&amp;B had forgotten before the first read was never seen.</p>`;
