import { type Dashboard, type Datasource, good, noneIsGood, type Panel } from "./dashboard.ts";

const datasource: Datasource = { type: "loki", name: "Loki", variable: "DS_LOKI" };
/** Every event of the W&B instances that are chosen, without what was sent again. */
const instances = '{service_name="wandb", service_instance_id=~"$instance"} | wandb_replay_id=""';
const events = `${instances} | user_email=~"$actor" | wandb_audit_action=~"(?i)$action"`;
const own = '{service_name="wandb-audit-forwarder"}';

// W&B does not promise small letters, and Loki tells letters apart.
const newKeys = `${events} | wandb_audit_action=~"(?i)user:create_api_key|team:create_service_account"`;
const denied = `${events} | http_response_status_code=~"401|403"`;
const deletions = `${events} | wandb_audit_action=~"(?i).+:(delete|delete_many|permanently_delete)"`;
const artifactReads = `${events} | wandb_audit_action=~"(?i)artifact:read"`;
const accounts = `${events} | wandb_audit_action=~"(?i)(user|team|organization):.+" | wandb_audit_action!~"(?i)user:(read|login|initiate_login|logout)"`;

const overTime = (expr: string, legendFormat: string) => ({ expr, legendFormat, queryType: "range" });
const ofRange = (expr: string, legendFormat = "") => ({ expr, legendFormat, queryType: "instant" });
const linesOf = (expr: string) => ({ expr, queryType: "range", maxLines: 200 });

function count(title: string, description: string, expr: string, steps: Panel["steps"] = noneIsGood): Panel {
  const queries = [ofRange(`sum(count_over_time(${expr} [$__range])) or vector(0)`)];
  return { type: "stat", title, description, queries, width: 4, unit: "short", steps };
}

function chart(title: string, description: string, label: string, expr: string, width = 12): Panel {
  const query = `sum by (${label}) (count_over_time(${expr} [$__auto]))`;
  return {
    type: "timeseries",
    title,
    description,
    queries: [overTime(query, `{{${label}}}`)],
    width,
    unit: "short",
  };
}

function most(title: string, description: string, labels: string, expr: string, width = 8): Panel {
  const query = `topk(15, sum by (${labels}) (count_over_time(${expr} [$__range])))`;
  const hidden = { Time: true };
  return {
    type: "table",
    title,
    description,
    queries: [ofRange(query)],
    width,
    transformations: [
      { id: "labelsToFields", options: { mode: "columns" } },
      { id: "merge", options: {} },
      { id: "organize", options: { excludeByName: hidden } },
    ],
  };
}

function lines(title: string, description: string, expr: string, width = 12): Panel {
  return { type: "logs", title, description, queries: [linesOf(expr)], width, height: 9 };
}

const whoWhatWhere: readonly Panel[] = [
  count("Events", "In the time that is chosen, without what was sent again.", events, good),
  count("Denied", "401 and 403.", denied),
  count("New keys and service accounts", "Each is a new way in.", newKeys),
  count("Deletions", "Of projects, runs, artifacts, teams, users.", deletions),
  count("Artifact reads", "What leaves W&B leaves it like this.", artifactReads, good),
  count(
    "From the forwarder",
    "Its own events but heartbeats, summaries and manifests.",
    `${own} | wandb_audit_action!~"wandb-audit-forwarder:(heartbeat|daily_summary|archive_attested)"`,
    good,
  ),
  chart("What", "Events by action.", "wandb_audit_action", events),
  chart("With which outcome", "Success, failure, unknown.", "wandb_audit_outcome", events),
  most("Who", "The most active. Where names are withheld, the id.", "user_email, user_id", events),
  most("From where", "Addresses and how many events came from each.", "client_address", events),
  most(
    "Who from where",
    "An address that is new for somebody stands out here.",
    "user_email, client_address",
    events,
  ),
];

const toLookAt: readonly Panel[] = [
  lines("New keys and service accounts", "Who made one for whom.", newKeys),
  lines("Accounts, teams and roles", "Every change of who may get in.", accounts),
  most(
    "Denied: who",
    "Somebody who tries many doors.",
    "user_email, client_address, wandb_audit_action",
    denied,
    12,
  ),
  lines("Deletions", "Who removed what.", deletions),
  chart(
    "Artifact reads by user",
    "A burst of one user is how data is taken out.",
    "user_email",
    artifactReads,
  ),
  most(
    "Artifacts that were read",
    "By whom.",
    "wandb_audit_artifact_qualified_name, user_email",
    artifactReads,
    12,
  ),
];

const ofTheForwarder: readonly Panel[] = [
  chart(
    "Own events",
    "Gaps, holds, first dead letters and such; heartbeats show that it is alive.",
    "wandb_audit_action",
    own,
  ),
  lines(
    "What it says",
    "Without heartbeats.",
    `${own} | wandb_audit_action!="wandb-audit-forwarder:heartbeat"`,
  ),
];

function choice(name: string, label: string, stream: string): object {
  return {
    name,
    type: "query",
    datasource: { type: datasource.type, uid: `\${${datasource.variable}}` },
    query: { type: 1, label, stream, refId: name },
    includeAll: true,
    multi: true,
    allValue: ".*",
    current: { text: ["All"], value: ["$__all"] },
    refresh: 2,
    sort: 1,
  };
}

/** Structured metadata has no list of values to choose from, so these are written. */
function pattern(name: string, description: string): object {
  return { name, type: "textbox", description, query: ".*", current: { text: ".*", value: ".*" } };
}

/** The dashboard over events that an `otlp` output sent to Loki. */
export const eventsLoki: Dashboard = {
  uid: "wandb-audit-events-loki",
  title: "W&B audit log: events (Loki)",
  description: "Who did what in Weights & Biases, and from where: events that arrived in Loki by OTLP.",
  datasource,
  from: "now-24h",
  variables: [
    choice("instance", "service_instance_id", '{service_name="wandb"}'),
    pattern("actor", "An e-mail address as a regular expression"),
    pattern("action", "An action as a regular expression, such as user:.*"),
  ],
  rows: [
    { title: "Who, what, from where", panels: whoWhatWhere },
    { title: "To look at", panels: toLookAt },
    { title: "The forwarder itself", panels: ofTheForwarder },
    { title: "Events", panels: [lines("Events", "The newest 200.", events, 24)] },
  ],
};
