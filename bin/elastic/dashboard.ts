import { anyLetters } from "../any-letters.ts";

/** A panel: who is counted by what, over which events. */
interface Panel {
  readonly id: string;
  readonly title: string;
  /** In Lucene's words: KQL has none for an action in whatever letters. */
  readonly query: string;
  readonly show: "line" | "horizontal_bar" | "table" | "search";
  /** What it counts by; of a search the columns. */
  readonly fields: readonly string[];
}

const audit = 'event.dataset:"wandb.audit" AND NOT labels.replay_id:*';

/** What is shown, in this order. */
export const elasticPanels: readonly Panel[] = [
  { id: "outcomes", title: "Events by outcome", query: audit, show: "line", fields: ["event.outcome"] },
  { id: "actions", title: "Actions", query: audit, show: "horizontal_bar", fields: ["event.action"] },
  { id: "active", title: "Most active", query: audit, show: "table", fields: ["user.email", "user.id"] },
  { id: "addresses", title: "Addresses", query: audit, show: "table", fields: ["source.ip", "user.email"] },
  {
    id: "keys",
    title: "API keys made and deleted",
    query: `${audit} AND event.action:(${anyLetters("user:create_api_key")} OR ${anyLetters("user:delete_api_key")})`,
    show: "search",
    fields: [
      "event.action",
      "event.outcome",
      "user.email",
      "user.target.email",
      "source.ip",
      "user_agent.version",
    ],
  },
  {
    id: "refused",
    title: "Refused",
    query: `${audit} AND http.response.status_code:(401 OR 403)`,
    show: "table",
    fields: ["user.email", "source.ip"],
  },
  {
    id: "deleted",
    title: "Deleted",
    query: `${audit} AND event.action:${anyLetters("delete", ".*", ".*")} AND NOT event.action:${anyLetters("undelete", ".*", ".*")} AND NOT event.outcome:failure`,
    show: "line",
    fields: ["event.action"],
  },
  {
    id: "artifacts",
    title: "Artifacts read",
    query: `${audit} AND event.action:${anyLetters("artifact:read")} AND NOT event.outcome:failure`,
    show: "table",
    fields: ["user.email", "file.path"],
  },
  {
    id: "forwarder",
    title: "The forwarder: what it tells of itself",
    query:
      'event.dataset:"wandb_audit_forwarder.event" AND NOT event.action:"wandb-audit-forwarder:heartbeat"',
    show: "search",
    fields: ["event.action", "event.severity", "message"],
  },
];

const dataView = "wandb-audit";
const source = (query: string) => ({
  searchSourceJSON: JSON.stringify({
    query: { language: "lucene", query },
    filter: [],
    indexRefName: "kibanaSavedObjectMeta.searchSourceJSON.index",
  }),
});
const ofDataView = [
  { name: "kibanaSavedObjectMeta.searchSourceJSON.index", type: "index-pattern", id: dataView },
];

function terms(field: string, at: number, schema: string) {
  // Who was refused is often nobody, and of whom no name is known there is an id. Addresses have no such bucket.
  const missing = { missingBucket: !field.endsWith(".ip"), missingBucketLabel: "-" };
  const params = { field, orderBy: "1", order: "desc", size: 20, otherBucket: false, ...missing };
  return { id: String(at), enabled: true, type: "terms", schema, params };
}

function savedObject({ id, title, query, show, fields }: Panel) {
  if (show === "search")
    return {
      ...{ type: "search", id: `wandb-audit-${id}`, references: ofDataView },
      attributes: {
        title,
        columns: fields,
        sort: [["@timestamp", "desc"]],
        kibanaSavedObjectMeta: source(query),
      },
    };
  // Events, not documents: what arrived twice is one.
  const count = {
    id: "1",
    enabled: true,
    type: "cardinality",
    schema: "metric",
    params: { field: "event.id" },
  };
  const time = {
    ...{ id: "2", enabled: true, type: "date_histogram", schema: "segment" },
    params: { field: "@timestamp", useNormalizedEsInterval: true, interval: "auto", min_doc_count: 1 },
  };
  const aggs =
    show === "line"
      ? [count, time, terms(fields[0] as string, 3, "group")]
      : [count, ...fields.map((field, at) => terms(field, at + 2, show === "table" ? "bucket" : "segment"))];
  return {
    ...{ type: "visualization", id: `wandb-audit-${id}`, references: ofDataView },
    attributes: {
      title,
      visState: JSON.stringify({
        title,
        type: show,
        aggs,
        params: { type: show, addLegend: true, addTooltip: true },
      }),
      uiStateJSON: "{}",
      kibanaSavedObjectMeta: source(query),
    },
  };
}

/** What Kibana's import of saved objects takes: data view, panels, and the dashboard, an object a line. */
export function savedObjects(): string {
  const [width, height] = [24, 15];
  const panels = elasticPanels.map(({ id, show }, at) => ({
    ...{ type: show === "search" ? "search" : "visualization", panelIndex: id, panelRefName: `panel_${id}` },
    gridData: { i: id, x: (at % 2) * width, y: Math.floor(at / 2) * height, w: width, h: height },
    embeddableConfig: {},
  }));
  const objects = [
    {
      ...{ type: "index-pattern", id: dataView, references: [] },
      attributes: { title: "logs-wandb.audit-*", name: "W&B audit log", timeFieldName: "@timestamp" },
    },
    ...elasticPanels.map(savedObject),
    {
      ...{ type: "dashboard", id: "wandb-audit" },
      references: elasticPanels.map(({ id, show }) => ({
        ...{
          name: `panel_${id}`,
          type: show === "search" ? "search" : "visualization",
          id: `wandb-audit-${id}`,
        },
      })),
      attributes: {
        title: "W&B audit log",
        description: "Who did what in Weights & Biases, from where, and whether the forwarder is well.",
        panelsJSON: JSON.stringify(panels),
        optionsJSON: JSON.stringify({ useMargins: true }),
        timeRestore: true,
        timeFrom: "now-24h",
        timeTo: "now",
        kibanaSavedObjectMeta: {
          searchSourceJSON: JSON.stringify({ query: { language: "kuery", query: "" }, filter: [] }),
        },
      },
    },
  ];
  return objects.map((each) => `${JSON.stringify(each)}\n`).join("");
}
