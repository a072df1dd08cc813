import { anyLetters } from "../any-letters.ts";
import { type Dashboard, type Datasource, good, noneIsGood, type Panel } from "./dashboard.ts";

const datasource: Datasource = { type: "elasticsearch", name: "Elasticsearch", variable: "DS_ELASTICSEARCH" };
const timeField = "@timestamp";
/** Every event of what is chosen, without what was sent again. What cannot be read has no action, and is always shown. */
const events =
  "event.dataset:wandb.audit AND observer.hostname:$instance AND (event.action:$action OR (*:* AND NOT event.action:*)) AND NOT labels.replay_id:*";
const own = "event.dataset:wandb_audit_forwarder.event";
const also = (more: string) => `${events} AND ${more}`;

const newKeys = also(
  `event.action:(${anyLetters("user:create_api_key")} OR ${anyLetters("team:create_service_account")})`,
);
const denied = also("http.response.status_code:(401 OR 403)");
const deletions = also("event.type:deletion");
const artifactReads = also(`event.action:${anyLetters("artifact:read")}`);
const accounts = also("event.category:iam AND NOT event.type:info");

const overTime = {
  id: "9",
  type: "date_histogram",
  field: timeField,
  settings: { interval: "auto", min_doc_count: "0" },
};
const term = (field: string, id: string) => ({
  id,
  type: "terms",
  field,
  settings: {
    ...{ size: "15", order: "desc", orderBy: "_count", min_doc_count: "1" },
    // Who was refused is often nobody. What is no text cannot be replaced by one.
    ...(!field.endsWith(".ip") && { missing: "-" }),
  },
});
const counted = (query: string, bucketAggs: readonly object[], alias = "") => ({
  query,
  alias,
  timeField,
  metrics: [{ id: "1", type: "count" }],
  bucketAggs,
});

function count(title: string, description: string, query: string, steps: Panel["steps"] = noneIsGood): Panel {
  const options = { reduceOptions: { calcs: ["sum"], fields: "", values: false } };
  return {
    type: "stat",
    title,
    description,
    queries: [counted(query, [overTime])],
    width: 4,
    unit: "short",
    steps,
    options,
  };
}

function chart(title: string, description: string, field: string, query: string): Panel {
  const queries = [counted(query, [term(field, "2"), overTime], `{{term ${field}}}`)];
  return { type: "timeseries", title, description, queries, width: 12, unit: "short" };
}

function most(
  title: string,
  description: string,
  fields: readonly string[],
  query: string,
  width = 8,
): Panel {
  const terms = fields.map((field, at) => term(field, String(at + 2)));
  return { type: "table", title, description, queries: [counted(query, terms)], width };
}

function lines(title: string, description: string, query: string, width = 12): Panel {
  const queries = [
    { query, timeField, metrics: [{ id: "1", type: "logs", settings: { limit: "200" } }], bucketAggs: [] },
  ];
  return { type: "logs", title, description, queries, width, height: 9 };
}

const whoWhatWhere: readonly Panel[] = [
  count("Events", "In the time that is chosen, without what was sent again.", events, good),
  count("Denied", "401 and 403.", denied),
  count("New keys and service accounts", "Each is a new way in.", newKeys),
  count("Deletions", "Of projects, runs, artifacts, teams, users.", deletions),
  count("Artifact reads", "What leaves W&B leaves it like this.", artifactReads, good),
  count(
    "Unknown actions",
    "Actions that this version does not know: no detection looks for them.",
    also("tags:wandb_unknown_action"),
  ),
  chart("What", "Events by action.", "event.action", events),
  chart("With which outcome", "Success, failure, unknown.", "event.outcome", events),
  most("Who", "The most active. Where names are withheld, the id.", ["user.name", "user.id"], events),
  most("From where", "Addresses and how many events came from each.", ["source.ip"], events),
  most(
    "Who from where",
    "An address that is new for somebody stands out here.",
    ["user.name", "source.ip"],
    events,
  ),
];

const toLookAt: readonly Panel[] = [
  lines("New keys and service accounts", "Who made one for whom.", newKeys),
  lines("Accounts, teams and roles", "Every change of who may get in.", accounts),
  most(
    "Denied: who",
    "Somebody who tries many doors.",
    ["user.name", "source.ip", "event.action"],
    denied,
    12,
  ),
  lines("Deletions", "Who removed what.", deletions),
  chart(
    "Artifact reads by user",
    "A burst of one user is how data is taken out.",
    "user.name",
    artifactReads,
  ),
  most("Artifacts that were read", "By whom.", ["file.path", "user.name"], artifactReads, 12),
];

const ofTheForwarder: readonly Panel[] = [
  chart(
    "Own events",
    "Gaps, holds, first dead letters and such; heartbeats show that it is alive.",
    "event.action",
    own,
  ),
  lines(
    "What it says",
    "Without heartbeats.",
    `${own} AND NOT event.action:"wandb-audit-forwarder:heartbeat"`,
  ),
];

function choice(name: string, field: string): object {
  const query = JSON.stringify({ find: "terms", field, query: "event.dataset:wandb.audit", size: 500 });
  return {
    name,
    type: "query",
    datasource: { type: datasource.type, uid: `\${${datasource.variable}}` },
    query,
    definition: query,
    includeAll: true,
    multi: true,
    allValue: "*",
    current: { text: ["All"], value: ["$__all"] },
    refresh: 2,
    sort: 1,
  };
}

/** The dashboard over the data stream of an `elasticsearch` output. */
export const eventsElasticsearch: Dashboard = {
  uid: "wandb-audit-events-es",
  title: "W&B audit log: events (Elasticsearch)",
  description: "Who did what in Weights & Biases, and from where: the data stream logs-wandb.audit-*.",
  datasource,
  from: "now-24h",
  variables: [choice("instance", "observer.hostname"), choice("action", "event.action")],
  rows: [
    { title: "Who, what, from where", panels: whoWhatWhere },
    { title: "To look at", panels: toLookAt },
    { title: "The forwarder itself", panels: ofTheForwarder },
    { title: "Events", panels: [lines("Events", "The newest 200.", events, 24)] },
  ],
};
