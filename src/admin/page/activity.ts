import { activityPeriods } from "../../status/activity-period.ts";
import type { ActivityDocument, ActivityReport } from "../../status/activity-report.ts";
import { clockText, counted, countText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { figure } from "./figure.ts";
import { frame } from "./frame.ts";

/** So many of the most active users are shown, as W&B shows them. */
const usersShown = 10;

/**
 * Who was active, by day and by week. Needs no script and no other file. Without `people` nobody is named.
 */
export function activityPage(
  { counted: on, period, instances }: ActivityDocument,
  people: boolean,
  nonce: string,
): string {
  return frame({
    title: "Activity",
    brand: html`Who was active`,
    side: html`<a href="./">Status</a>`,
    main: html`<h1 class="hidden">Who was active</h1>
<p>${activityPeriods.map((each) => (each === period ? html`<strong>${each}</strong> ` : html`<a href="activity?period=${each}">${each}</a> `))}</p>
${on ? instances.map((report) => ofInstance(report, people)) : html`<p>Nobody is counted: <code>activity: false</code>.</p>`}`,
    footer: html`Days are UTC, weeks begin on Monday (ISO 8601). For programs: <a href="activity.json?period=${period}">activity.json</a>`,
    ...{ nonce, renewed: false },
  });
}

/** The same in short, for the status page. */
export function activitySummary({ counted: on, period, instances }: ActivityDocument): Html | undefined {
  if (!on || instances.length === 0) return undefined;
  return html`<section aria-labelledby="active">
<h2 id="active">Who was active</h2>
<p class="quiet">Of the last ${period}. <a href="activity">By day and week, and the most active users</a></p>
<div class="scroll" role="region" aria-label="Active users" tabindex="0"><table>
<thead><tr><th scope="col">Instance</th><th scope="col" class="number">Active users</th><th scope="col" class="number">New</th><th scope="col" class="number">Gone</th><th scope="col">Most active</th></tr></thead>
<tbody>${instances.map(
    ({ instance, active_users, new_users, gone_users, users: [first] }) => html`
<tr><th scope="row">${instance}</th><td class="number">${countText(active_users)}</td><td class="number">${known(new_users)}</td><td class="number">${known(gone_users)}</td><td>${first === undefined ? "–" : (first.name ?? first.user)}</td></tr>`,
  )}
</tbody></table></div>
</section>`;
}

function ofInstance(report: ActivityReport, people: boolean): Html {
  const { instance, from, to, counted_since, lower_bound, incomplete_days, days, weeks } = report;
  return html`<section aria-label="${instance}">
<h2>${instance}</h2>
<p class="quiet">${from} to ${to}${counted_since === null ? "; nothing is known yet" : `; counted since ${counted_since}`}</p>
${lower_bound && html`<p class="quiet">W&amp;B's own dashboard counts more than its audit log tells: these are at least so many.</p>`}
${incomplete_days.length > 0 && html`<p class="quiet">Some users may be missing on ${incomplete_days.join(", ")}.</p>`}
<dl class="figures">
<div><dt>Active users</dt><dd>${countText(report.active_users)}</dd></div>
<div><dt>New</dt><dd>${known(report.new_users)}</dd></div>
<div><dt>Gone</dt><dd>${known(report.gone_users)}</dd></div>
</dl>
<div class="charts">
${bars("Active per day", report, days, ({ day }) => day)}
${bars("Active per week", report, weeks, ({ week }) => week)}
</div>
${people ? users(report) : html`<p>Who they are is shown here only where <code>admin.token</code> is set; as the user of the service: <code>wandb-audit-forwarder activity</code></p>`}
</section>`;
}

function bars<Row extends { readonly users: number }>(
  title: string,
  { instance }: ActivityReport,
  rows: readonly Row[],
  name: (row: Row) => string,
): Html {
  const values = rows.map(({ users }) => users);
  const top = values.reduce((most, value) => Math.max(most, value), 0);
  const topText = countText(top);
  const words = `${title}, ${instance}: highest ${topText} of ${counted(rows.length, "value")}`;
  const label = (index: number) => {
    const row = rows[index];
    return row === undefined ? "" : name(row);
  };
  return figure({ title, about: "users", shown: topText, words, values, top, topText, bars: true, label });
}

function users({ users, instance }: ActivityReport): Html | undefined {
  if (users.length === 0) return undefined;
  return html`<div class="scroll" role="region" aria-label="Most active users of ${instance}" tabindex="0"><table>
<thead><tr><th scope="col">Most active user</th><th scope="col">id</th><th scope="col" class="number">Active days</th><th scope="col">Last active</th></tr></thead>
<tbody>${users.slice(0, usersShown).map(
    (each) => html`
<tr><td>${each.name ?? (each.service_account ? "service account" : "–")}</td><td><code>${each.user}</code></td><td class="number">${countText(each.active_days)}</td><td>${clockText(each.last_active)}</td></tr>`,
  )}
</tbody></table></div>`;
}

function known(count: number | null): string {
  return count === null ? "–" : countText(count);
}
